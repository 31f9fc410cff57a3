package dev.roost.controller;

import java.util.Comparator;
import java.util.PriorityQueue;

/** What the loop has to do later, by the monotonic clock. Belongs to the loop's thread. */
final class TimerQueue {

    private record Timer(long dueNanos, long number, Runnable body) {}

    /** Differences, since the monotonic clock may wrap; first come, first served among equals. */
    private static final Comparator<Timer> ORDER = (one, other) -> {
        int byTime = Long.signum(one.dueNanos - other.dueNanos);
        return byTime != 0 ? byTime : Long.compare(one.number, other.number);
    };

    private final PriorityQueue<Timer> timers = new PriorityQueue<>(ORDER);
    private long lastNumber;

    void schedule(long dueNanos, Runnable body) {
        timers.add(new Timer(dueNanos, ++lastNumber, body));
    }

    /** Runs what is due; what it schedules anew for the past waits for the next call. */
    void run(long nowNanos) {
        long newest = lastNumber;
        for (Timer next = timers.peek();
                next != null && next.dueNanos - nowNanos <= 0 && next.number <= newest;
                next = timers.peek()) {
            timers.remove();
            next.body.run();
        }
    }

    /** From now to the next timer; at most {@code most}, at least 0. */
    long nanosToNext(long nowNanos, long most) {
        Timer next = timers.peek();
        return next == null ? most : Math.max(0, Math.min(most, next.dueNanos - nowNanos));
    }

    int size() {
        return timers.size();
    }
}
