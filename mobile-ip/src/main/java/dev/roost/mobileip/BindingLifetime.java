package dev.roost.mobileip;

import java.time.Duration;

/**
 * The lifetime of a binding as the wire has it: 16 bits of 4 seconds each (RFC 6275, 6.1.7). Zero asks to delete the binding; no value
 * stands for infinity, and the longest is 262,140 seconds.
 */
public record BindingLifetime(int units) implements Comparable<BindingLifetime> {

    public static final int SECONDS_PER_UNIT = 4;

    public static final BindingLifetime ZERO = new BindingLifetime(0);
    public static final BindingLifetime MAX = new BindingLifetime(0xffff);

    public BindingLifetime {
        if (units < 0 || units > 0xffff) {
            throw new IllegalArgumentException("lifetime is 0 to 65535 units, not " + units);
        }
    }

    /** The longest lifetime within {@code duration}: what a home agent may grant. Below four seconds this is {@link #ZERO}. */
    public static BindingLifetime atMost(Duration duration) {
        return ofUnits(duration.toSeconds() / SECONDS_PER_UNIT);
    }

    /** The shortest lifetime that covers {@code duration}: what a mobile node asks for; zero for nothing else than zero. */
    public static BindingLifetime atLeast(Duration duration) {
        long seconds = duration.toSeconds() + (duration.toNanosPart() > 0 ? 1 : 0);
        return ofUnits((seconds + SECONDS_PER_UNIT - 1) / SECONDS_PER_UNIT);
    }

    private static BindingLifetime ofUnits(long units) {
        return new BindingLifetime((int) Math.max(0, Math.min(MAX.units, units)));
    }

    public Duration toDuration() {
        return Duration.ofSeconds(toSeconds());
    }

    public int toSeconds() {
        return units * SECONDS_PER_UNIT;
    }

    public boolean isZero() {
        return units == 0;
    }

    @Override
    public int compareTo(BindingLifetime other) {
        return Integer.compare(units, other.units);
    }

    @Override
    public String toString() {
        return toSeconds() + "s";
    }
}
