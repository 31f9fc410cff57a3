package dev.roost.floodlight;

import com.google.common.util.concurrent.ListenableFuture;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Waits for answers that Floodlight promises by futures, and tells exactly once how each ended. Floodlight itself never gives up on a
 * request, so that the time is limited here; so is the number.
 */
final class Questions {

    static final int PATIENCE_SECONDS = 30;
    private static final int MOST = 1024;

    private final ScheduledExecutorService timers;
    private final Boundary boundary;
    private final AtomicInteger open = new AtomicInteger();

    Questions(ScheduledExecutorService timers, Boundary boundary) {
        this.timers = timers;
        this.boundary = boundary;
    }

    boolean isFull() {
        return open.get() >= MOST;
    }

    /** Exactly one of the two is called, on a thread of Floodlight's or of ours. */
    <T> void await(ListenableFuture<T> answer, Consumer<T> answered, Consumer<String> failed) {
        AtomicBoolean ended = new AtomicBoolean();
        open.incrementAndGet();
        ScheduledFuture<?> timeout;
        try {
            timeout = timers.schedule(
                    () -> {
                        if (end(ended)) {
                            answer.cancel(false);
                            boundary.run("answer", () -> failed.accept("no answer"));
                        }
                    },
                    PATIENCE_SECONDS,
                    TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            open.decrementAndGet();
            failed.accept("the controller is stopping");
            return;
        }
        answer.addListener(
                () -> {
                    if (end(ended)) {
                        timeout.cancel(false);
                        boundary.run("answer", () -> tell(answer, answered, failed));
                    }
                },
                Runnable::run);
    }

    private boolean end(AtomicBoolean ended) {
        boolean first = ended.compareAndSet(false, true);
        if (first) {
            open.decrementAndGet();
        }
        return first;
    }

    private static <T> void tell(ListenableFuture<T> answer, Consumer<T> answered, Consumer<String> failed) {
        T result;
        try {
            result = answer.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            failed.accept(String.valueOf(cause == null ? e.getMessage() : cause.getMessage()));
            return;
        } catch (CancellationException e) {
            failed.accept("disconnected");
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed.accept("the controller is stopping");
            return;
        }
        answered.accept(result);
    }
}
