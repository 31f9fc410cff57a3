package dev.roost.loadbalancer;

import java.util.Arrays;

/**
 * Home agents, by index, in the order in which a discovery reply names them; the representative is not among them.
 *
 * <p>A value, two octets for each: 600,000 of these a second are remembered and journalled.
 */
public final class HomeAgentOrder {

    public static final HomeAgentOrder EMPTY = new HomeAgentOrder(new char[0]);

    private final char[] indexes;

    private HomeAgentOrder(char[] indexes) {
        this.indexes = indexes;
    }

    /** Indexes of 0 to 65535. */
    public static HomeAgentOrder of(int... indexes) {
        char[] copy = new char[indexes.length];
        for (int i = 0; i < indexes.length; i++) {
            if (indexes[i] >>> 16 != 0) {
                throw new IllegalArgumentException("home agent index: wanted 0 to 65535, got " + indexes[i]);
            }
            copy[i] = (char) indexes[i];
        }
        return new HomeAgentOrder(copy);
    }

    /** The first {@code size} of the given indexes. */
    static HomeAgentOrder of(char[] indexes, int size) {
        return size == 0 ? EMPTY : new HomeAgentOrder(Arrays.copyOf(indexes, size));
    }

    public int size() {
        return indexes.length;
    }

    public boolean isEmpty() {
        return indexes.length == 0;
    }

    public int index(int position) {
        return indexes[position];
    }

    boolean contains(int index) {
        for (char candidate : indexes) {
            if (candidate == index) {
                return true;
            }
        }
        return false;
    }

    /** Whether these are the first {@code size} of the given indexes. */
    boolean matches(char[] candidates, int size) {
        return Arrays.equals(indexes, 0, indexes.length, candidates, 0, size);
    }

    static int hash(char[] indexes, int size) {
        int hash = 1;
        for (int i = 0; i < size; i++) {
            hash = hash * 31 + indexes[i];
        }
        return hash;
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof HomeAgentOrder order && Arrays.equals(indexes, order.indexes));
    }

    @Override
    public int hashCode() {
        return hash(indexes, indexes.length);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < indexes.length; i++) {
            text.append(i == 0 ? "" : ", ").append((int) indexes[i]);
        }
        return text.append(']').toString();
    }
}
