package dev.roost.controller;

import dev.roost.loadbalancer.Effect;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people what happened: one log line, and one entry among the recent events. Every event, of whatever kind, passes
 * here, and the same kind is not told of the same home network more than a few times in ten seconds, since a host that
 * lies once usually goes on doing so; what is left out is counted by kind. Kinds are words of ours, not of packets.
 *
 * <p>Belongs to the loop.
 */
final class EventLog {

    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

    private static final int MOST_IN_WINDOW = 50;
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final RecentEvents recent;
    private final Counters counters;
    private final Map<Source, Window> windows = new HashMap<>();

    private record Source(String homeNetwork, String kind) {}

    private static final class Window {
        private long startNanos;
        private int told;
    }

    EventLog(RecentEvents recent, Counters counters) {
        this.recent = recent;
        this.counters = counters;
    }

    /** @param homeNetwork its name, or empty when it concerns the controller as a whole */
    void tell(long nowNanos, Instant now, String homeNetwork, Effect.Event event) {
        boolean warning = event.severity() == Effect.Event.Severity.WARN;
        tell(nowNanos, now, homeNetwork, warning, event.kind(), event.fields());
    }

    void tell(
            long nowNanos, Instant now, String homeNetwork, boolean warning, String kind, Map<String, String> fields) {
        if (!admit(nowNanos, new Source(homeNetwork, kind))) {
            counters.counter("roost_events_suppressed_total", "kind", kind).increment();
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

    private boolean admit(long nowNanos, Source source) {
        Window window = windows.computeIfAbsent(source, unused -> new Window());
        if (window.told == 0 || nowNanos - window.startNanos > WINDOW_NANOS) {
            window.startNanos = nowNanos;
            window.told = 0;
        }
        window.told++;
        return window.told <= MOST_IN_WINDOW;
    }
}
