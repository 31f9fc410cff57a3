package dev.roost.controller;

import dev.roost.loadbalancer.Effect;
import dev.roost.loadbalancer.HomeNetwork;
import dev.roost.loadbalancer.Reason;
import dev.roost.mobileip.DiscoveryReplyFrame;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.ExtensionHeader;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.Payload;
import dev.roost.mobileip.Type2RoutingHeader;
import dev.roost.openflow.rules.RuleCompiler;
import dev.roost.topology.SwitchId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the effects of a decision: writes frames and hands them to the switch they leave by, lets packets go on,
 * tells, counts.
 *
 * <p>Frames of ours have the representative's constant link-layer address as their source and leave as packet-outs that
 * came in nowhere (OFPP_CONTROLLER), since a switch does not send a packet out of the port it came in by.
 *
 * <p>Belongs to the loop; {@link #begin} says whose effects come next.
 */
final class EffectRunner implements Effect.Visitor {

    /** What we sent, by the kind of message. */
    static final String PACKETS_SENT = "roost_packets_sent_total";

    private static final int MAX_FRAME_BYTES = 1 << 16;

    private final SwitchTable switches;
    private final ForwardingDatagrams forwarding;
    private final Steerings steerings;
    private final EventLog eventLog;
    private final Counters counters;
    /** By number of the home network. */
    private final @Nullable Output[] outputs = new Output[ServedNetworks.MOST];

    private final LongAdder discoveryReplies;
    private final LongAdder neighborAdvertisements;
    private final LongAdder echoReplies;
    private final LongAdder errorsPassedOn;
    private final LongAdder probes;
    private final LongAdder bindingAcknowledgements;
    private final LongAdder sentOnLink;
    private final LongAdder forwarded;
    private final LongAdder switchGone;
    private final ByteBuffer frame = ByteBuffer.allocate(MAX_FRAME_BYTES);

    private @Nullable ServedNetwork network;
    private @Nullable PacketInBatch batch;
    private int index;
    private int repliesThisTurn;
    private long nowNanos;
    private Instant now = Instant.EPOCH;

    /** Tells the home network when its rules are where they are to be. */
    interface Steerings {
        void await(ServedNetwork network, Effect.AwaitSteering effect);
    }

    /** What is made once for a home network, and anew for another with its number. */
    private record Output(HomeNetwork of, DiscoveryReplyFrame replyFrame, CounterByReason<Reason> ignored) {}

    EffectRunner(
            SwitchTable switches,
            ForwardingDatagrams forwarding,
            Steerings steerings,
            EventLog eventLog,
            Counters counters) {
        this.switches = switches;
        this.forwarding = forwarding;
        this.steerings = steerings;
        this.eventLog = eventLog;
        this.counters = counters;
        this.discoveryReplies = sent(counters, "discovery-reply");
        this.neighborAdvertisements = sent(counters, "neighbor-advertisement");
        this.echoReplies = sent(counters, "echo-reply");
        this.errorsPassedOn = sent(counters, "packet-too-big");
        this.probes = sent(counters, "neighbor-solicitation");
        this.bindingAcknowledgements = sent(counters, "binding-acknowledgement");
        this.sentOnLink = sent(counters, "as-home-agent");
        this.forwarded = counters.counter("roost_packets_forwarded_total");
        this.switchGone = counters.counter("roost_packets_dropped_total", "reason", "switch-gone");
    }

    private static LongAdder sent(Counters counters, String message) {
        return counters.counter(PACKETS_SENT, "message", message);
    }

    void begin(long turnNanos, Instant turnNow, ServedNetwork of, @Nullable PacketInBatch packets, int packetIndex) {
        nowNanos = turnNanos;
        now = turnNow;
        network = of;
        batch = packets;
        index = packetIndex;
    }

    /** Ends the turn: nothing of it is kept. */
    void end() {
        discoveryReplies.add(repliesThisTurn);
        repliesThisTurn = 0;
        network = null;
        batch = null;
    }

    private ServedNetwork network() {
        ServedNetwork current = network;
        if (current == null) {
            throw new IllegalStateException("effect outside of a turn");
        }
        return current;
    }

    private Output output() {
        ServedNetwork current = network();
        Output known = outputs[current.index()];
        if (known == null || known.of() != current.state()) {
            known = new Output(
                    current.state(),
                    new DiscoveryReplyFrame(
                            current.config().representativeLinkLayerAddress(),
                            current.config().representativeAddress(),
                            Ipv6Packet.DEFAULT_HOP_LIMIT),
                    new CounterByReason<>(
                            Reason.class,
                            reason -> counters.counter(
                                    "roost_ignored_total", "home_network", current.name(), "reason", reason.word())));
            outputs[current.index()] = known;
        }
        return known;
    }

    @Override
    public void visit(Effect.SendNeighborAdvertisement effect) {
        send(effect, List.of(), effect.advertisement(), neighborAdvertisements);
    }

    @Override
    public void visit(Effect.SendDiscoveryReply effect) {
        frame.clear();
        output().replyFrame()
                .write(
                        frame,
                        effect.linkLayerDestination().value(),
                        effect.destination().high(),
                        effect.destination().low(),
                        effect.reply().identifier(),
                        effect.reply().homeAgents());
        if (sendFrame(effect)) {
            repliesThisTurn++;
        }
    }

    @Override
    public void visit(Effect.SendEchoReply effect) {
        send(effect, List.of(), effect.reply(), echoReplies);
    }

    @Override
    public void visit(Effect.SendPacketTooBig effect) {
        send(effect, List.of(), effect.error(), errorsPassedOn);
    }

    @Override
    public void visit(Effect.SendProbe effect) {
        send(effect, List.of(), effect.solicitation(), probes);
    }

    @Override
    public void visit(Effect.SendBindingAcknowledgement effect) {
        List<ExtensionHeader> headers = effect.routingHeaderAddress()
                .<List<ExtensionHeader>>map(homeAddress -> List.of(new Type2RoutingHeader(homeAddress)))
                .orElse(List.of());
        send(effect, headers, effect.acknowledgement(), bindingAcknowledgements);
    }

    @Override
    public void visit(Effect.SendForwardingMessage effect) {
        forwarding.send(network(), effect);
    }

    @Override
    public void visit(Effect.SendOnLink effect) {
        ConnectedSwitch by = switchOfHomeLink(effect.by());
        if (by == null) {
            switchGone.increment();
            return;
        }
        frame.clear();
        new EthernetFrame(
                        effect.linkLayerDestination(),
                        network().config().representativeLinkLayerAddress(),
                        effect.packet())
                .writeTo(frame);
        switches.send(by, PacketOutSink.CONTROLLER_PORT, PacketOutSink.NORMAL_PORT, frame.array(), 0, frame.position());
        sentOnLink.increment();
    }

    /** Any switch of the home link will do where that one is gone, or none was known. */
    private @Nullable ConnectedSwitch switchOfHomeLink(SwitchId preferred) {
        ConnectedSwitch found = switches.find(preferred);
        if (found != null) {
            return found;
        }
        for (ConnectedSwitch each : switches.all()) {
            if (RuleCompiler.serves(network().config(), each.id())) {
                return each;
            }
        }
        return null;
    }

    @Override
    public void visit(Effect.AwaitSteering effect) {
        steerings.await(network(), effect);
    }

    private void send(Effect.SendPacket effect, List<ExtensionHeader> headers, Payload payload, LongAdder counter) {
        Ipv6Packet packet = Ipv6Packet.of(effect.source(), effect.destination(), headers, payload);
        frame.clear();
        new EthernetFrame(effect.linkLayerDestination(), network().config().representativeLinkLayerAddress(), packet)
                .writeTo(frame);
        if (sendFrame(effect)) {
            counter.increment();
        }
    }

    private boolean sendFrame(Effect.SendPacket effect) {
        ConnectedSwitch to = switches.find(effect.port().switchId());
        if (to == null) {
            switchGone.increment();
            return false;
        }
        switches.send(to, PacketOutSink.CONTROLLER_PORT, effect.port().port(), frame.array(), 0, frame.position());
        return true;
    }

    /** The switch does with it what it does with packets that nobody asked for, as if it had come in just now. */
    @Override
    public void visit(Effect.ForwardPacket effect) {
        PacketInBatch packets = batch;
        if (packets == null) {
            throw new IllegalStateException(
                    "no packet to forward in " + network().name());
        }
        forward(packets, index);
    }

    void forward(PacketInBatch packets, int at) {
        ConnectedSwitch to = switches.find(packets.connection());
        if (to == null) {
            switchGone.increment();
            return;
        }
        switches.send(
                to,
                packets.inPort(at),
                PacketOutSink.NORMAL_PORT,
                packets.array(),
                packets.start(at),
                packets.length(at));
        forwarded.increment();
    }

    @Override
    public void visit(Effect.Event effect) {
        eventLog.tell(nowNanos, now, network().name(), effect);
    }

    @Override
    public void visit(Effect.Count effect) {
        output().ignored().increment(effect.reason());
    }
}
