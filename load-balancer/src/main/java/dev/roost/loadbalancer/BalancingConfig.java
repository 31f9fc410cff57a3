package dev.roost.loadbalancer;

import java.time.Duration;

/**
 * How home agents are ordered in a discovery reply.
 *
 * @param maxListLength addresses in a reply, the representative's included; 2 to 77, which fills 1280 octets. Not less
 *     than two, because a mobile node that was given one address and fails there gives up for good
 * @param includeRepresentative whether the representative's own address ends each list, as the last resort
 * @param overloadPenalty subtracted from the preference of an overloaded home agent, down to 0. The default puts it behind
 *     every one that is not overloaded
 * @param recoverFraction of a threshold, below which an overloaded home agent counts as recovered; in (0, 1]
 * @param inFlightCredit how long an answer counts as load on the home agent that it named first, unless the binding
 *     shows up before
 * @param rateWindow over which packet rates are taken
 * @param loadStaleAfter age at which a load sample is no longer believed: the rates are then unknown, which lowers
 *     nothing
 */
public record BalancingConfig(
        int maxListLength,
        boolean includeRepresentative,
        LoadThresholds thresholds,
        int overloadPenalty,
        double recoverFraction,
        Duration inFlightCredit,
        Duration rateWindow,
        Duration loadStaleAfter) {

    /** (1280 - 40 - 8) / 16 addresses fit the minimum MTU. */
    public static final int MOST_ADDRESSES = 77;

    public static final BalancingConfig DEFAULTS = new BalancingConfig(
            MOST_ADDRESSES,
            true,
            LoadThresholds.NONE,
            0xffff,
            0.8,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(90));

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
    }

    public BalancingConfig withMaxListLength(int value) {
        return new BalancingConfig(
                value,
                includeRepresentative,
                thresholds,
                overloadPenalty,
                recoverFraction,
                inFlightCredit,
                rateWindow,
                loadStaleAfter);
    }

    public BalancingConfig withIncludeRepresentative(boolean value) {
        return new BalancingConfig(
                maxListLength,
                value,
                thresholds,
                overloadPenalty,
                recoverFraction,
                inFlightCredit,
                rateWindow,
                loadStaleAfter);
    }

    public BalancingConfig withThresholds(LoadThresholds value) {
        return new BalancingConfig(
                maxListLength,
                includeRepresentative,
                value,
                overloadPenalty,
                recoverFraction,
                inFlightCredit,
                rateWindow,
                loadStaleAfter);
    }

    public BalancingConfig withOverloadPenalty(int value) {
        return new BalancingConfig(
                maxListLength,
                includeRepresentative,
                thresholds,
                value,
                recoverFraction,
                inFlightCredit,
                rateWindow,
                loadStaleAfter);
    }
}
