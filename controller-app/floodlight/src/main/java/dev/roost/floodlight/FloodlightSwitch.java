package dev.roost.floodlight;

import dev.roost.controller.Counters;
import dev.roost.controller.OpenFlowSwitch;
import dev.roost.controller.PacketInGatherer;
import dev.roost.controller.PacketOutSink;
import dev.roost.controller.SwitchEvents;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.topology.SwitchId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import net.floodlightcontroller.core.IOFConnection;
import net.floodlightcontroller.core.IOFConnectionBackend;
import net.floodlightcontroller.core.IOFSwitch;
import net.floodlightcontroller.core.SwitchDescription;
import org.jspecify.annotations.Nullable;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFStatsReply;
import org.projectfloodlight.openflow.protocol.OFStatsRequest;
import org.projectfloodlight.openflow.types.OFAuxId;
import org.projectfloodlight.openflow.types.OFPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A switch of Floodlight's for as long as we are its master. When that ends, or the switch goes, it is closed and does nothing more: a
 * controller that has become a slave must not write.
 */
final class FloodlightSwitch implements OpenFlowSwitch {

    private static final Logger LOG = LoggerFactory.getLogger(FloodlightSwitch.class);

    /** Packets of one switch that may wait for the loop. */
    private static final int PACKET_LIMIT = 8192;

    private final IOFSwitch device;
    private final SwitchId id;
    private final OFFactory factory;
    private final Supplier<List<HomeNetworkConfig>> networks;
    private final Questions questions;
    private final PacketInGatherer packetIns;
    private final PacketOutList packetOuts;
    private final LongAdder notWritten;
    private volatile Filter filter;
    private volatile boolean closed;

    /** A filter and what it was made for. */
    private record Filter(List<HomeNetworkConfig> networks, PacketInFilter packets) {}

    FloodlightSwitch(
            IOFSwitch device,
            Supplier<List<HomeNetworkConfig>> networks,
            SwitchEvents events,
            Questions questions,
            Counters counters) {
        this.device = device;
        this.id = new SwitchId(device.getId().getLong());
        this.factory = device.getOFFactory();
        this.networks = networks;
        this.filter = filterFor(networks.get(), id);
        this.questions = questions;
        this.packetIns = new PacketInGatherer(this, events, PACKET_LIMIT, counters);
        IOFConnectionBackend connection = mainConnection(device);
        this.packetOuts = new PacketOutList(
                factory,
                () -> connection == null || connection.isWritable(),
                this::write,
                counters.counter("roost_openflow_packet_outs_total", "switch", id.toString()),
                counters.counter("roost_openflow_packet_outs_dropped_total", "switch", id.toString()));
        this.notWritten = counters.counter("roost_openflow_messages_not_written_total", "switch", id.toString());
    }

    private static @Nullable IOFConnectionBackend mainConnection(IOFSwitch device) {
        for (IOFConnection connection : device.getConnections()) {
            if (OFAuxId.MAIN.equals(connection.getAuxId()) && connection instanceof IOFConnectionBackend backend) {
                return backend;
            }
        }
        return null;
    }

    // On Floodlight's threads.

    IOFSwitch device() {
        return device;
    }

    /** The filter for what is served at present. */
    PacketInFilter filter() {
        List<HomeNetworkConfig> served = networks.get();
        Filter present = filter;
        if (present.networks() != served) {
            present = filterFor(served, id);
            filter = present;
        }
        return present.packets();
    }

    private static Filter filterFor(List<HomeNetworkConfig> served, SwitchId id) {
        return new Filter(served, new PacketInFilter(served, id));
    }

    /** Takes a packet for the loop; false if it does not say where it came in. */
    boolean gather(@Nullable OFPort inPort, byte[] frame) {
        if (inPort == null) {
            return false;
        }
        packetIns.add(inPort.getPortNumber(), frame);
        return true;
    }

    void close() {
        closed = true;
    }

    // For the loop.

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
        SwitchDescription description = device.getSwitchDescription();
        return description == null
                ? ""
                : description.getManufacturerDescription() + " " + description.getHardwareDescription() + " "
                        + description.getSoftwareDescription();
    }

    @Override
    public void send(List<? extends OFMessage> messages) {
        if (!messages.isEmpty()) {
            write(new ArrayList<>(messages));
        }
    }

    /** Floodlight refuses by returning what it did not send, and by throwing where the connection has just gone. */
    private void write(List<OFMessage> messages) {
        if (!mayWrite()) {
            notWritten.add(messages.size());
            return;
        }
        try {
            notWritten.add(device.write(messages).size());
        } catch (IllegalArgumentException e) {
            notWritten.add(messages.size());
        }
    }

    private boolean mayWrite() {
        return !closed && device.isActive();
    }

    @Override
    public void barrier(Confirmation confirmation) {
        if (cannotAsk(confirmation::failed)) {
            return;
        }
        try {
            questions.await(
                    device.writeRequest(factory.barrierRequest()),
                    unused -> confirmation.confirmed(),
                    confirmation::failed);
        } catch (IllegalArgumentException e) {
            confirmation.failed("disconnected");
        }
    }

    @Override
    public <R extends OFStatsReply> void read(OFStatsRequest<R> request, StatsReceiver<R> receiver) {
        if (cannotAsk(receiver::failed)) {
            return;
        }
        try {
            questions.await(
                    device.writeStatsRequest(request),
                    parts -> {
                        parts.forEach(receiver::part);
                        receiver.complete();
                    },
                    receiver::failed);
        } catch (IllegalArgumentException e) {
            receiver.failed("disconnected");
        }
    }

    private boolean cannotAsk(Consumer<String> failed) {
        if (!mayWrite()) {
            failed.accept("disconnected");
            return true;
        }
        if (questions.isFull()) {
            failed.accept("too many questions are open");
            return true;
        }
        return false;
    }

    @Override
    public PacketOutSink packetOuts() {
        return packetOuts;
    }

    @Override
    public void disconnect(String reason) {
        if (!closed) {
            LOG.warn("datapath={} disconnected by the controller: {}", id, reason);
            device.disconnect();
        }
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
