package dev.roost.homeagent.binding;

import dev.roost.mobileip.Ipv6Address;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Bindings in columns of numbers, found by home address; a place in the columns is a slot.
 *
 * <p>Goals: little memory, and nothing for the garbage collector to do when 30,000 bindings are refreshed each second. As objects,
 * each refresh would leave one to be collected among 100,000 old ones, and the collector stopped the loop for up to half a second at a
 * time. A {@link Binding} is made when one is asked for, and is gone at once.
 *
 * <p>Algorithm: open addressing with linear probing over an array of slot numbers that is at most half full; removal moves
 * later entries of the same run back, so there are no tombstones. Slots that became free are used again, last freed first.
 */
final class BindingTable {
    static final int NONE = -1;

    private static final int INITIAL_SLOTS = 64;
    private static final int LINK_LOCAL_BIT = 1 << 16;
    private static final int SEQUENCE_MASK = 0xffff;

    private long[] homeHigh = new long[INITIAL_SLOTS];
    private long[] homeLow = new long[INITIAL_SLOTS];
    private long[] careOfHigh = new long[INITIAL_SLOTS];
    private long[] careOfLow = new long[INITIAL_SLOTS];
    private long[] expiresAtMillis = new long[INITIAL_SLOTS];
    private long[] registeredAtMillis = new long[INITIAL_SLOTS];
    /** 0 in a free slot: no binding has lifetime 0. */
    private int[] lifetimeSeconds = new int[INITIAL_SLOTS];
    /** The sequence number, and {@link #LINK_LOCAL_BIT}; in a free slot, the next free one. */
    private int[] sequenceAndFlags = new int[INITIAL_SLOTS];

    /** Slot plus one, 0 where there is none; twice as long as the columns. */
    private int[] index = new int[2 * INITIAL_SLOTS];

    private int used;
    private int size;
    private int firstFree = NONE;

    int size() {
        return size;
    }

    /** The slot of a home address, or {@link #NONE}. */
    int slotOf(Ipv6Address homeAddress) {
        int at = index[indexOf(homeAddress)];
        return at - 1;
    }

    Binding get(int slot) {
        return new Binding(
                new Ipv6Address(homeHigh[slot], homeLow[slot]),
                new Ipv6Address(careOfHigh[slot], careOfLow[slot]),
                sequenceAndFlags[slot] & SEQUENCE_MASK,
                lifetimeSeconds[slot],
                expiresAtMillis[slot],
                registeredAtMillis[slot],
                (sequenceAndFlags[slot] & LINK_LOCAL_BIT) != 0);
    }

    long expiresAtMillis(int slot) {
        return expiresAtMillis[slot];
    }

    void forEach(Consumer<Binding> consumer) {
        for (int slot = 0; slot < used; slot++) {
            if (lifetimeSeconds[slot] != 0) {
                consumer.accept(get(slot));
            }
        }
    }

    /** The columns as they are now, without the index: for who looks at all of it. Memory is copied, nothing is looked at. */
    BindingTable columnsOnly() {
        BindingTable copy = new BindingTable();
        copy.homeHigh = homeHigh;
        copy.homeLow = homeLow;
        copy.careOfHigh = careOfHigh;
        copy.careOfLow = careOfLow;
        copy.expiresAtMillis = expiresAtMillis;
        copy.registeredAtMillis = registeredAtMillis;
        copy.lifetimeSeconds = lifetimeSeconds;
        copy.sequenceAndFlags = sequenceAndFlags;
        copy.used = used;
        copy.size = size;
        copy.resizeColumns(used);
        return copy;
    }

    /** The slots that are in use, by home address. */
    int[] sortedSlots() {
        return IntStream.range(0, used)
                .filter(slot -> lifetimeSeconds[slot] != 0)
                .boxed()
                .sorted(this::compareHomeAddresses)
                .mapToInt(slot -> slot)
                .toArray();
    }

    private int compareHomeAddresses(int one, int other) {
        int high = Long.compareUnsigned(homeHigh[one], homeHigh[other]);
        return high != 0 ? high : Long.compareUnsigned(homeLow[one], homeLow[other]);
    }

    /** Adds a binding, or replaces the one of the same home address; returns its slot. */
    int put(Binding binding) {
        int place = indexOf(binding.homeAddress());
        int slot = index[place] - 1;
        if (slot == NONE) {
            slot = takeSlot();
            // Growing has moved everything.
            index[indexOf(binding.homeAddress())] = slot + 1;
            size++;
        }
        homeHigh[slot] = binding.homeAddress().high();
        homeLow[slot] = binding.homeAddress().low();
        careOfHigh[slot] = binding.careOfAddress().high();
        careOfLow[slot] = binding.careOfAddress().low();
        expiresAtMillis[slot] = binding.expiresAtMillis();
        registeredAtMillis[slot] = binding.registeredAtMillis();
        lifetimeSeconds[slot] = binding.lifetimeSeconds();
        sequenceAndFlags[slot] = binding.sequence() | (binding.coversLinkLocal() ? LINK_LOCAL_BIT : 0);
        return slot;
    }

    void remove(int slot) {
        closeGap(indexOf(new Ipv6Address(homeHigh[slot], homeLow[slot])));
        lifetimeSeconds[slot] = 0;
        sequenceAndFlags[slot] = firstFree;
        firstFree = slot;
        size--;
    }

    /** Where the index holds the slot of a home address, or would hold it. */
    private int indexOf(Ipv6Address homeAddress) {
        int mask = index.length - 1;
        int at = homeAddress.hashCode() & mask;
        while (index[at] != 0 && !isHomeAddress(index[at] - 1, homeAddress)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private boolean isHomeAddress(int slot, Ipv6Address homeAddress) {
        return homeLow[slot] == homeAddress.low() && homeHigh[slot] == homeAddress.high();
    }

    /** Empties a place and moves back what probing would not find any more. */
    private void closeGap(int place) {
        int mask = index.length - 1;
        int gap = place;
        for (int at = (gap + 1) & mask; index[at] != 0; at = (at + 1) & mask) {
            int wanted = hashOf(index[at] - 1) & mask;
            boolean reachable = ((at - wanted) & mask) >= ((at - gap) & mask);
            if (reachable) {
                index[gap] = index[at];
                gap = at;
            }
        }
        index[gap] = 0;
    }

    private int hashOf(int slot) {
        return new Ipv6Address(homeHigh[slot], homeLow[slot]).hashCode();
    }

    private int takeSlot() {
        if (firstFree != NONE) {
            int slot = firstFree;
            firstFree = sequenceAndFlags[slot];
            return slot;
        }
        if (used == homeHigh.length) {
            grow(2 * used);
        }
        return used++;
    }

    private void resizeColumns(int slots) {
        homeHigh = Arrays.copyOf(homeHigh, slots);
        homeLow = Arrays.copyOf(homeLow, slots);
        careOfHigh = Arrays.copyOf(careOfHigh, slots);
        careOfLow = Arrays.copyOf(careOfLow, slots);
        expiresAtMillis = Arrays.copyOf(expiresAtMillis, slots);
        registeredAtMillis = Arrays.copyOf(registeredAtMillis, slots);
        lifetimeSeconds = Arrays.copyOf(lifetimeSeconds, slots);
        sequenceAndFlags = Arrays.copyOf(sequenceAndFlags, slots);
    }

    private void grow(int slots) {
        resizeColumns(slots);
        index = new int[2 * slots];
        int mask = index.length - 1;
        for (int slot = 0; slot < used; slot++) {
            int at = hashOf(slot) & mask;
            while (index[at] != 0) {
                at = (at + 1) & mask;
            }
            index[at] = slot + 1;
        }
    }
}
