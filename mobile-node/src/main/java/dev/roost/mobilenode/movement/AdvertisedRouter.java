package dev.roost.mobilenode.movement;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A router that was heard on the link.
 *
 * @param defaultUntil until when it is a default router; {@link Instant#MIN} once that is over
 * @param managed the M flag: addresses are to be had by DHCPv6 (RFC 4861, 4.2)
 * @param heardAt when it last gave a sign of life: an advertisement, or an answer to a neighbor solicitation
 * @param advertisementInterval the longest time between its advertisements, when it tells (RFC 6275, 7.3)
 */
record AdvertisedRouter(
        Ipv6Address linkLocalAddress,
        MacAddress linkLayerAddress,
        Instant defaultUntil,
        boolean managed,
        Instant heardAt,
        Optional<Duration> advertisementInterval,
        NavigableMap<Ipv6Prefix, AdvertisedPrefix> prefixes) {

    /** Advertisements that may be lost before the router is asked whether it is still there (RFC 6275, 11.5.1). */
    static final int MISSED_ADVERTISEMENTS = 3;

    AdvertisedRouter {
        prefixes = Collections.unmodifiableNavigableMap(new TreeMap<>(prefixes));
    }

    boolean isDefault(Instant now) {
        return now.isBefore(defaultUntil);
    }

    boolean isUseful(Instant now) {
        return isDefault(now) || prefixes.values().stream().anyMatch(prefix -> prefix.isKnown(now));
    }

    /** Its next sign of life is late from here on; {@link Instant#MAX} when it promised none. */
    Instant overdueAt() {
        return advertisementInterval
                .map(interval -> heardAt.plus(interval.multipliedBy(MISSED_ADVERTISEMENTS)))
                .orElse(Instant.MAX);
    }

    /** What is known after another of its advertisements: prefixes that it leaves out stay (RFC 4861, 6.3.4). */
    AdvertisedRouter updatedBy(AdvertisedRouter heard, Instant now) {
        NavigableMap<Ipv6Prefix, AdvertisedPrefix> merged = new TreeMap<>(prefixes);
        heard.prefixes.forEach(
                (prefix, latest) -> merged.merge(prefix, latest, (before, after) -> before.updatedBy(after, now)));
        return new AdvertisedRouter(
                linkLocalAddress,
                heard.linkLayerAddress,
                heard.defaultUntil,
                heard.managed,
                heard.heardAt,
                heard.advertisementInterval,
                merged);
    }

    AdvertisedRouter heard(Instant now) {
        return new AdvertisedRouter(
                linkLocalAddress, linkLayerAddress, defaultUntil, managed, now, advertisementInterval, prefixes);
    }

    /** The same without what has run out by now. */
    AdvertisedRouter withoutExpired(Instant now) {
        NavigableMap<Ipv6Prefix, AdvertisedPrefix> valid = new TreeMap<>(prefixes);
        valid.values().removeIf(prefix -> !prefix.isKnown(now));
        valid.replaceAll((name, prefix) -> prefix.at(now));
        return new AdvertisedRouter(
                linkLocalAddress,
                linkLayerAddress,
                isDefault(now) ? defaultUntil : Instant.MIN,
                managed,
                heardAt,
                advertisementInterval,
                valid);
    }

    /** When any of it runs out. */
    Stream<Instant> expiries() {
        return Stream.concat(Stream.of(defaultUntil), prefixes.values().stream().flatMap(AdvertisedPrefix::expiries))
                .filter(expiry -> expiry.isAfter(Instant.MIN));
    }
}
