package dev.roost.controller;

import dev.roost.loadbalancer.Effect;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people what happened: one log line, and one entry among the recent events. The same kind is not logged more than
 * a few times in ten seconds, since a host that lies once usually goes on doing so; what is left out is counted.
 *
 * <p>Belongs to the loop.
 */
final class EventLog {

    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

    private static final int MOST_IN_WINDOW = 50;
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final RecentEvents recent;
    private final LongAdder suppressed;
    private final Map<String, Window> windows = new HashMap<>();

    private static final class Window {
        private long startNanos;
        private int told;
    }

    EventLog(RecentEvents recent, Counters counters) {
        this.recent = recent;
        this.suppressed = counters.counter("roost_events_suppressed_total");
    }

    /** @param homeNetwork its name, or empty when it concerns the controller as a whole */
    void tell(long nowNanos, Instant now, String homeNetwork, Effect.Event event) {
        boolean warning = event.severity() == Effect.Event.Severity.WARN;
        tell(nowNanos, now, homeNetwork, warning, event.kind(), event.fields());
    }

    void tell(
            long nowNanos, Instant now, String homeNetwork, boolean warning, String kind, Map<String, String> fields) {
        if (!admit(nowNanos, kind)) {
            suppressed.increment();
            return;
        }
        recent.add(now, homeNetwork, kind, fields);
        StringBuilder line = new StringBuilder();
        if (!homeNetwork.isEmpty()) {
            line.append("homeNetwork=").append(homeNetwork).append(' ');
        }
        line.append("event=").append(kind);
        fields.forEach(
                (name, value) -> line.append(' ').append(name).append('=').append(value));
        if (warning) {
            LOG.warn("{}", line);
        } else {
            LOG.info("{}", line);
        }
    }

    private boolean admit(long nowNanos, String kind) {
        Window window = windows.computeIfAbsent(kind, unused -> new Window());
        if (window.told == 0 || nowNanos - window.startNanos > WINDOW_NANOS) {
            window.startNanos = nowNanos;
            window.told = 0;
        }
        window.told++;
        return window.told <= MOST_IN_WINDOW;
    }
}
