package dev.roost.homeagent;

import dev.roost.homeagent.linux.FrameReader;
import dev.roost.homeagent.snmp.HomeAgentFacts;
import dev.roost.linux.TunnelCounters;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MobilePrefixAdvertisement;
import dev.roost.mobileip.MobilityMessage;
import dev.roost.mobileip.Payload;
import java.util.Map;
import java.util.TreeMap;

/** Packets of Mobile IPv6, and their octets from the IPv6 header on, as RFC 4295 counts them: signalling of this process, and what went through the tunnels. The loop's. */
final class TrafficCounts {
    private final Map<Integer, Long> acknowledgements = new TreeMap<>();
    private long signallingOut;
    private long signallingOctetsOut;

    void onSent(Ipv6Packet packet) {
        Payload payload = packet.payload();
        if (payload instanceof BindingAcknowledgement acknowledgement) {
            acknowledgements.merge(acknowledgement.status().value(), 1L, Long::sum);
        }
        if (payload instanceof MobilityMessage || payload instanceof MobilePrefixAdvertisement) {
            signallingOut++;
            signallingOctetsOut += packet.length();
        }
    }

    HomeAgentFacts.Traffic sum(FrameReader reader, TunnelCounters tunnels) {
        return new HomeAgentFacts.Traffic(
                tunnels.decapsulated() + reader.signallingPackets(),
                tunnels.encapsulated() + signallingOut,
                tunnels.octetsDecapsulated() + reader.signallingOctets(),
                tunnels.octetsEncapsulated() + signallingOctetsOut,
                reader.bindingUpdates(),
                acknowledgements);
    }
}
