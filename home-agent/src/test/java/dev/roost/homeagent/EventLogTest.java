package dev.roost.homeagent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EventLogTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final EventLog log = new EventLog(new PrintStream(out, true, StandardCharsets.UTF_8));

    @Test
    void writesNamesAndValuesAndQuotesSpaces() {
        log.warn("state-not-written", "reason", "No space left\n on \"device\"", "count", 3);

        assertThat(lines())
                .singleElement()
                .satisfies(
                        line -> assertThat(line)
                                .matches(
                                        "time=\\S+ level=WARN event=state-not-written reason=\"No space left  on 'device'\" count=3"));
    }

    @Test
    void writesTwentyLinesASecondAndCountsTheRest() {
        for (int i = 0; i < 10_000; i++) {
            log.event(NOW.plusNanos(i), i % 10 == 0 ? "moved" : "registered", "node", i);
        }
        assertThat(lines()).hasSize(EventLog.LINES_PER_SECOND);
        log.flush(NOW.plusMillis(999));
        assertThat(lines()).hasSize(EventLog.LINES_PER_SECOND);

        log.flush(NOW.plusMillis(1000));

        assertThat(lines().subList(EventLog.LINES_PER_SECOND, EventLog.LINES_PER_SECOND + 2))
                .satisfiesExactly(
                        line -> assertThat(line).endsWith("event=moved more=998"),
                        line -> assertThat(line).endsWith("event=registered more=8982"));
        log.event(NOW.plusMillis(1001), "registered");
        assertThat(lines()).hasSize(EventLog.LINES_PER_SECOND + 3);
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
