package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How often discovery requests are answered: token buckets for each source /64 and for all together. Soft.
 *
 * <p>Goals: a flood from one link costs other links nothing; a flood from invented links costs those that were heard before
 * nothing; memory is bounded and costs nothing where nothing is limited.
 *
 * <p>Algorithm: a bucket is one time, at which it will be full again if nobody asks: an answer moves it on by the interval
 * between two answers, and it may be at most one second ahead. There is one for each source, one for all answers, and one
 * for answers to sources that have not been heard before, which get half of the total at most. Who asks again, and whoever
 * has a binding, has been heard before; so somebody who is left out in a flood is served when he tries again (RFC 6275,
 * 11.4.1: after 3 s), and invented sources, which hardly come twice, keep to their half.
 *
 * <p>Sources lie in sets of eight that their hash chooses. A full set gives up the source that was heard only once and
 * longest ago; only if all were heard again, the one heard longest ago. So a flood of invented sources displaces itself.
 */
final class SourceLimiter {

    private static final int WAYS = 8;
    private static final int SETS = 1 << 15;
    private static final long SECOND_NANOS = 1_000_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;
    /** The lowest bit of a source's time. */
    private static final long HEARD_AGAIN = 1;

    private static final long[] NONE = {};

    private final long hashSeed;
    /** Nanoseconds between two answers; 0: not limited. */
    private long perSourceNanos;

    private long totalNanos;
    private long newcomersNanos;

    private long[] sources = NONE;
    /** When its bucket is full again, or when it was heard last; 0: nobody. */
    private long[] times = NONE;

    private long allTime;
    private long newcomersTime;
    /** Of the table, kept up with each change. */
    private long tableHash;

    SourceLimiter(DiscoveryLimits limits, long hashSeed) {
        this.hashSeed = hashSeed;
        reconfigure(limits);
    }

    void reconfigure(DiscoveryLimits limits) {
        perSourceNanos = interval(limits.perSource());
        totalNanos = interval(limits.total());
        newcomersNanos = totalNanos * 2;
    }

    boolean isLimiting() {
        return perSourceNanos != 0 || totalNanos != 0;
    }

    /** Why this source may not be answered now; empty if it may. */
    Optional<Reason> refusal(long nowMillis, Ipv6Address source, boolean bound) {
        if (!isLimiting()) {
            return Optional.empty();
        }
        long nowNanos = nowMillis * NANOS_PER_MILLI;
        int place = find(source.high());
        if (place >= 0 && isEmpty(times[place] & ~HEARD_AGAIN, perSourceNanos, nowNanos)) {
            return Optional.of(Reason.DISCOVERY_SOURCE_LIMIT);
        }
        if (isEmpty(allTime, totalNanos, nowNanos)) {
            return Optional.of(Reason.DISCOVERY_LIMIT);
        }
        return place < 0 && !bound && isEmpty(newcomersTime, newcomersNanos, nowNanos)
                ? Optional.of(Reason.DISCOVERY_NEWCOMERS_LIMIT)
                : Optional.empty();
    }

    /** Whether hearing this source would displace one that was heard again within the last second. */
    boolean wouldEvict(long nowMillis, Ipv6Address source) {
        if (!isLimiting() || find(source.high()) >= 0) {
            return false;
        }
        long displaced = sources.length == 0 ? 0 : times[placeFor(source.high())];
        return (displaced & HEARD_AGAIN) != 0 && displaced > nowMillis * NANOS_PER_MILLI - SECOND_NANOS;
    }

    /** A request came from there, and was answered or not. */
    void heard(long nowMillis, Ipv6Address source, boolean bound, boolean answered) {
        if (!isLimiting()) {
            return;
        }
        if (sources.length == 0) {
            sources = new long[SETS * WAYS];
            times = new long[SETS * WAYS];
        }
        long nowNanos = nowMillis * NANOS_PER_MILLI;
        long high = source.high();
        int known = find(high);
        if (answered) {
            allTime = Math.max(allTime, nowNanos) + totalNanos;
            if (known < 0 && !bound) {
                newcomersTime = Math.max(newcomersTime, nowNanos) + newcomersNanos;
            }
        }
        int place = known < 0 ? placeFor(high) : known;
        long before = known < 0 ? nowNanos : Math.max(times[known], nowNanos);
        long time = (before + (answered ? perSourceNanos : 0)) & ~HEARD_AGAIN;
        set(place, high, known < 0 ? time : time | HEARD_AGAIN);
    }

    long stateHash() {
        return Mixing.mix(tableHash, Mixing.mix(allTime, newcomersTime));
    }

    private void set(int place, long high, long time) {
        if (times[place] != 0) {
            tableHash -= Mixing.mix(sources[place], times[place]);
        }
        sources[place] = high;
        times[place] = time;
        tableHash += Mixing.mix(high, time);
    }

    private int find(long high) {
        if (sources.length == 0) {
            return -1;
        }
        int first = set(high);
        for (int place = first; place < first + WAYS; place++) {
            if (sources[place] == high && times[place] != 0) {
                return place;
            }
        }
        return -1;
    }

    /** The place of the one that is missed least. */
    private int placeFor(long high) {
        int first = set(high);
        int best = first;
        for (int place = first; place < first + WAYS; place++) {
            if (rank(times[place]) < rank(times[best])) {
                best = place;
            }
        }
        return best;
    }

    /** Those heard again after all others, each by its time. */
    private static long rank(long time) {
        return (time & HEARD_AGAIN) == 0 ? time >>> 1 : time >>> 1 | Long.MIN_VALUE >>> 1;
    }

    /** Seeded, since whoever sends requests chooses the addresses. */
    private int set(long high) {
        return ((int) (Mixing.mix(hashSeed ^ high) >>> 32) & (SETS - 1)) * WAYS;
    }

    private static boolean isEmpty(long time, long interval, long nowNanos) {
        return interval != 0 && Math.max(time, nowNanos) - nowNanos > SECOND_NANOS - interval;
    }

    private static long interval(OptionalInt perSecond) {
        return perSecond.isPresent() ? SECOND_NANOS / perSecond.getAsInt() : 0;
    }
}
