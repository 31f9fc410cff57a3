package dev.roost.homeagent.binding;

import java.time.Duration;

/**
 * When router advertisements may leave (RFC 4861, 6.2.1 and 6.2.4, with the limits that RFC 6275, 7.5 lowers so that mobile nodes
 * notice quickly that they moved).
 *
 * @param maxRtrAdvInterval longest time between two unsolicited advertisements; the administrator's value, at least 0.07 s
 * @param minRtrAdvInterval shortest one; at least 0.03 s
 * @param minDelayBetweenRas shortest time between any two multicast advertisements, whoever caused them
 */
record RouterAdvertisementTimers(Duration maxRtrAdvInterval, Duration minRtrAdvInterval, Duration minDelayBetweenRas) {

    static final Duration SMALLEST_MAX_RTR_ADV_INTERVAL = Duration.ofMillis(70);
    private static final Duration SMALLEST_MIN_RTR_ADV_INTERVAL = Duration.ofMillis(30);
    private static final Duration MIN_DELAY_BETWEEN_RAS = Duration.ofSeconds(3);
    private static final Duration LONG_INTERVAL = Duration.ofSeconds(9);

    /** MAX_RA_DELAY_TIME of RFC 4861, 10: a solicitation is answered at a random moment within this. */
    static final Duration MAX_RA_DELAY_TIME = Duration.ofMillis(500);

    /** MAX_INITIAL_RTR_ADVERT_INTERVAL of RFC 4861, 10. */
    static final Duration MAX_INITIAL_RTR_ADVERT_INTERVAL = Duration.ofSeconds(16);

    /** MAX_INITIAL_RTR_ADVERTISEMENTS of RFC 4861, 10. */
    static final int MAX_INITIAL_RTR_ADVERTISEMENTS = 3;

    /** MAX_FINAL_RTR_ADVERTISEMENTS of RFC 4861, 10. */
    static final int MAX_FINAL_RTR_ADVERTISEMENTS = 3;

    /** Between final advertisements; not less than RFC 6275, 7.5 allows, and short so that a stop takes a fraction of a second. */
    static final Duration FINAL_INTERVAL = Duration.ofMillis(100);

    RouterAdvertisementTimers {
        if (maxRtrAdvInterval.compareTo(SMALLEST_MAX_RTR_ADV_INTERVAL) < 0) {
            throw new IllegalArgumentException("MaxRtrAdvInterval below 0.07 s: " + maxRtrAdvInterval);
        }
    }

    /**
     * Derives the rest from the administrator's interval: a third of it as the minimum as RFC 4861 has it, three quarters when it is
     * shorter than 9 s; and at least 3 s between any two, unless the minimum is shorter than that.
     */
    static RouterAdvertisementTimers of(Duration maxRtrAdvInterval) {
        Duration min = maxRtrAdvInterval.compareTo(LONG_INTERVAL) >= 0
                ? maxRtrAdvInterval.multipliedBy(33).dividedBy(100)
                : maxRtrAdvInterval.multipliedBy(3).dividedBy(4);
        Duration bounded = max(min, SMALLEST_MIN_RTR_ADV_INTERVAL);
        return new RouterAdvertisementTimers(maxRtrAdvInterval, bounded, min(bounded, MIN_DELAY_BETWEEN_RAS));
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
