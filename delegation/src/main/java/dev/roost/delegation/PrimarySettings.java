package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * What a primary is told at start, and anew when its configuration is read again.
 *
 * @param address the primary's own address, at which mobile nodes register
 * @param prefix the home subnet prefix
 * @param mode whether registrations wait for a forwarder
 * @param secondaries to whom it delegates by itself, best first; when there are any, orders may name only these
 * @param controller who may give orders and is told who forwards; empty: nobody
 * @param policy when it delegates by itself
 * @param transmitThreshold packets a second of its own above which {@link Policy#THRESHOLD} delegates
 * @param outerSource whose address mobile nodes see
 * @param gracePeriod how long one that is replaced goes on after everybody was told
 * @param forwardsItself false for a primary without a data plane: it has everything delegated, or refuses
 * @param maximumMobileNodes how many are kept; those beyond are forwarded by the primary and can't be delegated
 */
public record PrimarySettings(
        Ipv6Address address,
        Ipv6Prefix prefix,
        Mode mode,
        List<Ipv6Address> secondaries,
        Optional<Ipv6Address> controller,
        Policy policy,
        double transmitThreshold,
        OuterSource outerSource,
        Duration gracePeriod,
        boolean forwardsItself,
        int maximumMobileNodes) {

    public static final Duration DEFAULT_GRACE_PERIOD = Duration.ofSeconds(3);
    public static final double DEFAULT_TRANSMIT_THRESHOLD = 1000;
    public static final int DEFAULT_MAXIMUM_MOBILE_NODES = 200_000;

    /** Whether a registration waits until somebody forwards. */
    public enum Mode {
        /** Acknowledged at once and forwarded by the primary; delegated later, if at all. */
        LATE,
        /** Acknowledged when a secondary has agreed, or none has. */
        STRICT
    }

    /** When a primary delegates by itself. */
    public enum Policy {
        NONE,
        /** As many mobile nodes with each secondary, and with the primary. */
        EQUAL,
        /** When the primary transmits more than the threshold, until it is below 80 % of it. */
        THRESHOLD,
        /** As many packets a second by each secondary, and by the primary. */
        EVEN,
        /** To the first of the secondaries, as they are listed, that will; for a primary that is told the order. */
        LISTED
    }

    /** The outer source address of a secondary's tunnels. */
    public enum OuterSource {
        /** The primary's, so that a mobile node notices nothing. */
        PRIMARY,
        /** The secondary's own, for mobile nodes that expect it. */
        FORWARDER
    }

    public PrimarySettings {
        secondaries = List.copyOf(new LinkedHashSet<>(secondaries));
        if (!prefix.contains(address)) {
            throw new IllegalArgumentException(address + " is not in " + prefix);
        }
        for (Ipv6Address secondary : secondaries) {
            if (secondary.equals(address) || !prefix.contains(secondary)) {
                throw new IllegalArgumentException(secondary + " is not another address in " + prefix);
            }
        }
        if (gracePeriod.isNegative()) {
            throw new IllegalArgumentException("grace period is not negative: " + gracePeriod);
        }
        if (!forwardsItself && mode != Mode.STRICT) {
            throw new IllegalArgumentException("a primary that does not forward can't acknowledge before others do");
        }
    }

    /** A primary in late mode that delegates when it is ordered to. */
    public static PrimarySettings of(Ipv6Address address, Ipv6Prefix prefix) {
        return new PrimarySettings(
                address,
                prefix,
                Mode.LATE,
                List.of(),
                Optional.empty(),
                Policy.NONE,
                DEFAULT_TRANSMIT_THRESHOLD,
                OuterSource.PRIMARY,
                DEFAULT_GRACE_PERIOD,
                true,
                DEFAULT_MAXIMUM_MOBILE_NODES);
    }
}
