package dev.roost.controller;

import dev.roost.loadbalancer.LoadSample;
import dev.roost.loadbalancer.SteeredHomeAgent;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.projectfloodlight.openflow.protocol.OFPortStatsEntry;
import org.projectfloodlight.openflow.protocol.OFPortStatsReply;
import org.projectfloodlight.openflow.protocol.OFPortStatsRequest;
import org.projectfloodlight.openflow.types.OFPort;

/**
 * Load without asking the home agents: what the switch counts on the ports that they are attached to. A home agent's
 * packets are told apart from others' by the port only, so a port that leads to several home agents says nothing.
 *
 * <p>Belongs to the loop; replies are taken apart on the host's threads. One question is open for each switch at a time.
 */
final class PortCounters {

    /** What a switch reports that does not count (OpenFlow 1.3.5, 7.3.5.6). */
    private static final long NOT_COUNTED = -1;

    private static final int COUNTER_BITS = 64;

    private final ServedNetworks networks;
    private final SwitchTable switches;
    private final Turn turn;
    private final LoopAccess loop;
    private final Set<OpenFlowSwitch> asked = new HashSet<>();

    private record Target(ServedNetwork network, SteeredHomeAgent homeAgent) {}

    private record PortCount(long packetsIn, long packetsOut) {}

    PortCounters(ServedNetworks networks, SwitchTable switches, Turn turn, LoopAccess loop) {
        this.networks = networks;
        this.switches = switches;
        this.turn = turn;
        this.loop = loop;
    }

    void onDisconnected(OpenFlowSwitch connection) {
        asked.remove(connection);
    }

    /** Asks every switch that has home agents. */
    void poll() {
        Map<SwitchId, List<Target>> bySwitch = new TreeMap<>();
        Map<SwitchPort, MacAddress> owners = new HashMap<>();
        Set<SwitchPort> shared = new HashSet<>();
        for (ServedNetwork network : networks.all()) {
            for (SteeredHomeAgent homeAgent : network.state().steeringPlan().homeAgents()) {
                SwitchPort port = homeAgent.attachment();
                MacAddress owner = owners.putIfAbsent(port, homeAgent.linkLayerAddress());
                if (owner != null && !owner.equals(homeAgent.linkLayerAddress())) {
                    shared.add(port);
                }
                bySwitch.computeIfAbsent(port.switchId(), unused -> new ArrayList<>())
                        .add(new Target(network, homeAgent));
            }
        }
        bySwitch.forEach((id, targets) -> {
            targets.removeIf(target -> shared.contains(target.homeAgent().attachment()));
            ConnectedSwitch connected = switches.find(id);
            if (connected != null && !targets.isEmpty() && asked.add(connected.connection())) {
                ask(connected.connection(), targets);
            }
        });
    }

    private void ask(OpenFlowSwitch connection, List<Target> targets) {
        int only = targets.get(0).homeAgent().attachment().port();
        boolean one = targets.stream()
                .allMatch(target -> target.homeAgent().attachment().port() == only);
        OFPortStatsRequest request = connection
                .factory()
                .buildPortStatsRequest()
                .setPortNo(one ? OFPort.of(only) : OFPort.ANY)
                .build();
        Map<Integer, PortCount> counts = new HashMap<>();
        connection.read(request, new OpenFlowSwitch.StatsReceiver<OFPortStatsReply>() {
            @Override
            public void part(OFPortStatsReply part) {
                for (OFPortStatsEntry entry : part.getEntries()) {
                    counts.put(
                            entry.getPortNo().getPortNumber(),
                            new PortCount(
                                    entry.getRxPackets().getValue(),
                                    entry.getTxPackets().getValue()));
                }
            }

            @Override
            public void complete() {
                loop.post(connection, () -> onCounts(connection, targets, counts));
            }

            @Override
            public void failed(String reason) {
                loop.post(connection, () -> asked.remove(connection));
            }
        });
    }

    /** What the home agent sends comes into the port, and the other way round. */
    private void onCounts(OpenFlowSwitch connection, List<Target> targets, Map<Integer, PortCount> counts) {
        if (!asked.remove(connection)) {
            return;
        }
        for (Target target : targets) {
            PortCount count = counts.get(target.homeAgent().attachment().port());
            if (count == null || count.packetsIn() == NOT_COUNTED || count.packetsOut() == NOT_COUNTED) {
                continue;
            }
            LoadSample sample = new LoadSample(
                    target.homeAgent().linkLocalAddress(),
                    LoadSample.Source.OPENFLOW,
                    loop.now(),
                    count.packetsIn(),
                    count.packetsOut(),
                    COUNTER_BITS,
                    OptionalInt.empty());
            turn.take(target.network(), target.network().state().onLoadSample(loop.now(), sample));
        }
    }
}
