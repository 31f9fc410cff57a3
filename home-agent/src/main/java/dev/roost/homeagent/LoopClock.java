package dev.roost.homeagent;

import java.time.Instant;

/** Time that only goes forward, whatever is done to the clock on the wall; it begins at the time on the wall. */
final class LoopClock {
    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();

    Instant now() {
        return start.plusNanos(System.nanoTime() - startNanos);
    }
}
