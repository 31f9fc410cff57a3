package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Which home addresses are to be announced on the home link again: 1 s and 3 s after the first time, since one that got lost leaves a
 * neighbor cache pointing at the former forwarder. Soft; of more than {@link #LIMIT} at a time the others are said once only.
 */
final class Announcements {
    private static final int LIMIT = 4096;
    private static final long FIRST_REPEAT_MILLIS = 1000;
    private static final long SECOND_REPEAT_MILLIS = 2000;

    private record Repeat(Ipv6Address homeAddress, long atMillis) {}

    /** Each in order of time, since what is added always waits equally long. */
    private final Deque<Repeat> first = new ArrayDeque<>();

    private final Deque<Repeat> second = new ArrayDeque<>();

    /** It has been announced just now. */
    void announced(Instant now, Ipv6Address homeAddress) {
        if (first.size() + second.size() < LIMIT) {
            first.add(new Repeat(homeAddress, now.toEpochMilli() + FIRST_REPEAT_MILLIS));
        }
    }

    /** Takes those that are due, {@code atMost} of each repetition. */
    void takeDue(Instant now, int atMost, Consumer<Ipv6Address> due) {
        long nowMillis = now.toEpochMilli();
        for (int i = 0; i < atMost && isDue(second, nowMillis); i++) {
            due.accept(second.remove().homeAddress());
        }
        for (int i = 0; i < atMost && isDue(first, nowMillis); i++) {
            Ipv6Address homeAddress = first.remove().homeAddress();
            due.accept(homeAddress);
            second.add(new Repeat(homeAddress, nowMillis + SECOND_REPEAT_MILLIS));
        }
    }

    private static boolean isDue(Deque<Repeat> repeats, long nowMillis) {
        return !repeats.isEmpty() && repeats.element().atMillis() <= nowMillis;
    }

    long nextMillis() {
        long one = first.isEmpty() ? DeadlineOrder.NEVER : first.element().atMillis();
        long other = second.isEmpty() ? DeadlineOrder.NEVER : second.element().atMillis();
        return Math.min(one, other);
    }
}
