package dev.roost.homeagent;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * How much to measure.
 *
 * @param rate new bindings a second, or {@code max}
 * @param refreshRate refreshes a second, or {@code max}
 * @param detection whether duplicate address detection is on
 * @param window how many mobile nodes may wait for an answer at one time
 */
record BenchArguments(
        int bindings, String rate, String refreshRate, boolean detection, int window, int seconds, boolean flatOut) {
    private static final int MOST_BINDINGS = 1_000_000;
    private static final int MOST_A_SECOND = 10_000_000;
    private static final int MOST_SECONDS = 3600;
    private static final int NO_WINDOW = 1 << 24;
    /** New bindings wait for a second each, so many must be under way. */
    private static final int WIDE_WINDOW = 25_000;
    /** What is answered at once queues up beyond this, and is only late. */
    private static final int NARROW_WINDOW = 512;

    static BenchArguments parse(String[] args) {
        int bindings = 100_000;
        int rate = 10_000;
        int refreshRate = 30_000;
        int seconds = 20;
        boolean flatOut = false;
        Deque<String> left = new ArrayDeque<>(List.of(args));
        while (!left.isEmpty()) {
            String argument = left.pop();
            switch (argument) {
                case "--bindings" -> bindings = integer(argument, left, MOST_BINDINGS);
                case "--rate" -> rate = integer(argument, left, MOST_A_SECOND);
                case "--refresh-rate" -> refreshRate = integer(argument, left, MOST_A_SECOND);
                case "--seconds" -> seconds = integer(argument, left, MOST_SECONDS);
                case "--flat-out" -> flatOut = true;
                default -> throw new IllegalArgumentException("unknown argument: " + argument);
            }
        }
        return new BenchArguments(
                bindings, Integer.toString(rate), Integer.toString(refreshRate), true, NO_WINDOW, seconds, flatOut);
    }

    private static int integer(String argument, Deque<String> left, int most) {
        String text = left.isEmpty() ? "" : left.pop();
        if (!text.matches("[0-9]{1,8}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > most) {
            throw new IllegalArgumentException(
                    argument + " takes an integer from 1 to " + most + ", not '" + text + "'");
        }
        return Integer.parseInt(text);
    }

    /** New bindings as fast as it goes. */
    BenchArguments registeringFlatOut() {
        return new BenchArguments(bindings, "max", "max", true, WIDE_WINDOW, 0, flatOut);
    }

    /** Refreshes as fast as it goes; the way there is short without detection. */
    BenchArguments refreshingFlatOut() {
        return new BenchArguments(bindings, "max", "max", false, NARROW_WINDOW, seconds, flatOut);
    }
}
