package dev.roost.controller.standalone;

import dev.roost.controller.LoopThread;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Runs the controller's loop on the server's own event loop, for a machine on which the two would share one processor
 * anyway: what all switches have sent is then read, decided on and answered without a change of threads.
 *
 * <p>Turns run as tasks of the event loop, after it has read from every channel that had something.
 */
final class SharedEventLoop implements LoopThread {

    private final EventLoop eventLoop;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Runnable task = this::run;
    private @Nullable Turns turns;
    private @Nullable Future<?> timer;
    private long timerNanos;

    SharedEventLoop(EventLoop eventLoop) {
        this.eventLoop = eventLoop;
    }

    @Override
    public void start(Turns newTurns) {
        eventLoop.execute(() -> {
            turns = newTurns;
            run();
        });
    }

    @Override
    public void wake() {
        if (!scheduled.get() && !eventLoop.isShuttingDown() && scheduled.compareAndSet(false, true)) {
            eventLoop.execute(task);
        }
    }

    private void run() {
        scheduled.set(false);
        Turns current = turns;
        if (current == null) {
            return;
        }
        long rest = current.turn();
        if (rest < 0) {
            turns = null;
            ended.countDown();
        } else if (rest == 0 || current.hasWork()) {
            wake();
        } else {
            wakeIn(rest);
        }
    }

    /** A timer that is set for earlier is left: a turn too many costs less than setting timers at every turn. */
    private void wakeIn(long nanos) {
        long due = System.nanoTime() + nanos;
        Future<?> present = timer;
        if (present != null && !present.isDone() && timerNanos - due <= 0) {
            return;
        }
        if (present != null) {
            present.cancel(false);
        }
        timerNanos = due;
        timer = eventLoop.schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void awaitEnd(Duration patience) {
        if (eventLoop.inEventLoop()) {
            return;
        }
        try {
            boolean unused = ended.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
