package dev.roost.homeagent;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * One line per event on standard error: {@code time=2026-01-31T12:00:00.123Z level=INFO event=registered homeAddress=...}. A value
 * with a space stands in double quotes. No logging library: twenty of these processes start on one small machine.
 *
 * <p>Ten thousand mobile nodes may register in a second, so {@link #event} writes {@value #LINES_PER_SECOND} lines a second and
 * counts the rest, which {@link #flush} tells as one line per kind.
 */
final class EventLog {
    static final int LINES_PER_SECOND = 20;
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final PrintStream out;
    private final Map<String, Integer> withheld = new TreeMap<>();
    private Instant periodStart = Instant.EPOCH;
    private int linesInPeriod;

    EventLog(PrintStream out) {
        this.out = out;
    }

    /** For what happens once in a process, or to the process: never withheld. */
    void info(String kind, Object... namesAndValues) {
        write("INFO", kind, namesAndValues);
    }

    /** For what a person should look at; the caller sees to it that it is not often. */
    void warn(String kind, Object... namesAndValues) {
        write("WARN", kind, namesAndValues);
    }

    /** For what happens to a mobile node. */
    void event(Instant now, String kind, Object... namesAndValues) {
        flush(now);
        if (linesInPeriod < LINES_PER_SECOND) {
            linesInPeriod++;
            write("INFO", kind, namesAndValues);
        } else {
            withheld.merge(kind, 1, Integer::sum);
        }
    }

    /** Whether {@link #flush} will have something to tell. */
    boolean isWithholding() {
        return !withheld.isEmpty();
    }

    /** Tells what was withheld, once the second is over. */
    void flush(Instant now) {
        if (Duration.between(periodStart, now).compareTo(PERIOD) < 0) {
            return;
        }
        periodStart = now;
        linesInPeriod = 0;
        withheld.forEach((kind, count) -> write("INFO", kind, "more", count));
        withheld.clear();
    }

    private void write(String level, String kind, Object... namesAndValues) {
        StringBuilder line = new StringBuilder(160)
                .append("time=")
                .append(Instant.now())
                .append(" level=")
                .append(level)
                .append(" event=")
                .append(kind);
        for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
            line.append(' ')
                    .append(namesAndValues[i])
                    .append('=')
                    .append(quoted(String.valueOf(namesAndValues[i + 1])));
        }
        out.println(line);
    }

    private static String quoted(String value) {
        boolean plain = !value.isEmpty() && value.chars().noneMatch(c -> c <= ' ' || c == '"');
        return plain ? value : '"' + value.replace('"', '\'').replace('\n', ' ') + '"';
    }
}
