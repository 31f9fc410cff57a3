package dev.roost.controller;

import dev.roost.delegation.DelegationCounter;
import dev.roost.delegation.ForwardingMessage;
import dev.roost.delegation.MessageHeader;
import dev.roost.delegation.MessageProtection;
import dev.roost.delegation.OpenedMessage;
import dev.roost.loadbalancer.Decision;
import dev.roost.loadbalancer.Effect;
import dev.roost.loadbalancer.PacketOrigin;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.mobileip.UdpDatagram;
import dev.roost.topology.SwitchPort;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The forwarding protocol between packets and messages: what comes punted to the representative's address is opened and handed to its
 * home network, what that sends is protected and leaves by packet-out. What is not genuine is counted and has no effect.
 *
 * <p>Belongs to the loop.
 */
final class ForwardingDatagrams {

    private final ForwardingChannels channels;
    private final SwitchTable switches;
    private final CounterByReason<DelegationCounter> ignored;
    private final LongAdder received;
    private final LongAdder sent;
    private final LongAdder unspoken;
    private final LongAdder switchGone;
    private final ByteBuffer datagram = ByteBuffer.allocate(MessageHeader.MAX_MESSAGE);

    ForwardingDatagrams(ForwardingChannels channels, SwitchTable switches, Counters counters) {
        this.channels = channels;
        this.switches = switches;
        this.ignored = new CounterByReason<>(
                DelegationCounter.class,
                reason -> counters.counter("roost_forwarding_messages_ignored_total", "reason", word(reason)));
        this.received = counters.counter("roost_forwarding_messages_received_total");
        this.sent = counters.counter(EffectRunner.PACKETS_SENT, "message", "forwarding-message");
        this.unspoken = counters.counter("roost_packets_dropped_total", "reason", "no-forwarding-key");
        this.switchGone = counters.counter("roost_packets_dropped_total", "reason", "switch-gone");
    }

    private static String word(DelegationCounter reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether a packet to the representative is for this class. */
    static boolean isOurs(ServedNetwork network, Ipv6Packet packet, UdpDatagram udp) {
        return network.config().delegation().isSpoken()
                && packet.destination().equals(network.config().representativeAddress())
                && udp.destinationPort() == network.config().delegation().port();
    }

    /** What a datagram comes to; nothing for one that is not genuine. */
    Decision open(Instant now, ServedNetwork network, PacketOrigin origin, UdpDatagram udp) {
        received.increment();
        Optional<Decision> refusal = network.state().forwardingRefusal(origin);
        MessageProtection protection = channels.of(network);
        if (refusal.isPresent() || protection == null) {
            return refusal.orElse(Decision.NONE);
        }
        OpenedMessage opened = protection.open(
                now,
                origin.source(),
                ByteBuffer.wrap(udp.octets().toBytes()),
                identifier -> network.state().isOutstanding(identifier));
        if (opened instanceof OpenedMessage.Accepted accepted) {
            return network.state().onForwardingMessage(now, origin, accepted.session(), accepted.message());
        } else if (opened instanceof OpenedMessage.Ignored nothing) {
            ignored.increment(nothing.reason());
        } else if (opened instanceof OpenedMessage.Answered answered) {
            ignored.increment(answered.reason());
            send(
                    network,
                    origin.port(),
                    origin.linkLayerSource(),
                    origin.source(),
                    OpaqueBytes.rest(answered.answer()));
        }
        return Decision.NONE;
    }

    void send(ServedNetwork network, Effect.SendForwardingMessage effect) {
        MessageProtection protection = channels.of(network);
        if (protection == null) {
            unspoken.increment();
            return;
        }
        ForwardingMessage message = effect.message();
        datagram.clear();
        protection.protect(effect.destination(), message, datagram);
        send(
                network,
                effect.port(),
                effect.linkLayerDestination(),
                effect.destination(),
                OpaqueBytes.rest(datagram.flip()));
    }

    private void send(
            ServedNetwork network, SwitchPort port, MacAddress to, Ipv6Address destination, OpaqueBytes octets) {
        @Nullable ConnectedSwitch by = switches.find(port.switchId());
        if (by == null) {
            switchGone.increment();
            return;
        }
        int udpPort = network.config().delegation().port();
        Ipv6Address source = network.config().representativeAddress();
        Ipv6Packet packet = Ipv6Packet.of(
                source, destination, new UdpDatagram(udpPort, udpPort, octets).toPayload(source, destination));
        byte[] frame = new EthernetFrame(to, network.config().representativeLinkLayerAddress(), packet).toBytes();
        switches.send(by, PacketOutSink.CONTROLLER_PORT, port.port(), frame, 0, frame.length);
        sent.increment();
    }
}
