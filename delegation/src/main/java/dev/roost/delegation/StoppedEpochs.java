package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What was stopped a short while ago, by which primary and up to which epoch. To a secondary: a Start that the network delivers behind
 * the Stop that was sent after it must not start anything. To a primary: a report of before a release may reach the controller after
 * the next registration, so that one is reported anew. Kept longer than a packet lives; soft, since what names a former session is
 * not taken anyway. Holds {@link #LIMIT} at most, the oldest gives way.
 */
final class StoppedEpochs {
    private static final int LIMIT = 100_000;
    private static final long KEPT_MILLIS = 60_000;

    private record Stopped(Ipv6Address primary, long epoch, long untilMillis) {}

    /** By home address, in order of age. */
    private final Map<Ipv6Address, Stopped> stopped = new LinkedHashMap<>();

    void remember(Instant now, Ipv6Address homeAddress, Ipv6Address primary, long epoch) {
        long nowMillis = now.toEpochMilli();
        @Nullable Stopped before = stopped.remove(homeAddress);
        boolean isOlder =
                before != null && before.primary().equals(primary) && Long.compareUnsigned(before.epoch(), epoch) > 0;
        long highest = isOlder && before != null ? before.epoch() : epoch;
        stopped.put(homeAddress, new Stopped(primary, highest, nowMillis + KEPT_MILLIS));
        // One comes and two go, so what is over does not pile up.
        Iterator<Stopped> oldest = stopped.values().iterator();
        for (int i = 0; i < 2 && oldest.hasNext(); i++) {
            if (oldest.next().untilMillis() > nowMillis && stopped.size() <= LIMIT) {
                return;
            }
            oldest.remove();
        }
    }

    /** Up to which epoch this primary has stopped. */
    OptionalLong epoch(Instant now, Ipv6Address homeAddress, Ipv6Address primary) {
        @Nullable Stopped entry = stopped.get(homeAddress);
        return entry != null && entry.primary().equals(primary) && entry.untilMillis() > now.toEpochMilli()
                ? OptionalLong.of(entry.epoch())
                : OptionalLong.empty();
    }
}
