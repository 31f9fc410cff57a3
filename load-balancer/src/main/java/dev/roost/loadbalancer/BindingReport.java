package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * What a home agent itself says of one binding: a row of its binding cache, or a notification.
 *
 * @param homeAgent any of its addresses
 * @param lifetime that is left; zero: there is no such binding any more. Who reads a whole table from time to time reports
 *     the rows that are gone in this way
 * @param sequence of the last binding update that was accepted, if it is told
 * @param age how long ago that was; zero if it is not told, or was just now
 */
public record BindingReport(
        Ipv6Address homeAgent,
        Ipv6Address homeAddress,
        Ipv6Address careOfAddress,
        Duration lifetime,
        OptionalInt sequence,
        Duration age) {

    public BindingReport {
        if (lifetime.isNegative() || age.isNegative()) {
            throw new IllegalArgumentException("lifetime and age of a binding: wanted 0 or more");
        }
        if (sequence.orElse(0) >>> 16 != 0) {
            throw new IllegalArgumentException("sequence number: wanted 0 to 65535, got " + sequence.getAsInt());
        }
    }
}
