package dev.roost.openflow.rules;

import dev.roost.mobileip.Ipv6Address;
import java.util.HashMap;
import java.util.Map;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFFlowStatsEntry;
import org.projectfloodlight.openflow.protocol.OFFlowStatsReply;
import org.projectfloodlight.openflow.protocol.OFFlowStatsRequest;

/**
 * What a switch has counted for each home address that one home agent forwards for: the packets of its steering rule. Where the home agent
 * is attached, all that is steered to it passes.
 *
 * <p>Used by one thread at a time, for one reading.
 */
public final class MobileNodeCounts {

    /** Home addresses that are looked at; of a home agent that forwards for more, the rest is left out. */
    private static final int MOST = 100_000;

    private final Map<Ipv6Address, Long> packets = new HashMap<>();

    /** What to ask: the steering rules of one home network that point at the group of one home agent, and no others. */
    public static OFFlowStatsRequest request(OFFactory factory, int network, int homeAgentIndex) {
        return new OpenFlowWriter(factory).steeringStats(network, GroupIds.of(network, homeAgentIndex));
    }

    /** Takes one part of a reply in. */
    public void add(OFFlowStatsReply part) {
        for (OFFlowStatsEntry entry : part.getEntries()) {
            if (Cookies.kind(entry.getCookie().getValue())
                    .filter(kind -> kind == Pipeline.STEERING)
                    .isPresent()) {
                OpenFlowReader.match(entry.getMatch())
                        .flatMap(RuleMatch::destination)
                        .filter(homeAddress -> packets.size() < MOST || packets.containsKey(homeAddress))
                        .ifPresent(homeAddress ->
                                packets.put(homeAddress, entry.getPacketCount().getValue()));
            }
        }
    }

    /** Packets by home address. */
    public Map<Ipv6Address, Long> packets() {
        return packets;
    }
}
