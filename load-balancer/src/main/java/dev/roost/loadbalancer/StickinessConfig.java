package dev.roost.loadbalancer;

import java.time.Duration;

/**
 * Whether a care-of address that asks again is given the same list.
 *
 * @param timeToLive counted from when the list was made; zero: never
 */
public record StickinessConfig(Duration timeToLive, Mode mode) {

    /** Longer than the 45 s in which a mobile node makes its five tries. */
    public static final StickinessConfig DEFAULTS = new StickinessConfig(Duration.ofSeconds(60), Mode.DEFAULT);

    /** What becomes of a stored list when one of its home agents may no longer be named. */
    public enum Mode {
        /** A new list when the first one is gone; otherwise the same list without those that are gone. */
        DEFAULT,
        /** A new list when any one is gone. */
        STRICT
    }

    public StickinessConfig {
        if (timeToLive.isNegative()) {
            throw new IllegalArgumentException("timeToLive: wanted 0 or more, got " + timeToLive);
        }
    }
}
