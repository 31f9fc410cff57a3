package dev.roost.loadbalancer;

import java.util.OptionalInt;

/**
 * How many discovery requests are answered in a second; absent: as many as come. Both are token buckets that hold what one
 * second brings.
 *
 * @param perSource of the same 64 bits of the source address: one link, since a mobile node has all of its addresses there
 *     to choose from
 * @param total of all sources together; half of it is kept for those that have been heard before
 */
public record DiscoveryLimits(OptionalInt perSource, OptionalInt total) {

    public static final DiscoveryLimits NONE = new DiscoveryLimits(OptionalInt.empty(), OptionalInt.empty());

    /** The largest of either; a microsecond between answers. */
    public static final int MOST = 1_000_000;

    public DiscoveryLimits {
        if (!isWithin(perSource) || !isWithin(total)) {
            throw new IllegalArgumentException("discovery limits: wanted 1 to " + MOST + " a second");
        }
    }

    boolean areNone() {
        return perSource.isEmpty() && total.isEmpty();
    }

    private static boolean isWithin(OptionalInt rate) {
        return rate.isEmpty() || (rate.getAsInt() >= 1 && rate.getAsInt() <= MOST);
    }
}
