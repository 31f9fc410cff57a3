package dev.roost.controller;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Takes turns only when a test says so, on the test's thread. */
final class ManualLoopThread implements LoopThread {

    private @Nullable Turns turns;

    @Override
    public void start(Turns newTurns) {
        turns = newTurns;
    }

    @Override
    public void wake() {}

    @Override
    public void awaitEnd(Duration patience) {}

    /** Takes turns until nothing waits and nothing is due; returns how many. */
    int settle() {
        Turns current = turns;
        if (current == null) {
            throw new IllegalStateException("not started");
        }
        for (int i = 0; i < 10_000; i++) {
            if (current.turn() != 0 && !current.hasWork()) {
                return i + 1;
            }
        }
        throw new AssertionError("the loop does not come to rest");
    }
}
