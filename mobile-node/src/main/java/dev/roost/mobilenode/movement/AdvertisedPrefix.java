package dev.roost.mobilenode.movement;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.PrefixInformation;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A prefix information option with its lifetimes turned into times; {@link Instant#MAX} is an infinite lifetime,
 * {@link Instant#MIN} one that is over, or of which nothing was said.
 *
 * <p>One option speaks to two listeners, who follow different rules: on-link determination (RFC 4861, 6.3.4) believes every lifetime
 * that comes with the L flag; address configuration (RFC 4862, 5.5.3) passes over some options and shortens no lifetime at once.
 *
 * @param onLinkUntil until when its addresses are on the link
 * @param autonomous whether addresses may be made from it
 * @param routerAddress the router's own address in the prefix, when the R flag says that the option carries it (RFC 6275, 7.2)
 */
record AdvertisedPrefix(
        Ipv6Prefix prefix,
        Instant onLinkUntil,
        boolean autonomous,
        Optional<Ipv6Address> routerAddress,
        Instant validUntil,
        Instant preferredUntil) {

    /** RFC 4862, 5.5.3 e: one unauthenticated advertisement does not take more than this off an address's remaining lifetime. */
    private static final Duration SHORTEST_TOLD_LIFETIME = Duration.ofHours(2);

    static AdvertisedPrefix of(PrefixInformation told, Instant now) {
        Instant valid = until(told.validLifetimeSeconds(), now);
        // RFC 4862, 5.5.3 c.
        boolean voidForAddresses = told.preferredLifetimeSeconds() > told.validLifetimeSeconds();
        return new AdvertisedPrefix(
                told.prefix(),
                told.onLink() ? valid : Instant.MIN,
                told.autonomous() && !voidForAddresses,
                told.routerAddress() ? Optional.of(told.address()) : Optional.empty(),
                voidForAddresses ? Instant.MIN : valid,
                voidForAddresses ? Instant.MIN : until(told.preferredLifetimeSeconds(), now));
    }

    private static Instant until(long seconds, Instant now) {
        return seconds == PrefixInformation.INFINITE ? Instant.MAX : now.plusSeconds(seconds);
    }

    AdvertisedPrefix updatedBy(AdvertisedPrefix heard, Instant now) {
        // Without the L flag the option says nothing about who is on the link.
        Instant onLink = heard.onLinkUntil.equals(Instant.MIN) ? onLinkUntil : heard.onLinkUntil;
        if (heard.validUntil.equals(Instant.MIN)) {
            return new AdvertisedPrefix(prefix, onLink, autonomous, routerAddress, validUntil, preferredUntil);
        }
        Instant floor = now.plus(SHORTEST_TOLD_LIFETIME);
        Instant valid = heard.validUntil;
        if (!valid.isAfter(floor) && !valid.isAfter(validUntil)) {
            valid = validUntil.isBefore(floor) ? validUntil : floor;
        }
        return new AdvertisedPrefix(prefix, onLink, heard.autonomous, heard.routerAddress, valid, heard.preferredUntil);
    }

    /** The same with what has run out by now marked as over. */
    AdvertisedPrefix at(Instant now) {
        return new AdvertisedPrefix(
                prefix,
                endedOr(onLinkUntil, now),
                autonomous,
                routerAddress,
                endedOr(validUntil, now),
                endedOr(preferredUntil, now));
    }

    private static Instant endedOr(Instant end, Instant now) {
        return now.isBefore(end) ? end : Instant.MIN;
    }

    /** Whether it still says anything about the link. */
    boolean isKnown(Instant now) {
        return isOnLink(now) || isValid(now);
    }

    boolean isOnLink(Instant now) {
        return now.isBefore(onLinkUntil);
    }

    /** Whether addresses made from it are valid. */
    boolean isValid(Instant now) {
        return now.isBefore(validUntil);
    }

    Stream<Instant> expiries() {
        return Stream.of(onLinkUntil, validUntil, preferredUntil);
    }

    boolean isPreferred(Instant now) {
        return now.isBefore(preferredUntil);
    }
}
