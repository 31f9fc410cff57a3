package dev.roost.mobilenode.movement;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Arithmetic on durations, with the random generator that was handed in. */
final class Chance {
    private Chance() {}

    /** Evenly spread over {@code [0, longest)}. */
    static Duration upTo(Duration longest, RandomGenerator random) {
        return longest.isZero() ? Duration.ZERO : Duration.ofNanos(random.nextLong(longest.toNanos()));
    }

    static Duration shorterOf(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
