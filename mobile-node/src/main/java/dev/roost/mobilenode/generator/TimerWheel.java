package dev.roost.mobilenode.generator;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * One timer for each of many nodes, with constant-time setting and clearing and no allocation: a ring of slots of
 * {@link #TICK_NANOS}, each with a doubly linked list of nodes in flat arrays. A timer further away than one turn of the ring waits in
 * its slot and is looked at once a turn.
 */
final class TimerWheel {
    static final long TICK_NANOS = 5_000_000;
    /** One turn is 41 s, more than the longest retransmission timeout. */
    private static final int SLOTS = 8192;

    private static final int NONE = -1;

    private final int[] first = new int[SLOTS];
    private final int[] next;
    private final int[] previous;
    private final int[] slot;
    private final long[] dueNanos;
    private long tick;

    TimerWheel(int nodes, long nowNanos) {
        next = new int[nodes];
        previous = new int[nodes];
        slot = new int[nodes];
        dueNanos = new long[nodes];
        Arrays.fill(first, NONE);
        Arrays.fill(slot, NONE);
        tick = nowNanos / TICK_NANOS;
    }

    /** Replaces the node's timer. It goes off up to one tick late, never early. */
    void set(int node, long due) {
        clear(node);
        dueNanos[node] = due;
        long at = Math.max(due / TICK_NANOS + 1, tick + 1);
        int into = (int) (at % SLOTS);
        slot[node] = into;
        previous[node] = NONE;
        next[node] = first[into];
        if (first[into] != NONE) {
            previous[first[into]] = node;
        }
        first[into] = node;
    }

    void clear(int node) {
        int from = slot[node];
        if (from == NONE) {
            return;
        }
        if (previous[node] == NONE) {
            first[from] = next[node];
        } else {
            next[previous[node]] = next[node];
        }
        if (next[node] != NONE) {
            previous[next[node]] = previous[node];
        }
        slot[node] = NONE;
    }

    /** Clears and hands over every timer that is due; the consumer may set timers again. */
    void advance(long nowNanos, IntConsumer expired) {
        long end = nowNanos / TICK_NANOS;
        while (tick < end) {
            tick++;
            int node = first[(int) (tick % SLOTS)];
            while (node != NONE) {
                int following = next[node];
                if (dueNanos[node] <= nowNanos) {
                    clear(node);
                    expired.accept(node);
                }
                node = following;
            }
        }
    }
}
