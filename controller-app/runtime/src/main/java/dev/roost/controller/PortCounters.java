package dev.roost.controller;

import dev.roost.controller.CounterContinuity.Count;
import dev.roost.controller.CounterContinuity.Machine;
import dev.roost.loadbalancer.LoadSample;
import dev.roost.loadbalancer.SteeredHomeAgent;
import dev.roost.openflow.rules.SharedPortCounts;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.projectfloodlight.openflow.protocol.OFFlowStatsReply;
import org.projectfloodlight.openflow.protocol.OFFlowStatsRequest;
import org.projectfloodlight.openflow.protocol.OFGroupStatsReply;
import org.projectfloodlight.openflow.protocol.OFPortStatsEntry;
import org.projectfloodlight.openflow.protocol.OFPortStatsReply;
import org.projectfloodlight.openflow.protocol.OFPortStatsRequest;
import org.projectfloodlight.openflow.protocol.OFStatsReply;
import org.projectfloodlight.openflow.protocol.OFStatsRequest;
import org.projectfloodlight.openflow.types.OFPort;

/**
 * Load without asking the home agents: what their switches count. Where a port leads to one home agent, its packets are the port's;
 * where it leads to several, each is counted by rules of its own and by its group ({@link SharedPortCounts} says how).
 *
 * <p>Belongs to the loop; replies are taken apart on the host's threads. One reading of each switch is open at a time.
 */
final class PortCounters implements LoadSource {

    /** What a switch reports that does not count (OpenFlow 1.3.5, 7.3.5.6). */
    private static final long NOT_COUNTED = -1;

    private static final int COUNTER_BITS = 64;

    private final SwitchTable switches;
    private final SharedPorts shared;
    private final Turn turn;
    private final LoopAccess loop;
    private final CounterContinuity continuity = new CounterContinuity();
    private final Map<OpenFlowSwitch, Reading> open = new HashMap<>();

    private record Target(ServedNetwork network, SteeredHomeAgent homeAgent) {

        Machine machine() {
            return new Machine(homeAgent.attachment(), homeAgent.linkLayerAddress());
        }

        SharedPortCounts.Key key() {
            return new SharedPortCounts.Key(network.index(), homeAgent.index());
        }
    }

    PortCounters(SwitchTable switches, SharedPorts shared, Turn turn, LoopAccess loop) {
        this.switches = switches;
        this.shared = shared;
        this.turn = turn;
        this.loop = loop;
    }

    void onDisconnected(OpenFlowSwitch connection) {
        open.remove(connection);
    }

    /** Asks every switch that has home agents. */
    @Override
    public void poll(ControllerView view) {
        Map<SwitchId, List<Target>> bySwitch = new TreeMap<>();
        Set<Machine> machines = new HashSet<>();
        for (ServedNetwork network : view.networks()) {
            for (SteeredHomeAgent homeAgent : network.state().steeringPlan().homeAgents()) {
                Target target = new Target(network, homeAgent);
                machines.add(target.machine());
                bySwitch.computeIfAbsent(homeAgent.attachment().switchId(), unused -> new ArrayList<>())
                        .add(target);
            }
        }
        continuity.keep(machines);
        bySwitch.forEach((id, targets) -> {
            ConnectedSwitch connected = switches.find(id);
            if (connected != null && !open.containsKey(connected.connection())) {
                Reading reading = new Reading(connected.connection(), targets);
                open.put(connected.connection(), reading);
                reading.start();
            }
        });
    }

    /** What one switch is asked, and what it has answered so far. */
    private final class Reading {

        private final OpenFlowSwitch connection;
        private final List<Target> targets;
        private final Map<Integer, Count> ports = new HashMap<>();
        private final SharedPortCounts counts = new SharedPortCounts();
        private int questions;

        Reading(OpenFlowSwitch connection, List<Target> targets) {
            this.connection = connection;
            this.targets = targets;
        }

        void start() {
            List<Target> sharing = targets.stream().filter(this::isShared).toList();
            List<Target> alone =
                    targets.stream().filter(target -> !isShared(target)).toList();
            questions = 1;
            if (!alone.isEmpty()) {
                ask(portRequest(alone), this::takePorts);
            }
            if (!sharing.isEmpty()) {
                for (OFFlowStatsRequest request : SharedPortCounts.flowRequests(
                        connection.factory(), sharing.stream().map(Target::key).toList())) {
                    ask(request, (OFFlowStatsReply part) -> counts.add(part));
                }
                ask(SharedPortCounts.groupRequest(connection.factory()), (OFGroupStatsReply part) -> counts.add(part));
            }
            answered();
        }

        private boolean isShared(Target target) {
            return shared.contains(
                    target.homeAgent().attachment(), target.homeAgent().linkLayerAddress());
        }

        private OFPortStatsRequest portRequest(List<Target> alone) {
            int first = alone.get(0).homeAgent().attachment().port();
            boolean one = alone.stream()
                    .allMatch(target -> target.homeAgent().attachment().port() == first);
            return connection
                    .factory()
                    .buildPortStatsRequest()
                    .setPortNo(one ? OFPort.of(first) : OFPort.ANY)
                    .build();
        }

        /** Parts are taken on whatever thread the host has for them, one after the other for a question, and merged by the loop. */
        private <R extends OFStatsReply> void ask(OFStatsRequest<R> request, Consumer<R> taker) {
            questions++;
            List<R> parts = new ArrayList<>();
            connection.read(request, new OpenFlowSwitch.StatsReceiver<R>() {
                @Override
                public void part(R part) {
                    parts.add(part);
                }

                @Override
                public void complete() {
                    loop.post(connection, () -> {
                        parts.forEach(taker);
                        answered();
                    });
                }

                @Override
                public void failed(String reason) {
                    loop.post(connection, () -> open.remove(connection, Reading.this));
                }
            });
        }

        /** What the home agent sends comes into the port, and the other way round. */
        private void takePorts(OFPortStatsReply part) {
            for (OFPortStatsEntry entry : part.getEntries()) {
                ports.put(
                        entry.getPortNo().getPortNumber(),
                        new Count(
                                entry.getRxPackets().getValue(),
                                entry.getTxPackets().getValue()));
            }
        }

        private void answered() {
            questions--;
            if (questions == 0 && open.remove(connection, this)) {
                targets.forEach(this::tell);
            }
        }

        private void tell(Target target) {
            SwitchPort port = target.homeAgent().attachment();
            boolean isShared = isShared(target);
            Count read = isShared ? sharedCount(target) : ports.get(port.port());
            if (read == null || read.sent() == NOT_COUNTED || read.received() == NOT_COUNTED) {
                return;
            }
            Count count = continuity.join(target.machine(), isShared, read);
            LoadSample sample = new LoadSample(
                    target.homeAgent().linkLocalAddress(),
                    LoadSample.Source.OPENFLOW,
                    loop.now(),
                    count.sent(),
                    count.received(),
                    COUNTER_BITS,
                    OptionalInt.empty());
            turn.take(target.network(), target.network().state().onLoadSample(loop.now(), sample));
        }

        private @Nullable Count sharedCount(Target target) {
            SwitchPort port = target.homeAgent().attachment();
            var address = target.homeAgent().linkLayerAddress();
            if (!counts.isCounted(port.port(), address)) {
                return null;
            }
            List<SharedPortCounts.Key> keys = targets.stream()
                    .filter(other -> other.machine().equals(target.machine()))
                    .map(Target::key)
                    .toList();
            return new Count(counts.sent(port.port(), address, keys), counts.received(address, keys));
        }
    }
}
