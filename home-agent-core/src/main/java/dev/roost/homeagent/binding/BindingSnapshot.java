package dev.roost.homeagent.binding;

import dev.roost.mobileip.Ipv6Address;

/**
 * All bindings as they were at one moment, in the order of their home addresses: for who reads them one after the other while the
 * cache goes on changing. Immutable, so any thread may look.
 *
 * <p>Made in two steps. The loop only copies memory ({@link HomeAgent#copyBindings}), some milliseconds for 100,000 bindings; the
 * sorting is done by who asked ({@link Copy#sorted}).
 */
public final class BindingSnapshot {
    public static final BindingSnapshot EMPTY = new BindingSnapshot(new BindingTable());

    private final BindingTable columns;
    private final int[] slots;

    private BindingSnapshot(BindingTable columns) {
        this.columns = columns;
        this.slots = columns.sortedSlots();
    }

    /** What the loop hands over. */
    public static final class Copy {
        private final BindingTable columns;

        Copy(BindingTable columns) {
            this.columns = columns;
        }

        public BindingSnapshot sorted() {
            return new BindingSnapshot(columns);
        }
    }

    public int size() {
        return slots.length;
    }

    /** The binding at a place, 0 to {@link #size} - 1. */
    public Binding get(int place) {
        return columns.get(slots[place]);
    }

    /** The place of the first binding whose home address is not lower; {@link #size} if there is none. */
    public int ceiling(Ipv6Address homeAddress) {
        int low = 0;
        int high = slots.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (get(middle).homeAddress().compareTo(homeAddress) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
