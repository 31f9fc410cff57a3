package dev.roost.loadbalancer.simulation;

import java.time.Duration;
import java.util.Collections;
import java.util.List;

/**
 * A crowd that registers for the first time.
 *
 * @param weights of each home agent; their number is the number of home agents
 * @param bindingsSeen whether registrations are seen one by one as they happen; otherwise, as under ESP, only the counts of
 *     the load samples tell of them
 * @param samplesSpread whether the home agents are asked for their load one after the other, instead of all at once
 * @param silent how many of the home agents, the last ones, give no load samples
 * @param neverPercent of the mobile nodes, that are answered and never register
 */
public record BalanceScenario(
        List<Integer> weights,
        int requestsPerSecond,
        Duration length,
        Duration samplePeriod,
        boolean samplesSpread,
        boolean bindingsSeen,
        int silent,
        int neverPercent,
        long seed) {

    /** From an answer to its binding: evenly between these. */
    static final int SHORTEST_DELAY_MILLIS = 500;

    static final int LONGEST_DELAY_MILLIS = 5000;

    /** How long a load sample is on its way. */
    static final int SAMPLE_DELAY_MILLIS = 100;

    public BalanceScenario {
        weights = List.copyOf(weights);
        if (weights.isEmpty() || silent < 0 || silent > weights.size() || neverPercent < 0 || neverPercent > 100) {
            throw new IllegalArgumentException(
                    "wanted home agents, no more silent ones than there are, and 0 to 100 %");
        }
        if (requestsPerSecond < 1 || samplePeriod.toMillis() < 1) {
            throw new IllegalArgumentException("wanted at least one request a second, and a period between samples");
        }
    }

    /** Equal home agents, 1,000 requests a second for a minute, load samples every 30 s, a tenth that never registers. */
    public static BalanceScenario ofEquals(int homeAgents, long seed) {
        return ofWeights(Collections.nCopies(homeAgents, 1), seed);
    }

    public static BalanceScenario ofWeights(List<Integer> weights, long seed) {
        return new BalanceScenario(
                weights, 1000, Duration.ofSeconds(60), Duration.ofSeconds(30), false, true, 0, 10, seed);
    }

    public BalanceScenario withSilent(int value) {
        return new BalanceScenario(
                weights,
                requestsPerSecond,
                length,
                samplePeriod,
                samplesSpread,
                bindingsSeen,
                value,
                neverPercent,
                seed);
    }

    /** Bindings are not seen, and samples come one home agent after the other or all at once. */
    public BalanceScenario unseen(boolean spread) {
        return new BalanceScenario(
                weights, requestsPerSecond, length, samplePeriod, spread, false, silent, neverPercent, seed);
    }
}
