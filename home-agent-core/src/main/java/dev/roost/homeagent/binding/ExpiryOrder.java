package dev.roost.homeagent.binding;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.IntConsumer;
import java.util.function.IntToLongFunction;

/**
 * Slots of a {@link BindingTable} in the order in which their bindings end: a binary heap that knows where each slot is, so that a
 * refresh moves it in a few steps and makes no object.
 */
final class ExpiryOrder {
    private static final int ABSENT = -1;

    private final IntToLongFunction expiresAtMillis;
    private int[] heap = new int[64];
    /** By slot: its index in the heap. */
    private int[] places = new int[0];

    private int size;

    /** @param expiresAtMillis of a slot; may change only between {@link #update} calls for that slot */
    ExpiryOrder(IntToLongFunction expiresAtMillis) {
        this.expiresAtMillis = expiresAtMillis;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The slot that ends first; there must be one. */
    int first() {
        return heap[0];
    }

    /** Adds a slot, or moves it to where its expiry now belongs. */
    void update(int slot) {
        if (slot >= places.length) {
            int known = places.length;
            places = Arrays.copyOf(places, Math.max(64, 2 * slot));
            Arrays.fill(places, known, places.length, ABSENT);
        }
        if (places[slot] == ABSENT) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, 2 * size);
            }
            set(size++, slot);
        }
        restore(places[slot]);
    }

    void remove(int slot) {
        int hole = places[slot];
        places[slot] = ABSENT;
        size--;
        if (hole != size) {
            set(hole, heap[size]);
            restore(hole);
        }
    }

    /** Tells the slots that end by {@code now}, {@code atMost} of them, in no particular order; nothing may change meanwhile. */
    void forEachUntil(long nowMillis, int atMost, IntConsumer consumer) {
        Deque<Integer> open = new ArrayDeque<>();
        open.push(0);
        for (int told = 0; told < atMost && !open.isEmpty(); ) {
            int at = open.pop();
            // What stands below another does not end before it.
            if (at < size && expiresAtMillis.applyAsLong(heap[at]) <= nowMillis) {
                consumer.accept(heap[at]);
                told++;
                open.push(2 * at + 2);
                open.push(2 * at + 1);
            }
        }
    }

    private void restore(int start) {
        int at = start;
        int slot = heap[at];
        long expiry = expiresAtMillis.applyAsLong(slot);
        while (at > 0 && expiry < expiryAt((at - 1) / 2)) {
            set(at, heap[(at - 1) / 2]);
            at = (at - 1) / 2;
        }
        for (int child = earlierChild(at); child < size && expiryAt(child) < expiry; child = earlierChild(at)) {
            set(at, heap[child]);
            at = child;
        }
        set(at, slot);
    }

    private int earlierChild(int at) {
        int left = 2 * at + 1;
        return left + 1 < size && expiryAt(left + 1) < expiryAt(left) ? left + 1 : left;
    }

    private long expiryAt(int at) {
        return expiresAtMillis.applyAsLong(heap[at]);
    }

    private void set(int at, int slot) {
        heap[at] = slot;
        places[slot] = at;
    }
}
