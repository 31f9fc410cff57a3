package dev.roost.floodlight;

import dev.roost.controller.Counters;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.SwitchPort;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiPredicate;
import net.floodlightcontroller.core.FloodlightContext;
import net.floodlightcontroller.core.IListener;
import net.floodlightcontroller.core.IOFMessageListener;
import net.floodlightcontroller.core.IOFSwitch;
import org.jspecify.annotations.Nullable;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFPacketIn;
import org.projectfloodlight.openflow.protocol.OFType;
import org.projectfloodlight.openflow.protocol.match.MatchField;
import org.projectfloodlight.openflow.types.OFPort;

/**
 * Takes packet-ins before anybody else: keeps what is ours from the other applications, and passes the rest on. Every packet-in is
 * counted under one of four decisions.
 *
 * <p>Called by netty's workers, of which each has some of the switches; does nothing but look and copy.
 */
final class PacketInListener implements IOFMessageListener {

    static final String NAME = "roost";

    private final Switches switches;
    private final BiPredicate<MacAddress, SwitchPort> isRouterElsewhere;
    private final EthernetPayload payload;
    private final Boundary boundary;
    private final LongAdder taken;
    private final LongAdder shared;
    private final LongAdder passed;
    private final LongAdder unreadable;

    PacketInListener(
            Switches switches,
            BiPredicate<MacAddress, SwitchPort> isRouterElsewhere,
            EthernetPayload payload,
            Boundary boundary,
            Counters counters) {
        this.switches = switches;
        this.isRouterElsewhere = isRouterElsewhere;
        this.payload = payload;
        this.boundary = boundary;
        this.taken = decisions(counters, "taken");
        this.shared = decisions(counters, "shared");
        this.passed = decisions(counters, "passed");
        this.unreadable = decisions(counters, "unreadable");
    }

    private static LongAdder decisions(Counters counters, String decision) {
        return counters.counter("roost_floodlight_packet_ins_total", "decision", decision);
    }

    @Override
    public IListener.Command receive(IOFSwitch sw, OFMessage msg, FloodlightContext cntx) {
        try {
            return msg instanceof OFPacketIn packetIn ? receive(sw, packetIn, cntx) : IListener.Command.CONTINUE;
        } catch (RuntimeException e) {
            // What escapes here ends the message for all modules, and fills the log.
            boundary.onFailure("packet-in", e);
            return IListener.Command.STOP;
        }
    }

    private IListener.Command receive(IOFSwitch sw, OFPacketIn packetIn, FloodlightContext context) {
        byte[] frame = packetIn.getData();
        FloodlightSwitch from = switches.find(sw);
        if (from == null) {
            return pass(context, frame, passed);
        }
        switch (from.filter().judge(packetIn.getCookie().getValue(), frame)) {
            case OURS -> {
                if (from.gather(inPort(packetIn), frame)) {
                    taken.increment();
                } else {
                    unreadable.increment();
                }
                return IListener.Command.STOP;
            }
            case SHARED -> {
                return share(from, packetIn, frame, context);
            }
            case OTHERS -> {
                return isOfRouterElsewhere(from, packetIn, frame)
                        ? share(from, packetIn, frame, context)
                        : pass(context, frame, passed);
            }
        }
        throw new IllegalStateException("no verdict");
    }

    private IListener.Command share(
            FloodlightSwitch from, OFPacketIn packetIn, byte[] frame, FloodlightContext context) {
        return pass(context, frame, from.gather(inPort(packetIn), frame) ? shared : passed);
    }

    private boolean isOfRouterElsewhere(FloodlightSwitch from, OFPacketIn packetIn, byte[] frame) {
        OFPort port = inPort(packetIn);
        return port != null
                && PacketInFilter.isIpv6(frame)
                && isRouterElsewhere.test(
                        MacAddress.fromBytes(ByteBuffer.wrap(frame, MacAddress.LENGTH, MacAddress.LENGTH)),
                        new SwitchPort(from.id(), port.getPortNumber()));
    }

    private IListener.Command pass(FloodlightContext context, byte[] frame, LongAdder as) {
        if (payload.provide(context, frame)) {
            as.increment();
            return IListener.Command.CONTINUE;
        }
        unreadable.increment();
        return IListener.Command.STOP;
    }

    private static @Nullable OFPort inPort(OFPacketIn packetIn) {
        return packetIn.getMatch().get(MatchField.IN_PORT);
    }

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public boolean isCallbackOrderingPrereq(OFType type, String name) {
        return false;
    }

    /** Everybody else comes after: {@code devicemanager} and {@code forwarding} because of what is ours, all because of what nobody can read. */
    @Override
    public boolean isCallbackOrderingPostreq(OFType type, String name) {
        return !NAME.equals(name);
    }
}
