package dev.roost.floodlight;

import com.google.common.collect.ImmutableList;
import com.google.common.util.concurrent.ListenableFuture;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import net.floodlightcontroller.core.IOFConnection;
import net.floodlightcontroller.core.IOFConnectionBackend;
import net.floodlightcontroller.core.IOFSwitch;
import net.floodlightcontroller.core.SwitchDescription;
import org.projectfloodlight.openflow.exceptions.OFParseError;
import org.projectfloodlight.openflow.protocol.OFErrorMsg;
import org.projectfloodlight.openflow.protocol.OFFactories;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFPortDesc;
import org.projectfloodlight.openflow.protocol.OFRequest;
import org.projectfloodlight.openflow.protocol.OFStatsReply;
import org.projectfloodlight.openflow.protocol.OFStatsReplyFlags;
import org.projectfloodlight.openflow.protocol.OFStatsRequest;
import org.projectfloodlight.openflow.protocol.OFVersion;
import org.projectfloodlight.openflow.types.DatapathId;
import org.projectfloodlight.openflow.types.OFAuxId;

/**
 * A switch as Floodlight shows it, with Floodlight's refusals: to write as a slave, and to write when the connection is gone, which it
 * answers by an exception. Lists that are written are read later, as Floodlight's channel does. No request ever times out.
 */
final class FakeDevice implements IOFSwitch {

    private final DatapathId id;
    private final OFVersion version;
    private final List<OFPortDesc> ports;
    private final Runnable onDisconnect;
    private final List<Iterable<OFMessage>> written = new ArrayList<>();
    private final Map<Long, Pending<?>> pending = new LinkedHashMap<>();
    private final Connection connection = new Connection();
    boolean connected = true;
    boolean master = true;
    boolean writable = true;
    int writes;
    int refusedWrites;

    /** A future as Floodlight gives it. */
    private static final class Promise<T> extends CompletableFuture<T> implements ListenableFuture<T> {

        @Override
        public void addListener(Runnable listener, Executor executor) {
            CompletableFuture<T> unused = whenCompleteAsync((value, failure) -> listener.run(), executor);
        }
    }

    private static final class Pending<T> {

        final Promise<T> future = new Promise<>();
        final List<OFMessage> parts = new ArrayList<>();
        final boolean statistics;

        Pending(boolean statistics) {
            this.statistics = statistics;
        }

        /** What the request is for says what comes back; only openflowj's type parameters know it. */
        @SuppressWarnings("unchecked")
        boolean take(OFMessage reply) {
            parts.add(reply);
            if (statistics && ((OFStatsReply) reply).getFlags().contains(OFStatsReplyFlags.REPLY_MORE)) {
                return false;
            }
            return future.complete((T) (statistics ? parts : reply));
        }
    }

    private final class Connection implements IOFConnectionBackend {

        @Override
        public boolean isWritable() {
            return writable;
        }

        @Override
        public OFAuxId getAuxId() {
            return OFAuxId.MAIN;
        }

        @Override
        public boolean write(OFMessage m) {
            throw new AssertionError("nobody writes past the switch");
        }

        @Override
        public Collection<OFMessage> write(Iterable<OFMessage> msgList) {
            throw new AssertionError("nobody writes past the switch");
        }

        @Override
        public <R extends OFMessage> ListenableFuture<R> writeRequest(OFRequest<R> request) {
            throw new AssertionError("nobody writes past the switch");
        }

        @Override
        public <R extends OFStatsReply> ListenableFuture<List<R>> writeStatsRequest(OFStatsRequest<R> request) {
            throw new AssertionError("nobody writes past the switch");
        }
    }

    FakeDevice(long id, OFVersion version, List<OFPortDesc> ports, Runnable onDisconnect) {
        this.id = DatapathId.of(id);
        this.version = version;
        this.ports = ports;
        this.onDisconnect = onDisconnect;
    }

    /** What has left since the last call, by way of its bytes. */
    List<OFMessage> takeWritten() {
        List<OFMessage> messages = new ArrayList<>();
        for (Iterable<OFMessage> list : written) {
            ByteBuf bytes = Unpooled.buffer();
            list.forEach(message -> message.writeTo(bytes));
            try {
                while (bytes.isReadable()) {
                    messages.add(OFFactories.getGenericReader().readFrom(bytes));
                }
            } catch (OFParseError e) {
                throw new AssertionError("the controller sent what openflowj cannot read", e);
            }
        }
        written.clear();
        return messages;
    }

    /** True when somebody has asked for this. */
    boolean deliver(OFMessage reply) {
        Pending<?> asked = pending.get(reply.getXid());
        if (asked == null) {
            return false;
        }
        if (reply instanceof OFErrorMsg error) {
            pending.remove(reply.getXid());
            asked.future.completeExceptionally(new IllegalStateException("refused: " + error.getErrType()));
        } else if (asked.take(reply)) {
            pending.remove(reply.getXid());
        }
        return true;
    }

    void lose() {
        connected = false;
        pending.values().forEach(each -> each.future.completeExceptionally(new IllegalStateException("disconnected")));
        pending.clear();
    }

    private Collection<OFMessage> accept(Iterable<OFMessage> messages) {
        if (!connected) {
            throw new IllegalArgumentException("OF Connection for " + id + " does not exist.");
        }
        if (!master) {
            refusedWrites++;
            return ImmutableList.copyOf(messages);
        }
        writes++;
        written.add(messages);
        return List.of();
    }

    @Override
    public boolean write(OFMessage m) {
        return accept(List.of(m)).isEmpty();
    }

    @Override
    public Collection<OFMessage> write(Iterable<OFMessage> msgList) {
        return accept(msgList);
    }

    @Override
    public <R extends OFMessage> ListenableFuture<R> writeRequest(OFRequest<R> request) {
        return ask(request, new Pending<>(false));
    }

    @Override
    public <R extends OFStatsReply> ListenableFuture<List<R>> writeStatsRequest(OFStatsRequest<R> request) {
        return ask(request, new Pending<>(true));
    }

    private <T> ListenableFuture<T> ask(OFMessage request, Pending<T> question) {
        if (!accept(List.of(request)).isEmpty()) {
            question.future.completeExceptionally(new IllegalStateException("slave"));
            return question.future;
        }
        pending.put(request.getXid(), question);
        return question.future;
    }

    @Override
    public DatapathId getId() {
        return id;
    }

    @Override
    public OFFactory getOFFactory() {
        return OFFactories.getFactory(version);
    }

    @Override
    public SwitchDescription getSwitchDescription() {
        return new SwitchDescription() {
            @Override
            public String getManufacturerDescription() {
                return "maker";
            }

            @Override
            public String getHardwareDescription() {
                return "hardware";
            }

            @Override
            public String getSoftwareDescription() {
                return "software";
            }
        };
    }

    @Override
    public Collection<OFPortDesc> getPorts() {
        return ports;
    }

    @Override
    public ImmutableList<IOFConnection> getConnections() {
        return connected ? ImmutableList.of(connection) : ImmutableList.of();
    }

    @Override
    public boolean isActive() {
        return connected && master;
    }

    @Override
    public void disconnect() {
        onDisconnect.run();
    }
}
