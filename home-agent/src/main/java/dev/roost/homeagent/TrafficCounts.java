package dev.roost.homeagent;

import dev.roost.homeagent.linux.FrameReader;
import dev.roost.homeagent.snmp.HomeAgentFacts;
import dev.roost.linux.TunnelCounters;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.MobilePrefixAdvertisement;
import dev.roost.mobileip.MobilityMessage;
import dev.roost.mobileip.Payload;
import java.util.Map;
import java.util.TreeMap;

/** Packets of Mobile IPv6 as RFC 4295 counts them: signalling of this process, and what went through the tunnels. The loop's. */
final class TrafficCounts {
    private final Map<Integer, Long> acknowledgements = new TreeMap<>();
    private long signallingOut;

    void onSent(Payload payload) {
        if (payload instanceof BindingAcknowledgement acknowledgement) {
            acknowledgements.merge(acknowledgement.status().value(), 1L, Long::sum);
        }
        if (payload instanceof MobilityMessage || payload instanceof MobilePrefixAdvertisement) {
            signallingOut++;
        }
    }

    HomeAgentFacts.Traffic sum(FrameReader reader, TunnelCounters tunnels) {
        return new HomeAgentFacts.Traffic(
                tunnels.decapsulated() + reader.signallingPackets(),
                tunnels.encapsulated() + signallingOut,
                reader.bindingUpdates(),
                acknowledgements);
    }
}
