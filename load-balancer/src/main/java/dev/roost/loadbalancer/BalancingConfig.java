package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * How home agents are ordered in a discovery reply.
 *
 * @param maxListLength addresses in a reply, the representative's included; 2 to 77, which fills 1280 octets. Not less
 *     than two, because a mobile node that was given one address and fails there gives up for good
 * @param includeRepresentative whether the representative's own address ends each list, as the last resort
 * @param thresholds of each home agent, whatever its weight
 * @param overloadPenalty subtracted from the preference of an overloaded home agent, down to 0. The default puts it behind
 *     every one that is not overloaded
 * @param recoverFraction of a threshold, below which an overloaded home agent counts as recovered; in (0, 1]
 * @param inFlightCredit how long an answer counts as load on the home agent that it named first, unless the binding
 *     shows up before
 * @param rateWindow over which packet rates are taken
 * @param loadStaleAfter age at which a load sample is no longer believed: what it told is then unknown
 * @param weights by any address of the home agent: how many times the bindings of one with weight 1 it is to carry;
 *     {@link #DEFAULT_WEIGHT} for those that are not mentioned
 */
@RecordBuilder
public record BalancingConfig(
        int maxListLength,
        boolean includeRepresentative,
        LoadThresholds thresholds,
        int overloadPenalty,
        double recoverFraction,
        Duration inFlightCredit,
        Duration rateWindow,
        Duration loadStaleAfter,
        Map<Ipv6Address, Integer> weights)
        implements BalancingConfigBuilder.With {

    /** (1280 - 40 - 8) / 16 addresses fit the minimum MTU. */
    public static final int MOST_ADDRESSES = 77;

    public static final int DEFAULT_WEIGHT = 1;

    /** The largest weight; the smallest is 1, since whoever is to get nothing is drained. */
    public static final int MOST_WEIGHT = 100;

    public static final BalancingConfig DEFAULTS = new BalancingConfig(
            MOST_ADDRESSES,
            true,
            LoadThresholds.NONE,
            0xffff,
            0.8,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(90),
            Map.of());

    public BalancingConfig {
        if (maxListLength < 2 || maxListLength > MOST_ADDRESSES) {
            throw new IllegalArgumentException("maxListLength: wanted 2 to 77, got " + maxListLength);
        }
        if (overloadPenalty < 0 || overloadPenalty > 0xffff) {
            throw new IllegalArgumentException("overloadPenalty: wanted 0 to 65535, got " + overloadPenalty);
        }
        if (!(recoverFraction > 0 && recoverFraction <= 1)) {
            throw new IllegalArgumentException(
                    "recoverFraction: wanted more than 0, at most 1, got " + recoverFraction);
        }
        if (inFlightCredit.isNegative() || rateWindow.toMillis() < 1 || loadStaleAfter.isNegative()) {
            throw new IllegalArgumentException("wanted durations of at least 0, and a rate window of at least 1 ms");
        }
        for (int weight : weights.values()) {
            requireWeight(weight);
        }
        weights = Collections.unmodifiableSortedMap(new TreeMap<>(weights));
    }

    static void requireWeight(int weight) {
        if (weight < 1 || weight > MOST_WEIGHT) {
            throw new IllegalArgumentException("weight: wanted 1 to " + MOST_WEIGHT + ", got " + weight);
        }
    }

    /** What the configuration says of a home agent with these addresses. */
    int weightOf(Change.HomeAgentLearned facts) {
        Integer byLinkLocal = weights.get(facts.linkLocalAddress());
        if (byLinkLocal != null) {
            return byLinkLocal;
        }
        for (Ipv6Address address : facts.globalAddresses()) {
            Integer byGlobal = weights.get(address);
            if (byGlobal != null) {
                return byGlobal;
            }
        }
        return DEFAULT_WEIGHT;
    }
}
