package dev.roost.mobilenode.movement;

import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingRefreshAdvice;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long a home registration waits for what (RFC 6275, 11.8 and 12). */
final class RegistrationTimers {
    static final Duration INITIAL_BINDACK_TIMEOUT = Duration.ofSeconds(1);
    /** The home agent looks for duplicates for a second before it answers the first time. */
    static final Duration INITIAL_BINDACK_TIMEOUT_FIRSTREG = Duration.ofMillis(1500);

    static final Duration MAX_BINDACK_TIMEOUT = Duration.ofSeconds(32);
    /** It takes some 10 s to give a home agent up, and a moment to register with the next one. */
    private static final Duration ROOM_FOR_ANOTHER = Duration.ofSeconds(15);

    private static final double SHORT_LIFETIME_SPARE = 0.25;

    static final Duration INITIAL_PAUSE = Duration.ofSeconds(1);
    static final Duration MAX_PAUSE = Duration.ofSeconds(64);

    private RegistrationTimers() {}

    /** For the first of a row of binding updates. */
    static Duration firstTimeout(BindingUpdateListEntry entry) {
        return entry.confirmed() ? INITIAL_BINDACK_TIMEOUT : INITIAL_BINDACK_TIMEOUT_FIRSTREG;
    }

    static Duration nextTimeout(Duration timeout) {
        return Chance.shorterOf(timeout.multipliedBy(2), MAX_BINDACK_TIMEOUT);
    }

    /**
     * 93 to 95 % of the lifetime, so that nodes bound together do not come back together; of a short one less, so that a home agent that has
     * gone can be given up and the next one found before the binding ends; earlier when the home agent says so.
     */
    static Duration refreshAfter(
            BindingLifetime granted, BindingAcknowledgement acknowledgement, RandomGenerator random) {
        double nanos = granted.toDuration().toNanos();
        double spare = Math.min((double) ROOM_FOR_ANOTHER.toNanos(), SHORT_LIFETIME_SPARE * nanos);
        double latest = Math.min(0.95 * nanos, nanos - spare);
        Duration regular = Duration.ofNanos((long) (latest - 0.02 * random.nextDouble() * nanos));
        return acknowledgement
                .option(BindingRefreshAdvice.class)
                .map(advice -> advice.refreshInterval().toDuration())
                .filter(advice -> !advice.isZero())
                .map(advice -> Chance.shorterOf(advice, regular))
                .orElse(regular);
    }

    /** Before the next round of discovery and registration. */
    static Duration pauseAfter(int failures) {
        Duration pause = INITIAL_PAUSE.multipliedBy(1L << Math.min(failures - 1, 10));
        return Chance.shorterOf(pause, MAX_PAUSE);
    }
}
