package dev.roost.controller;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Runs the loop on a thread of its own, which sleeps when there is nothing to do. */
public final class OwnLoopThread implements LoopThread {

    private volatile @Nullable Thread sleeper;
    private volatile @Nullable Thread thread;

    @Override
    public void start(Turns turns) {
        Thread started = new Thread(() -> run(turns), "home-networks");
        thread = started;
        started.start();
    }

    private void run(Turns turns) {
        for (long rest = turns.turn(); rest >= 0; rest = turns.turn()) {
            sleeper = Thread.currentThread();
            // Whoever puts something in between these two lines sees the sleeper, or is seen here.
            if (rest > 0 && !turns.hasWork()) {
                LockSupport.parkNanos(this, rest);
            }
            sleeper = null;
        }
    }

    @Override
    public void wake() {
        Thread asleep = sleeper;
        if (asleep != null) {
            sleeper = null;
            LockSupport.unpark(asleep);
        }
    }

    @Override
    public void awaitEnd(Duration patience) {
        Thread running = thread;
        if (running == null || running == Thread.currentThread()) {
            return;
        }
        try {
            running.join(patience.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
