package dev.roost.mobilenode.movement;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import java.time.Instant;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The link the interface is attached to, as far as routers have told.
 *
 * @param up whether the interface is
 * @param visit counts the links entered; what was found out for an earlier visit must be found out again
 * @param routers heard on this link, by link-local address; empty as long as none was, or when all are gone
 * @param defaultRouter where packets to elsewhere go
 * @param probe under way while it is in doubt whether those routers are still there
 */
record LinkState(
        boolean up,
        long visit,
        NavigableMap<Ipv6Address, AdvertisedRouter> routers,
        Optional<Ipv6Address> defaultRouter,
        Optional<Probe> probe) {

    static final LinkState UNATTACHED =
            new LinkState(false, 0, Collections.emptyNavigableMap(), Optional.empty(), Optional.empty());

    /** Where a mobile node can be. */
    enum Attachment {
        NOWHERE,
        HOME,
        AWAY
    }

    /**
     * Neighbor solicitations to the routers of the link (RFC 4861, 7.3).
     *
     * @param newcomer the router of other prefixes whose advertisement raised the doubt; empty when missing advertisements did
     * @param answered the routers that have answered
     */
    record Probe(Optional<AdvertisedRouter> newcomer, int sent, Instant nextAt, Set<Ipv6Address> answered) {
        Probe {
            answered = Set.copyOf(answered);
        }
    }

    LinkState {
        routers = Collections.unmodifiableNavigableMap(new TreeMap<>(routers));
    }

    Attachment attachment(MobileNodeSettings settings, Instant now) {
        if (!up || routers.isEmpty()) {
            return Attachment.NOWHERE;
        }
        // RFC 6275, 11.5.5: at home when the home subnet prefix is on-link again.
        boolean home = prefixes(now)
                .anyMatch(prefix -> prefix.isOnLink(now) && prefix.prefix().equals(settings.homePrefix()));
        return home ? Attachment.HOME : Attachment.AWAY;
    }

    Stream<AdvertisedPrefix> prefixes(Instant now) {
        return routers.values().stream()
                .flatMap(router -> router.prefixes().values().stream())
                .filter(prefix -> prefix.isKnown(now));
    }

    NavigableSet<Ipv6Prefix> prefixNames(Instant now) {
        NavigableSet<Ipv6Prefix> names = new TreeSet<>();
        prefixes(now).forEach(prefix -> names.add(prefix.prefix()));
        return names;
    }

    Optional<AdvertisedRouter> gateway() {
        return defaultRouter.map(routers::get);
    }

    /** The link-layer address of a router that told this address as its own. */
    Optional<MacAddress> linkLayerAddressOf(Ipv6Address routerAddress) {
        return routers.values().stream()
                .filter(router -> router.prefixes().values().stream()
                        .anyMatch(prefix -> prefix.routerAddress()
                                .filter(routerAddress::equals)
                                .isPresent()))
                .map(AdvertisedRouter::linkLayerAddress)
                .findFirst();
    }

    LinkState withUp(boolean nowUp) {
        return new LinkState(nowUp, visit, Collections.emptyNavigableMap(), Optional.empty(), Optional.empty());
    }

    /** Another link, of which nothing is known but this router. */
    LinkState entered(AdvertisedRouter router) {
        TreeMap<Ipv6Address, AdvertisedRouter> only = new TreeMap<>();
        only.put(router.linkLocalAddress(), router);
        return new LinkState(up, visit + 1, only, Optional.empty(), Optional.empty());
    }

    LinkState with(AdvertisedRouter router) {
        TreeMap<Ipv6Address, AdvertisedRouter> more = new TreeMap<>(routers);
        more.put(router.linkLocalAddress(), router);
        return new LinkState(up, visit, more, defaultRouter, probe);
    }

    LinkState withRouters(NavigableMap<Ipv6Address, AdvertisedRouter> changed) {
        return new LinkState(up, visit, changed, defaultRouter, probe);
    }

    LinkState withDefaultRouter(Optional<Ipv6Address> changed) {
        return new LinkState(up, visit, routers, changed, probe);
    }

    LinkState withProbe(Optional<Probe> changed) {
        return new LinkState(up, visit, routers, defaultRouter, changed);
    }
}
