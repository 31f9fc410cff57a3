package dev.roost.loadbalancer;

/**
 * Finds the place of a care-of address in the ring of {@link Assignments}: open addressing with linear probing over one
 * array of longs, the address's hash in the upper half and its place plus one in the lower. So a search, and a removal
 * without tombstones, mostly stay inside one cache line.
 */
final class AnswerIndex {

    private final long[] slots;
    private final int mask;
    private int used;

    /** For up to {@code capacity} entries, a power of two; at most half of the slots are ever taken. */
    AnswerIndex(int capacity) {
        slots = new long[capacity * 2];
        mask = slots.length - 1;
    }

    int size() {
        return used;
    }

    /** The slot that leads to the address, or the complement of the free slot where it belongs. */
    int find(int hash, Ring ring, long high, long low) {
        int slot = hash & mask;
        while (slots[slot] != 0) {
            if (hashIn(slot) == hash && ring.holds(placeIn(slot), high, low)) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
        return ~slot;
    }

    int placeIn(int slot) {
        return (int) slots[slot] - 1;
    }

    void put(int slot, int hash, int place) {
        if (slots[slot] == 0) {
            used++;
        }
        slots[slot] = ((long) hash << 32) | (place + 1);
    }

    /** Frees a slot, and moves those behind it up whose search would otherwise end there. */
    void remove(int slot) {
        int hole = slot;
        int next = (hole + 1) & mask;
        while (slots[next] != 0) {
            int home = hashIn(next) & mask;
            if (((next - home) & mask) >= ((next - hole) & mask)) {
                slots[hole] = slots[next];
                hole = next;
            }
            next = (next + 1) & mask;
        }
        slots[hole] = 0;
        used--;
    }

    private int hashIn(int slot) {
        return (int) (slots[slot] >>> 32);
    }

    /** Where the addresses themselves are. */
    interface Ring {

        boolean holds(int place, long high, long low);
    }
}
