package dev.roost.mobilenode.movement;

import dev.roost.mobileip.AdvertisementInterval;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.NdOption;
import dev.roost.mobileip.PrefixInformation;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.mobileip.SourceLinkLayerAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Turns a router advertisement into what a host remembers of it: lifetimes become times. */
final class RouterReading {
    /** Of one router; more are not kept. */
    static final int MAX_PREFIXES = 16;

    private RouterReading() {}

    static AdvertisedRouter of(PacketOrigin origin, RouterAdvertisement advertisement, Instant now) {
        MacAddress linkLayerAddress = origin.linkLayerSource();
        Optional<Duration> interval = Optional.empty();
        NavigableMap<Ipv6Prefix, AdvertisedPrefix> prefixes = new TreeMap<>();
        for (NdOption option : advertisement.options()) {
            if (option instanceof SourceLinkLayerAddress told) {
                linkLayerAddress = told.address();
            } else if (option instanceof AdvertisementInterval told && told.milliseconds() > 0) {
                interval = Optional.of(Duration.ofMillis(told.milliseconds()));
            } else if (option instanceof PrefixInformation told && isUsable(told) && prefixes.size() < MAX_PREFIXES) {
                prefixes.put(told.prefix(), AdvertisedPrefix.of(told, now));
            }
        }
        return new AdvertisedRouter(
                origin.source(),
                linkLayerAddress,
                now.plusSeconds(advertisement.routerLifetimeSeconds()),
                advertisement.managed(),
                now,
                interval,
                prefixes);
    }

    /** RFC 4861, 6.3.4: the link-local prefix is to be ignored. */
    private static boolean isUsable(PrefixInformation told) {
        Ipv6Address address = told.address();
        return !address.isLinkLocal() && !address.isMulticast();
    }
}
