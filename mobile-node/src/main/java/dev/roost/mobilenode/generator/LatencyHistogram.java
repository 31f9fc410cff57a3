package dev.roost.mobilenode.generator;

/** Counts durations in buckets that are at most 1/32 wide, so percentiles are right to 3 %. From 1 us to an hour. */
final class LatencyHistogram {
    private static final int SUB_BITS = 5;
    private static final int SUB = 1 << SUB_BITS;

    private final long[] buckets = new long[64 * SUB];
    private long count;
    private long maxNanos;

    void add(long nanos) {
        long positive = Math.max(0, nanos);
        buckets[bucket(positive / 1000)]++;
        count++;
        maxNanos = Math.max(maxNanos, positive);
    }

    long count() {
        return count;
    }

    double maxMillis() {
        return maxNanos / 1e6;
    }

    /** @param share 0 to 1; the upper end of the bucket in which that share is reached */
    double percentileMillis(double share) {
        long wanted = (long) Math.ceil(share * count);
        long seen = 0;
        for (int i = 0; i < buckets.length; i++) {
            seen += buckets[i];
            if (seen >= wanted && seen > 0) {
                return Math.min(upperMicros(i) / 1e3, maxMillis());
            }
        }
        return 0;
    }

    private static int bucket(long micros) {
        if (micros < SUB) {
            return (int) micros;
        }
        int shift = 63 - Long.numberOfLeadingZeros(micros) - SUB_BITS;
        return (shift + 1) * SUB + (int) (micros >>> shift) - SUB;
    }

    private static double upperMicros(int bucket) {
        if (bucket < SUB) {
            return bucket + 1;
        }
        int shift = bucket / SUB - 1;
        return (double) ((long) (bucket % SUB + SUB + 1) << shift);
    }
}
