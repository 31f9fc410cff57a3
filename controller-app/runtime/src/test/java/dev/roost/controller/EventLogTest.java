package dev.roost.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventLogTest {

    private final RecentEvents recent = new RecentEvents(1000);
    private final Counters counters = new Counters();
    private final EventLog log = new EventLog(recent, counters);

    private void tell(long seconds, String homeNetwork, String kind) {
        log.tell(TimeUnit.SECONDS.toNanos(seconds), Instant.EPOCH, homeNetwork, true, kind, Map.of());
    }

    @Test
    void leavesOutWhatComesTooOftenAndCountsItByKind() {
        for (int i = 0; i < 80; i++) {
            tell(1, "home", "binding-forged");
        }
        assertThat(recent.since(0)).hasSize(50);
        assertThat(counters.value("roost_events_suppressed_total", "kind", "binding-forged"))
                .isEqualTo(30);

        tell(12, "home", "binding-forged");
        assertThat(recent.since(0)).as("later").hasSize(51);
    }

    @Test
    void letsAFloodInOneHomeNetworkHideNothingElse() {
        for (int i = 0; i < 80; i++) {
            tell(1, "home", "binding-forged");
        }

        tell(1, "home", "home-agent-refused");
        tell(1, "other", "binding-forged");

        assertThat(recent.since(50))
                .extracting(RecentEvents.Entry::homeNetwork, RecentEvents.Entry::kind)
                .containsExactly(tuple("home", "home-agent-refused"), tuple("other", "binding-forged"));
    }
}
