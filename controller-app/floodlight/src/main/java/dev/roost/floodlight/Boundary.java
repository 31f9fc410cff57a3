package dev.roost.floodlight;

import dev.roost.controller.Counters;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge to Floodlight, which nothing of ours may be thrown across: an exception of a listener makes Floodlight give up the message
 * for all applications, or the news of a switch for those that come after. What is caught is a bug of ours; it is counted, and told at most
 * once a second. The state of the controller is out of reach here: it has a thread of its own.
 */
final class Boundary {

    private static final Logger LOG = LoggerFactory.getLogger(Boundary.class);
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Counters counters;
    private final AtomicLong loggedNanos = new AtomicLong(System.nanoTime() - QUIET_NANOS);

    Boundary(Counters counters) {
        this.counters = counters;
    }

    /** @param call which call of Floodlight's this is; few different ones */
    void run(String call, Runnable body) {
        Object unused = get(call, "", () -> {
            body.run();
            return "";
        });
    }

    <T> T get(String call, T otherwise, Supplier<T> body) {
        try {
            return body.get();
        } catch (RuntimeException e) {
            onFailure(call, e);
            return otherwise;
        }
    }

    void onFailure(String call, RuntimeException failure) {
        counters.counter("roost_floodlight_calls_failed_total", "call", call).increment();
        long now = System.nanoTime();
        long last = loggedNanos.get();
        if (now - last >= QUIET_NANOS && loggedNanos.compareAndSet(last, now)) {
            LOG.error("call={} failed: this is a bug", call, failure);
        }
    }
}
