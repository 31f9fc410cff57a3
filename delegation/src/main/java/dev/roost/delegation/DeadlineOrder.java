package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Home addresses in the order of their deadlines: a binary heap that knows where each one is, so that moving one takes a few steps. */
final class DeadlineOrder {
    /** No deadline. */
    static final long NEVER = Long.MAX_VALUE;

    private static final class Entry {
        final Ipv6Address key;
        long atMillis;
        int place;

        Entry(Ipv6Address key) {
            this.key = key;
        }
    }

    private final Map<Ipv6Address, Entry> entries = new HashMap<>();
    private final List<Entry> heap = new ArrayList<>();

    /** Gives an address a deadline, another one, or {@link #NEVER}. */
    void set(Ipv6Address key, long atMillis) {
        if (atMillis == NEVER) {
            remove(key);
            return;
        }
        @Nullable Entry entry = entries.get(key);
        if (entry == null) {
            entry = new Entry(key);
            entry.place = heap.size();
            entries.put(key, entry);
            heap.add(entry);
        }
        entry.atMillis = atMillis;
        restore(entry);
    }

    void remove(Ipv6Address key) {
        @Nullable Entry entry = entries.remove(key);
        if (entry == null) {
            return;
        }
        Entry last = heap.remove(heap.size() - 1);
        if (last != entry) {
            last.place = entry.place;
            heap.set(last.place, last);
            restore(last);
        }
    }

    /** In milliseconds; {@link #NEVER} if there is none. */
    long firstMillis() {
        return heap.isEmpty() ? NEVER : heap.get(0).atMillis;
    }

    Optional<Instant> first() {
        return heap.isEmpty() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(heap.get(0).atMillis));
    }

    /** The addresses that are due, {@code atMost} of them, none before another that is due much earlier. */
    List<Ipv6Address> due(long nowMillis, int atMost) {
        if (firstMillis() > nowMillis) {
            return List.of();
        }
        List<Ipv6Address> due = new ArrayList<>();
        Deque<Integer> open = new ArrayDeque<>();
        open.add(0);
        while (due.size() < atMost && !open.isEmpty()) {
            int at = open.remove();
            // What stands below another does not end before it.
            if (at < heap.size() && heap.get(at).atMillis <= nowMillis) {
                due.add(heap.get(at).key);
                open.add(2 * at + 1);
                open.add(2 * at + 2);
            }
        }
        return due;
    }

    private void restore(Entry entry) {
        int at = entry.place;
        while (at > 0 && entry.atMillis < heap.get((at - 1) / 2).atMillis) {
            move(heap.get((at - 1) / 2), at);
            at = (at - 1) / 2;
        }
        for (int child = earlierChild(at);
                child < heap.size() && heap.get(child).atMillis < entry.atMillis;
                child = earlierChild(at)) {
            move(heap.get(child), at);
            at = child;
        }
        move(entry, at);
    }

    private int earlierChild(int at) {
        int left = 2 * at + 1;
        return left + 1 < heap.size() && heap.get(left + 1).atMillis < heap.get(left).atMillis ? left + 1 : left;
    }

    private void move(Entry entry, int place) {
        entry.place = place;
        heap.set(place, entry);
    }
}
