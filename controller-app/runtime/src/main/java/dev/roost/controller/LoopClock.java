package dev.roost.controller;

import java.time.Clock;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * The one place where the runtime learns the time: an {@link Instant} that was right when the controller started and
 * then runs with the monotonic clock, so that a step of the wall clock neither expires anything early nor keeps it
 * alive.
 */
public final class LoopClock {

    private final Instant start;
    private final long startNanos;
    private final LongSupplier nanos;

    public LoopClock(Instant start, LongSupplier nanos) {
        this.start = start;
        this.nanos = nanos;
        this.startNanos = nanos.getAsLong();
    }

    /** The machine's clocks. */
    public static LoopClock system() {
        return new LoopClock(Clock.systemUTC().instant(), System::nanoTime);
    }

    /** The monotonic clock, as {@link System#nanoTime}. */
    public long nanos() {
        return nanos.getAsLong();
    }

    /** The instant that belongs to a reading of {@link #nanos}. */
    public Instant instantOf(long nanos) {
        return start.plusNanos(nanos - startNanos);
    }

    /** The reading of {@link #nanos} that belongs to an instant; clamped where a long does not reach. */
    public long nanosOf(Instant instant) {
        long seconds = instant.getEpochSecond() - start.getEpochSecond();
        long limit = Integer.MAX_VALUE;
        long bounded = Math.max(-limit, Math.min(limit, seconds));
        return startNanos + bounded * 1_000_000_000L + instant.getNano() - start.getNano();
    }
}
