package dev.roost.controller.standalone;

import dev.roost.controller.Counters;
import dev.roost.controller.OpenFlowSwitch;
import dev.roost.controller.PacketInBatch;
import dev.roost.controller.PacketOutSink;
import dev.roost.controller.SwitchEvents;
import dev.roost.topology.SwitchId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.projectfloodlight.openflow.protocol.OFBarrierReply;
import org.projectfloodlight.openflow.protocol.OFBarrierRequest;
import org.projectfloodlight.openflow.protocol.OFErrorMsg;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFPortReason;
import org.projectfloodlight.openflow.protocol.OFPortStatus;
import org.projectfloodlight.openflow.protocol.OFStatsReply;
import org.projectfloodlight.openflow.protocol.OFStatsRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A switch after its handshake, seen from both sides: the channel's event loop brings what the switch says, the
 * controller's loop sends through the {@link OpenFlowSwitch} methods. What both need lives on the event loop; the other
 * side only leaves it a task.
 */
final class SwitchSession implements OpenFlowSwitch {

    private static final Logger LOG = LoggerFactory.getLogger(SwitchSession.class);
    private static final int BYTES_PER_MESSAGE = 128;
    private static final int DROP_CONNECTION_FACTOR = 4;

    private final Channel channel;
    private final SwitchId id;
    private final OFFactory factory;
    private final String description;
    private final long hardLimitBytes;
    private final SwitchEvents events;
    private final PacketOutBuffer packetOuts;
    private final PendingReplies replies = new PendingReplies();
    private final LongAdder packetInsMalformed;
    private final LongAdder messagesIgnored;
    private final LongAdder slowSwitches;
    private @Nullable PacketInBatch packetIns;

    SwitchSession(
            Channel channel,
            SwitchId id,
            OFFactory factory,
            String description,
            int outboundLimitBytes,
            SwitchEvents events,
            Counters counters) {
        this.channel = channel;
        this.id = id;
        this.factory = factory;
        this.description = description;
        this.hardLimitBytes = (long) outboundLimitBytes * DROP_CONNECTION_FACTOR;
        this.events = events;
        this.packetOuts = new PacketOutBuffer(
                channel,
                counters.counter("roost_openflow_packet_outs_total", "switch", id.toString()),
                counters.counter("roost_openflow_packet_outs_dropped_total", "switch", id.toString()));
        this.packetInsMalformed = counters.counter("roost_openflow_messages_ignored_total", "reason", "packet-in");
        this.messagesIgnored = counters.counter("roost_openflow_messages_ignored_total", "reason", "not-used");
        this.slowSwitches = counters.counter("roost_openflow_connections_closed_total", "reason", "slow");
    }

    // On the event loop of the channel.

    void onPacketIn(ByteBuf in, int start, int length) {
        int frameOffset = OpenFlowBytes.frameOffset(in, start, length);
        if (frameOffset < 0) {
            packetInsMalformed.increment();
            return;
        }
        PacketInBatch batch = packetIns;
        if (batch == null) {
            batch = new PacketInBatch(this, System.nanoTime(), in.readableBytes());
            packetIns = batch;
        }
        int frameLength = length - frameOffset;
        int at = batch.reserve(OpenFlowBytes.inPort(in, start), frameLength);
        in.getBytes(start + frameOffset, batch.array(), at, frameLength);
    }

    /** Everything that could be read at once has been: hand it to the loop in one piece. */
    void handOver() {
        PacketInBatch batch = packetIns;
        if (batch != null) {
            packetIns = null;
            events.onPacketIns(batch);
        }
    }

    void onMessage(OFMessage message) {
        handOver();
        if (message instanceof OFStatsReply reply) {
            replies.onStats(reply);
        } else if (message instanceof OFBarrierReply reply) {
            replies.onBarrier(reply.getXid());
        } else if (message instanceof OFErrorMsg error) {
            if (!replies.onError(error)) {
                events.onError(this, error);
            }
        } else if (message instanceof OFPortStatus status) {
            if (status.getReason() == OFPortReason.DELETE) {
                events.onPortRemoved(this, status.getDesc().getPortNo().getPortNumber());
            } else {
                events.onPortChanged(this, status.getDesc());
            }
        } else {
            messagesIgnored.increment();
        }
    }

    void onTick() {
        replies.expire(System.nanoTime());
    }

    void onClosed() {
        replies.failAll("disconnected");
    }

    // On the loop of the controller.

    @Override
    public SwitchId id() {
        return id;
    }

    @Override
    public OFFactory factory() {
        return factory;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public void send(List<? extends OFMessage> messages) {
        if (messages.isEmpty() || !channel.isActive()) {
            return;
        }
        write(messages);
        long waiting = channel.bytesBeforeWritable();
        if (waiting > hardLimitBytes) {
            slowSwitches.increment();
            disconnect(waiting + " bytes wait to be sent");
        }
    }

    @Override
    public void barrier(Confirmation confirmation) {
        OFBarrierRequest request = factory.barrierRequest();
        channel.eventLoop().execute(() -> {
            if (!channel.isActive()) {
                confirmation.failed("disconnected");
            } else if (replies.expectBarrier(request.getXid(), confirmation, System.nanoTime())) {
                write(List.of(request));
            }
        });
    }

    @Override
    public <R extends OFStatsReply> void read(OFStatsRequest<R> request, StatsReceiver<R> receiver) {
        channel.eventLoop().execute(() -> {
            if (!channel.isActive()) {
                receiver.failed("disconnected");
            } else if (replies.expectStats(request, receiver, System.nanoTime())) {
                write(List.of(request));
            }
        });
    }

    /** A failure closes the channel, and everybody hears of that. */
    private void write(List<? extends OFMessage> messages) {
        ChannelFuture unused = channel.writeAndFlush(encode(channel.alloc(), messages), channel.voidPromise());
    }

    @Override
    public PacketOutSink packetOuts() {
        return packetOuts;
    }

    @Override
    public void disconnect(String reason) {
        LOG.warn("datapath={} disconnected by the controller: {}", id, reason);
        ChannelFuture unused = channel.close();
    }

    static ByteBuf encode(ByteBufAllocator allocator, List<? extends OFMessage> messages) {
        ByteBuf out = allocator.buffer(messages.size() * BYTES_PER_MESSAGE);
        for (OFMessage message : messages) {
            message.writeTo(out);
        }
        return out;
    }

    @Override
    public String toString() {
        return id + " at " + channel.remoteAddress();
    }
}
