package dev.roost.mobilenode.movement;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A prefix information option with its lifetimes turned into times; {@link Instant#MAX} is an infinite lifetime,
 * {@link Instant#MIN} one that is over.
 *
 * @param routerAddress the router's own address in the prefix, when the R flag says that the option carries it (RFC 6275, 7.2)
 */
record AdvertisedPrefix(
        Ipv6Prefix prefix,
        boolean onLink,
        boolean autonomous,
        Optional<Ipv6Address> routerAddress,
        Instant validUntil,
        Instant preferredUntil) {

    /** RFC 4862, 5.5.3 e: one unauthenticated advertisement does not take more than this off an address's remaining lifetime. */
    private static final Duration SHORTEST_TOLD_LIFETIME = Duration.ofHours(2);

    AdvertisedPrefix updatedBy(AdvertisedPrefix heard, Instant now) {
        Instant floor = now.plus(SHORTEST_TOLD_LIFETIME);
        Instant valid = heard.validUntil;
        if (!valid.isAfter(floor) && !valid.isAfter(validUntil)) {
            valid = validUntil.isBefore(floor) ? validUntil : floor;
        }
        return new AdvertisedPrefix(
                prefix, heard.onLink, heard.autonomous, heard.routerAddress, valid, heard.preferredUntil);
    }

    AdvertisedPrefix deprecated() {
        return new AdvertisedPrefix(prefix, onLink, autonomous, routerAddress, validUntil, Instant.MIN);
    }

    boolean isValid(Instant now) {
        return now.isBefore(validUntil);
    }

    boolean isPreferred(Instant now) {
        return now.isBefore(preferredUntil);
    }
}
