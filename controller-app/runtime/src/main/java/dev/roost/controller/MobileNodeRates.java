package dev.roost.controller;

import dev.roost.loadbalancer.MobileNodeRate;
import dev.roost.loadbalancer.SteeredHomeAgent;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.openflow.rules.MobileNodeCounts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.projectfloodlight.openflow.protocol.OFFlowStatsReply;

/**
 * Measures what each mobile node takes of a home agent that has too much to do, and of no other: the switch where that is attached is
 * asked twice for the steering rules that point at its group, and the difference is told. Nothing is asked while nobody is hot.
 *
 * <p>Belongs to the loop; replies are taken apart on the host's threads.
 */
final class MobileNodeRates {

    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** The largest that are told; the others only count in the sum. */
    private static final int MOST_TOLD = 1000;

    private final SwitchTable switches;
    private final Turn turn;
    private final LoopAccess loop;
    /** By number of the home network. */
    private final Map<Integer, Reading> readings = new HashMap<>();

    /** The first of two readings, or one that is not answered yet. */
    private record Reading(int homeAgent, OpenFlowSwitch connection, long atNanos, Map<Ipv6Address, Long> packets) {}

    MobileNodeRates(SwitchTable switches, Turn turn, LoopAccess loop) {
        this.switches = switches;
        this.turn = turn;
        this.loop = loop;
    }

    /** Asks where somebody is hot; about once a second. */
    void poll(List<ServedNetwork> networks) {
        for (ServedNetwork network : networks) {
            OptionalInt hot = network.state().hotHomeAgent(loop.now());
            if (hot.isEmpty()) {
                readings.remove(network.index());
            } else {
                network.state()
                        .steeringPlan()
                        .homeAgent(hot.getAsInt())
                        .ifPresent(homeAgent -> ask(network, homeAgent));
            }
        }
    }

    private void ask(ServedNetwork network, SteeredHomeAgent homeAgent) {
        ConnectedSwitch at = switches.find(homeAgent.attachment().switchId());
        if (at == null) {
            readings.remove(network.index());
            return;
        }
        OpenFlowSwitch connection = at.connection();
        MobileNodeCounts counts = new MobileNodeCounts();
        connection.read(
                MobileNodeCounts.request(connection.factory(), network.index(), homeAgent.index()),
                new OpenFlowSwitch.StatsReceiver<OFFlowStatsReply>() {
                    @Override
                    public void part(OFFlowStatsReply part) {
                        counts.add(part);
                    }

                    @Override
                    public void complete() {
                        loop.post(connection, () -> onRead(network, homeAgent.index(), connection, counts.packets()));
                    }

                    @Override
                    public void failed(String reason) {
                        loop.post(connection, () -> readings.remove(network.index()));
                    }
                });
    }

    private void onRead(
            ServedNetwork network, int homeAgent, OpenFlowSwitch connection, Map<Ipv6Address, Long> packets) {
        Reading now = new Reading(homeAgent, connection, loop.nowNanos(), packets);
        Reading before = readings.get(network.index());
        long between = before == null ? 0 : now.atNanos() - before.atNanos();
        if (before == null
                || before.homeAgent() != homeAgent
                || before.connection() != connection
                || between > LONGEST_NANOS) {
            readings.put(network.index(), now);
        } else if (between >= SHORTEST_NANOS) {
            readings.remove(network.index());
            tell(network, before, now, between / 1e9);
        }
    }

    private void tell(ServedNetwork network, Reading before, Reading now, double seconds) {
        List<MobileNodeRate> rates = new ArrayList<>();
        double total = 0;
        for (Map.Entry<Ipv6Address, Long> each : now.packets().entrySet()) {
            Long counted = before.packets().get(each.getKey());
            // A rule that was put in anew in between counts from nothing.
            if (counted != null && each.getValue() > counted) {
                double rate = (each.getValue() - counted) / seconds;
                total += rate;
                rates.add(new MobileNodeRate(each.getKey(), rate));
            }
        }
        rates.sort(Comparator.comparingDouble(MobileNodeRate::packetsPerSecond).reversed());
        List<MobileNodeRate> largest = List.copyOf(rates.subList(0, Math.min(rates.size(), MOST_TOLD)));
        turn.take(network, network.state().onMobileNodeRates(loop.now(), now.homeAgent(), largest, total));
    }
}
