package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.DelegationNoted;
import dev.roost.loadbalancer.DelegationConfig.Mode;
import dev.roost.loadbalancer.DelegationNote.BalancingNoted;
import dev.roost.loadbalancer.Effect.Event;
import dev.roost.loadbalancer.Migration.Cause;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/**
 * Evens packet rates out among home agents that forward for others.
 *
 * <p>Goals: the busiest carries no more than {@code imbalance} times the average; as few mobile nodes as possible are moved, none of
 * them twice within {@code moveAgainAfter}; what is measured late leads to no swinging.
 *
 * <p>Algorithm: who carries the most, packets a second for its weight, is hot when that is more than {@code imbalance} times the average.
 * Of the hot one alone it is then asked what each home address takes. A mobile node's share of the packets steered there is its share
 * of all that the home agent carries, the way back included. Beginning with the largest, a mobile node goes to the one that carries
 * least, if that then carries less than the hot one did before, and as long as the hot one is above the average; shares, not numbers, so
 * that a rate which still climbs does not matter. Then nothing is done until the moves are over and rates are all of the time after
 * them ({@code load.rateWindow} and {@link #SETTLE_MILLIS}).
 *
 * <p>Worked case: a, b, c carry 800, 100, 100; the average is 333. Of a's mobile nodes one has 300, ten have 50. The first goes to b
 * (400 is less than 800, and a has 500 left), then three of the ten go to c, at which a has 350 and c 250; one more would be too many
 * for a, which is at 1.05 of the average.
 */
final class Balancing {

    /** Packets a second below which nobody is hot. */
    static final double LEAST_RATE = 50;

    private static final long SETTLE_MILLIS = 2_000;
    private static final long BURST_MILLIS = 60_000;

    private final Tables tables;
    private final Migrations migrations;
    private final ForwardingPeers peers;
    private final MoveBudget budget;

    Balancing(Tables tables, Migrations migrations, ForwardingPeers peers, MoveBudget budget) {
        this.tables = tables;
        this.migrations = migrations;
        this.peers = peers;
        this.budget = budget;
    }

    /** What one home agent carries, and will once what was decided is done. */
    private static final class Carrier {
        private final HomeAgent homeAgent;
        /** Packets a second for its weight. */
        private double rate;

        Carrier(HomeAgent homeAgent, double rate) {
            this.homeAgent = homeAgent;
            this.rate = rate;
        }
    }

    /** The home agent of which it is to be asked what each home address takes, if any. */
    OptionalInt hot(long nowMillis) {
        DelegationConfig config = tables.config.delegation();
        if (config.mode() != Mode.BALANCE
                || nowMillis < tables.delegations.balancingNotBeforeMillis()
                || tables.delegations.balancing() > 0) {
            return OptionalInt.empty();
        }
        List<Carrier> carriers = carriers(nowMillis);
        if (carriers.size() < 2) {
            return OptionalInt.empty();
        }
        Carrier hot = hottest(carriers);
        return hot.rate > config.imbalance() * average(carriers) && hot.rate * hot.homeAgent.weight > LEAST_RATE
                ? OptionalInt.of(hot.homeAgent.index())
                : OptionalInt.empty();
    }

    /** What each home address takes of a home agent that was hot when it was asked. */
    Decision onRates(long nowMillis, int homeAgent, List<MobileNodeRate> rates, double total) {
        OptionalInt hotNow = hot(nowMillis);
        if (hotNow.isEmpty() || hotNow.getAsInt() != homeAgent || !(total > 0)) {
            return Decision.NONE;
        }
        List<Carrier> carriers = carriers(nowMillis);
        Carrier hot = hottest(carriers);
        double average = average(carriers);
        double scale = hot.rate * hot.homeAgent.weight / total;
        int left = Math.min(budget.left(nowMillis, BURST_MILLIS), DelegationTables.MOST_WAITING);
        int room = migrations.room();
        int moves = 0;
        Decision.Builder decision = new Decision.Builder();
        for (MobileNodeRate rate : largestFirst(rates)) {
            if (moves == left || hot.rate <= average * tolerance()) {
                break;
            }
            Binding binding = tables.bindings.of(rate.homeAddress());
            Carrier target = coldest(carriers);
            double carried = rate.packetsPerSecond() * scale;
            boolean isFitting = binding != null
                    && binding.forwarder() == homeAgent
                    && target != hot
                    && target.rate + carried / target.homeAgent.weight < hot.rate
                    && hot.rate - carried / hot.homeAgent.weight >= average * 2 - hot.rate
                    && mayMove(nowMillis, binding, target.homeAgent);
            if (isFitting && binding != null) {
                migrations.ask(nowMillis, binding, target.homeAgent, Cause.BALANCE, moves < room, decision);
                target.rate += carried / target.homeAgent.weight;
                hot.rate -= carried / hot.homeAgent.weight;
                moves++;
            }
        }
        long settled = nowMillis + tables.config.balancing().rateWindow().toMillis() + SETTLE_MILLIS;
        decision.change(new DelegationNoted(new BalancingNoted(settled)));
        if (moves > 0) {
            decision.change(new DelegationNoted(budget.spent(nowMillis, BURST_MILLIS, moves)))
                    .effect(Event.info(
                            "home-agent-relieved",
                            "linkLocalAddress",
                            hot.homeAgent.facts().linkLocalAddress(),
                            "mobileNodes",
                            moves));
        }
        return decision.build();
    }

    private boolean mayMove(long nowMillis, Binding binding, HomeAgent target) {
        long again = tables.config.delegation().moveAgainAfter().toMillis();
        return (binding.movedAtMillis == 0 || nowMillis - binding.movedAtMillis >= again)
                && tables.delegations.migration(binding.homeAddress()) == null
                && migrations.obstacle(nowMillis, binding, target).isEmpty();
    }

    /** Half of what is allowed, so that it does not begin again at the next breath. */
    private double tolerance() {
        return 1 + (tables.config.delegation().imbalance() - 1) / 2;
    }

    private List<Carrier> carriers(long nowMillis) {
        List<Carrier> carriers = new ArrayList<>();
        for (HomeAgent homeAgent : tables.homeAgents.all()) {
            double rate = tables.loads.of(homeAgent.index()).totalRate(nowMillis);
            if (homeAgent.mayBeNamed(nowMillis) && peers.forwardsForOthers(homeAgent) && !Double.isNaN(rate)) {
                carriers.add(new Carrier(homeAgent, rate / homeAgent.weight));
            }
        }
        return carriers;
    }

    private static List<MobileNodeRate> largestFirst(List<MobileNodeRate> rates) {
        return rates.stream()
                .sorted(Comparator.comparingDouble(MobileNodeRate::packetsPerSecond)
                        .reversed()
                        .thenComparing(MobileNodeRate::homeAddress))
                .toList();
    }

    private static double average(List<Carrier> carriers) {
        double rates = carriers.stream()
                .mapToDouble(each -> each.rate * each.homeAgent.weight)
                .sum();
        return rates / carriers.stream().mapToInt(each -> each.homeAgent.weight).sum();
    }

    private static Carrier hottest(List<Carrier> carriers) {
        return carriers.stream()
                .max(Comparator.comparingDouble(each -> each.rate))
                .orElseThrow();
    }

    private static Carrier coldest(List<Carrier> carriers) {
        return carriers.stream()
                .min(Comparator.comparingDouble(each -> each.rate))
                .orElseThrow();
    }
}
