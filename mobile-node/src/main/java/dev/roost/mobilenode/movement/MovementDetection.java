package dev.roost.mobilenode.movement;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.mobilenode.movement.LinkState.Probe;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Finds out which link the interface is on (RFC 6275, 11.5.1), from router advertisements and from routers that fall silent.
 *
 * <p>Goals: notice at the first advertisement that the interface was plugged into another link, although it never went down; and do
 * not take two routers of one link, each with a prefix of its own, for two links.
 *
 * <p>An advertisement of an unknown router that shares no prefix with the link is only a hint. The routers of the link are then asked
 * whether they are still there: if one answers, both are on this link and nothing has changed; if none does within
 * {@link #PROBES} x {@link #PROBE_INTERVAL}, this is another link. The same question is asked when a router that tells its
 * advertisement interval misses {@link AdvertisedRouter#MISSED_ADVERTISEMENTS} of them.
 *
 * <pre>
 *   first advertisement                                        enter the link
 *   known router, other link-layer address, no common prefix   enter the link: same name, different router
 *   unknown router, a common prefix                            one more router of this link
 *   unknown router, no common prefix                           probe; no answer: enter the link
 *   router overdue                                             probe; no answer: forget it; none left: ask for routers
 * </pre>
 */
final class MovementDetection {
    static final Duration PROBE_INTERVAL = Duration.ofMillis(100);
    static final int PROBES = 3;
    /** On one link; more are not kept. */
    static final int MAX_ROUTERS = 16;

    private final MobileNodeSettings settings;
    private final RouterSolicitation solicitation;

    MovementDetection(MobileNodeSettings settings, RouterSolicitation solicitation) {
        this.settings = settings;
        this.solicitation = solicitation;
    }

    void onLinkUp(Step step) {
        if (!step.state().link().up()) {
            changeLink(step, step.state().link().withUp(true));
            step.event(Effect.Event.of("interface-up"));
            solicitation.beginAtOnce(step);
        }
    }

    void onLinkDown(Step step) {
        if (step.state().link().up()) {
            useDefaultRouter(step, Optional.empty());
            changeLink(step, step.state().link().withUp(false));
            step.event(Effect.Event.of("interface-down"));
        }
    }

    void onRouterAdvertisement(Step step, PacketOrigin origin, RouterAdvertisement advertisement) {
        LinkState link = step.state().link();
        if (!link.up()) {
            step.count("router-advertisement-while-down");
            return;
        }
        AdvertisedRouter heard = RouterReading.of(origin, advertisement, step.now());
        if (heard.isDefault(step.now())) {
            solicitation.end(step);
        }
        AdvertisedRouter known = link.routers().get(heard.linkLocalAddress());
        boolean common =
                link.prefixes(step.now()).anyMatch(prefix -> heard.prefixes().containsKey(prefix.prefix()));
        if (link.routers().isEmpty()) {
            if (heard.isUseful(step.now())) {
                enter(step, heard);
            }
        } else if (known != null && (common || known.linkLayerAddress().equals(heard.linkLayerAddress()))) {
            keep(step, known.updatedBy(heard, step.now()));
        } else if (known != null) {
            // Two links may each have a router named fe80::1.
            enter(step, heard);
        } else if (common) {
            keep(step, heard);
        } else if (heard.isUseful(step.now())) {
            doubt(step, heard);
        }
    }

    /** An answer to a probe. */
    void onNeighborAdvertisement(Step step, PacketOrigin origin, Ipv6Address target) {
        LinkState link = step.state().link();
        AdvertisedRouter router = link.routers().get(target);
        if (link.probe().isEmpty()
                || router == null
                || !router.linkLayerAddress().equals(origin.linkLayerSource())) {
            return;
        }
        Probe probe = link.probe().get();
        LinkState heard = link.with(router.heard(step.now()));
        if (probe.newcomer().isPresent()) {
            // The link is still the same one, so the newcomer is a second router of it, with prefixes we have no use
            // for.
            step.count("router-of-other-prefixes");
            changeLink(step, heard.withProbe(Optional.empty()));
            return;
        }
        Set<Ipv6Address> answered = new HashSet<>(probe.answered());
        answered.add(target);
        changeLink(
                step,
                heard.withProbe(Optional.of(new Probe(Optional.empty(), probe.sent(), probe.nextAt(), answered))));
    }

    void advance(Step step) {
        if (!step.state().link().up()) {
            return;
        }
        expire(step);
        LinkState link = step.state().link();
        if (link.probe().isEmpty()
                && link.routers().values().stream().anyMatch(router -> step.isDue(router.overdueAt()))) {
            changeLink(step, link.withProbe(Optional.of(new Probe(Optional.empty(), 0, step.now(), Set.of()))));
        }
        step.state().link().probe().filter(probe -> step.isDue(probe.nextAt())).ifPresent(probe -> {
            if (probe.sent() < PROBES) {
                sendProbes(step, probe);
            } else {
                conclude(step, probe);
            }
        });
        chooseDefaultRouter(step);
    }

    Stream<Instant> deadlines(MobileNodeState state) {
        LinkState link = state.link();
        if (!link.up()) {
            return Stream.empty();
        }
        Stream<Instant> probe = link.probe().map(Probe::nextAt).stream();
        Stream<Instant> routers = link.routers().values().stream()
                .flatMap(router -> Stream.concat(
                        Stream.of(link.probe().isEmpty() ? router.overdueAt() : Instant.MAX), router.expiries()));
        return Stream.concat(probe, routers);
    }

    private void enter(Step step, AdvertisedRouter router) {
        useDefaultRouter(step, Optional.empty());
        LinkState entered = step.state().link().entered(router);
        changeLink(step, entered);
        step.event(Effect.Event.of(
                "link-entered",
                "router",
                router.linkLocalAddress(),
                "prefixes",
                Listing.of(entered.prefixNames(step.now())),
                "place",
                entered.attachment(settings, step.now()) == LinkState.Attachment.HOME ? "home" : "away"));
    }

    private static void keep(Step step, AdvertisedRouter router) {
        LinkState link = step.state().link();
        if (link.routers().size() >= MAX_ROUTERS && !link.routers().containsKey(router.linkLocalAddress())) {
            step.count("routers-full");
            return;
        }
        // A router of this link was heard, so a doubt that a newcomer raised is settled.
        Optional<Probe> probe = link.probe().filter(open -> open.newcomer().isEmpty());
        changeLink(step, link.with(router).withProbe(probe));
    }

    private static void doubt(Step step, AdvertisedRouter newcomer) {
        LinkState link = step.state().link();
        Probe probe = link.probe()
                .map(open -> new Probe(Optional.of(newcomer), open.sent(), open.nextAt(), open.answered()))
                .orElseGet(() -> new Probe(Optional.of(newcomer), 0, step.now(), Set.of()));
        changeLink(step, link.withProbe(Optional.of(probe)));
    }

    private void sendProbes(Step step, Probe probe) {
        LinkState link = step.state().link();
        for (AdvertisedRouter router : link.routers().values()) {
            step.effect(new Effect.SendNeighborSolicitation(
                    router.linkLayerAddress(),
                    settings.linkLocalAddress(),
                    router.linkLocalAddress(),
                    router.linkLocalAddress()));
        }
        changeLink(
                step,
                link.withProbe(Optional.of(new Probe(
                        probe.newcomer(), probe.sent() + 1, step.now().plus(PROBE_INTERVAL), probe.answered()))));
    }

    /** The time to answer is over. */
    private void conclude(Step step, Probe probe) {
        LinkState link = step.state().link().withProbe(Optional.empty());
        changeLink(step, link);
        if (probe.newcomer().isPresent() && probe.answered().isEmpty()) {
            enter(step, probe.newcomer().get());
            return;
        }
        for (AdvertisedRouter router : link.routers().values()) {
            if (step.isDue(router.overdueAt()) && !probe.answered().contains(router.linkLocalAddress())) {
                forget(step, router.linkLocalAddress(), "unreachable");
            }
        }
    }

    private void expire(Step step) {
        LinkState link = step.state().link();
        NavigableMap<Ipv6Address, AdvertisedRouter> routers = new TreeMap<>(link.routers());
        routers.replaceAll((address, router) -> router.withoutExpired(step.now()));
        changeLink(step, link.withRouters(routers));
        for (AdvertisedRouter router : routers.values()) {
            if (!router.isUseful(step.now())) {
                forget(step, router.linkLocalAddress(), "expired");
            }
        }
    }

    private void forget(Step step, Ipv6Address router, String reason) {
        LinkState link = step.state().link();
        NavigableMap<Ipv6Address, AdvertisedRouter> routers = new TreeMap<>(link.routers());
        if (routers.remove(router) == null) {
            return;
        }
        changeLink(step, link.withRouters(routers));
        step.event(Effect.Event.of("router-lost", "router", router, "reason", reason));
        if (routers.isEmpty()) {
            changeLink(step, step.state().link().withProbe(Optional.empty()));
            solicitation.beginAtOnce(step);
        }
    }

    /** Keeps the one in use while it serves; no preference among the others but the order of their addresses. */
    private static void chooseDefaultRouter(Step step) {
        LinkState link = step.state().link();
        boolean stillServes =
                link.gateway().filter(router -> router.isDefault(step.now())).isPresent();
        if (stillServes) {
            return;
        }
        Optional<Ipv6Address> chosen = link.routers().values().stream()
                .filter(router -> router.isDefault(step.now()))
                .map(AdvertisedRouter::linkLocalAddress)
                .findFirst();
        useDefaultRouter(step, chosen);
    }

    private static void useDefaultRouter(Step step, Optional<Ipv6Address> router) {
        if (!router.equals(step.state().link().defaultRouter())) {
            changeLink(step, step.state().link().withDefaultRouter(router));
            step.effect(new Effect.UseDefaultRouter(router));
        }
    }

    private static void changeLink(Step step, LinkState link) {
        step.change(new Change.LinkChanged(link));
    }
}
