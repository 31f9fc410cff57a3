package dev.roost.mobilenode;

import java.io.PrintStream;
import java.time.Instant;
import java.util.List;

/**
 * One line per event on standard error: time of day, level, kind, then names and values. The format is
 * {@code time=2026-01-31T12:00:00.123456Z level=INFO event=bound homeAgent=2001:db8:1::11 ...}; a value with a space stands in double
 * quotes. No logging library: many of these processes start on one small machine.
 */
public final class EventLog {
    private final PrintStream out;

    public EventLog(PrintStream out) {
        this.out = out;
    }

    public void info(String kind, List<String> namesAndValues) {
        write("INFO", kind, namesAndValues);
    }

    /** For what a person should look at. */
    public void warn(String kind, List<String> namesAndValues) {
        write("WARN", kind, namesAndValues);
    }

    private void write(String level, String kind, List<String> namesAndValues) {
        StringBuilder line = new StringBuilder(160)
                .append("time=")
                .append(Instant.now())
                .append(" level=")
                .append(level)
                .append(" event=")
                .append(kind);
        for (int i = 0; i + 1 < namesAndValues.size(); i += 2) {
            line.append(' ').append(namesAndValues.get(i)).append('=').append(quoted(namesAndValues.get(i + 1)));
        }
        out.println(line);
    }

    private static String quoted(String value) {
        boolean plain = !value.isEmpty() && value.chars().noneMatch(c -> c <= ' ' || c == '"');
        return plain ? value : '"' + value.replace('"', '\'').replace('\n', ' ') + '"';
    }
}
