package dev.roost.loadbalancer.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Plays a {@link BalanceScenario} against a {@link BalancingPolicy}. Equal scenarios play the same crowd.
 *
 * <p>Millisecond by millisecond: what arrives (registrations, load samples), then who asks. So a sample that was taken at
 * half a minute is known a little later, and meanwhile everybody is answered by the old one.
 */
public final class BalanceSimulation {

    private static final long STEADY_AFTER_MILLIS = 10_000;

    /** Something on its way. */
    private record Arrival(long atMillis, long order, Runnable what) implements Comparable<Arrival> {
        @Override
        public int compareTo(Arrival other) {
            return atMillis != other.atMillis
                    ? Long.compare(atMillis, other.atMillis)
                    : Long.compare(order, other.order);
        }
    }

    private final BalanceScenario scenario;
    private final BalancingPolicy policy;
    private final SplittableRandom random;
    private final PriorityQueue<Arrival> arrivals = new PriorityQueue<>();
    private final int[] bindings;
    private long arrivalsSoFar;
    private double worst;

    private BalanceSimulation(BalanceScenario scenario, BalancingPolicy policy) {
        this.scenario = scenario;
        this.policy = policy;
        this.random = new SplittableRandom(scenario.seed());
        this.bindings = new int[scenario.weights().size()];
    }

    public static BalanceResult run(BalanceScenario scenario, BalancingPolicy policy) {
        return new BalanceSimulation(scenario, policy).run();
    }

    private BalanceResult run() {
        long lengthMillis = scenario.length().toMillis();
        long endMillis = lengthMillis + BalanceScenario.LONGEST_DELAY_MILLIS + BalanceScenario.SAMPLE_DELAY_MILLIS;
        int asked = 0;
        for (long now = 0; now <= endMillis; now++) {
            takeSamples(now);
            while (!arrivals.isEmpty() && arrivals.peek().atMillis() <= now) {
                arrivals.remove().what().run();
            }
            long due = Math.min(now + 1, lengthMillis) * scenario.requestsPerSecond() / 1000;
            while (asked < due) {
                ask(now, asked++);
            }
            if (now >= STEADY_AFTER_MILLIS && now % 1000 == 0) {
                worst = Math.max(worst, peakOverMean());
            }
        }
        return new BalanceResult(
                Arrays.stream(bindings).boxed().toList(), peakOverMean(), Math.max(worst, peakOverMean()));
    }

    private void ask(long now, int mobileNode) {
        int delay = random.nextInt(BalanceScenario.SHORTEST_DELAY_MILLIS, BalanceScenario.LONGEST_DELAY_MILLIS + 1);
        boolean never = random.nextInt(100) < scenario.neverPercent();
        int homeAgent = policy.choose(now, mobileNode);
        if (!never) {
            arrives(now + delay, () -> {
                bindings[homeAgent]++;
                if (scenario.bindingsSeen()) {
                    policy.registered(now + delay, mobileNode, homeAgent);
                }
            });
        }
    }

    private void takeSamples(long now) {
        long period = scenario.samplePeriod().toMillis();
        int count = bindings.length;
        for (int i = 0; i < count - scenario.silent(); i++) {
            int homeAgent = i;
            long phase = scenario.samplesSpread() ? period * i / count : 0;
            if (now % period == phase) {
                int counted = bindings[homeAgent];
                long known = now + BalanceScenario.SAMPLE_DELAY_MILLIS;
                arrives(known, () -> policy.sampled(known, now, homeAgent, counted));
            }
        }
    }

    private void arrives(long atMillis, Runnable what) {
        arrivals.add(new Arrival(atMillis, arrivalsSoFar++, what));
    }

    private double peakOverMean() {
        List<Double> burdens = new ArrayList<>();
        double all = 0;
        int weights = 0;
        for (int i = 0; i < bindings.length; i++) {
            int weight = scenario.weights().get(i);
            burdens.add((double) bindings[i] / weight);
            all += bindings[i];
            weights += weight;
        }
        return all == 0 ? 0 : burdens.stream().max(Double::compare).orElse(0.0) / (all / weights);
    }
}
