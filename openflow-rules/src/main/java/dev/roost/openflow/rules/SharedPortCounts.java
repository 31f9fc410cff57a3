package dev.roost.openflow.rules;

import dev.roost.mobileip.MacAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFFlowStatsEntry;
import org.projectfloodlight.openflow.protocol.OFFlowStatsReply;
import org.projectfloodlight.openflow.protocol.OFFlowStatsRequest;
import org.projectfloodlight.openflow.protocol.OFGroupStatsEntry;
import org.projectfloodlight.openflow.protocol.OFGroupStatsReply;
import org.projectfloodlight.openflow.protocol.OFGroupStatsRequest;

/**
 * What the switch of home agents that share a port has counted for each of them. A packet counts where the rule that takes it is known
 * to be about one home agent:
 *
 * <pre>
 *   received   steered to it (its group), sent to its link-layer address, Mobility Headers to its addresses
 *   sent       sent from its link-layer address at its port, Mobility Headers from its addresses
 * </pre>
 *
 * Not counted: what is flooded, neighbor discovery for the addresses of the representative, and what a home agent sends on to a
 * home address that is steered again, since that rule is the mobile node's.
 *
 * <p>Used by one thread at a time, for one reading.
 */
public final class SharedPortCounts {

    private final Map<RuleMatch, Long> machines = new HashMap<>();
    /** Mobility Headers by group number, which names the home agent: from it, to it. */
    private final Map<Integer, Long> mobilityFrom = new HashMap<>();

    private final Map<Integer, Long> mobilityTo = new HashMap<>();
    private final Map<Integer, Long> steered = new HashMap<>();

    /** A home agent by the numbers of its network and of itself. */
    public record Key(int network, int index) {
        private int group() {
            return GroupIds.of(network, index);
        }
    }

    /** What to ask for its rules; whole cookies, by which a switch finds them without looking at all others. */
    public static List<OFFlowStatsRequest> flowRequests(OFFactory factory, List<Key> homeAgents) {
        OpenFlowWriter writer = new OpenFlowWriter(factory);
        List<OFFlowStatsRequest> requests = new ArrayList<>();
        requests.add(writer.flowStats(Cookies.of(Cookies.NO_NETWORK, Pipeline.LOAD_SENT, 0)));
        requests.add(writer.flowStats(Cookies.of(Cookies.NO_NETWORK, Pipeline.LOAD_RECEIVED, 0)));
        for (Key key : homeAgents) {
            requests.add(writer.flowStats(Cookies.of(key.network(), Pipeline.MOBILITY_COPY, key.index())));
        }
        return requests;
    }

    /** What to ask for all groups. */
    public static OFGroupStatsRequest groupRequest(OFFactory factory) {
        return new OpenFlowWriter(factory).groupStats();
    }

    /** Takes one part of a reply in. */
    public void add(OFFlowStatsReply part) {
        for (OFFlowStatsEntry entry : part.getEntries()) {
            OpenFlowReader.match(entry.getMatch()).ifPresent(match -> add(entry, match));
        }
    }

    private void add(OFFlowStatsEntry entry, RuleMatch match) {
        long cookie = entry.getCookie().getValue();
        long packets = entry.getPacketCount().getValue();
        if (Cookies.kind(cookie).filter(kind -> kind == Pipeline.MOBILITY_COPY).isPresent()) {
            int group = GroupIds.of((int) (cookie >>> 40) & 0xff, (int) cookie & 0xffff);
            (match.source().isPresent() ? mobilityFrom : mobilityTo).merge(group, packets, Long::sum);
        } else {
            machines.merge(match, packets, Long::sum);
        }
    }

    /** Takes one part of a reply in. */
    public void add(OFGroupStatsReply part) {
        for (OFGroupStatsEntry entry : part.getEntries()) {
            steered.put(
                    entry.getGroup().getGroupNumber(), entry.getPacketCount().getValue());
        }
    }

    /** Whether the switch has the rules that count a machine. */
    public boolean isCounted(int port, MacAddress linkLayerAddress) {
        return machines.containsKey(sentBy(port, linkLayerAddress)) && machines.containsKey(sentTo(linkLayerAddress));
    }

    /** Packets from a machine, under all its numbers. */
    public long sent(int port, MacAddress linkLayerAddress, List<Key> keys) {
        long packets = machines.getOrDefault(sentBy(port, linkLayerAddress), 0L);
        for (Key key : keys) {
            packets += mobilityFrom.getOrDefault(key.group(), 0L);
        }
        return packets;
    }

    /** Packets to a machine, under all its numbers. */
    public long received(MacAddress linkLayerAddress, List<Key> keys) {
        long packets = machines.getOrDefault(sentTo(linkLayerAddress), 0L);
        for (Key key : keys) {
            packets += mobilityTo.getOrDefault(key.group(), 0L) + steered.getOrDefault(key.group(), 0L);
        }
        return packets;
    }

    private static RuleMatch sentBy(int port, MacAddress linkLayerAddress) {
        return RuleMatch.everything().in(port).ethernetFrom(linkLayerAddress);
    }

    private static RuleMatch sentTo(MacAddress linkLayerAddress) {
        return RuleMatch.everything().ethernetTo(linkLayerAddress);
    }
}
