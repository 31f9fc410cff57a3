package dev.roost.mobilenode.linux;

import java.time.Instant;

/** Times that only go forward, whatever is done to the clock on the wall; they begin at the time on the wall. */
final class MonotonicClock {
    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();

    Instant now() {
        return start.plusNanos(System.nanoTime() - startNanos);
    }
}
