package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.HomeAgentForgotten;
import dev.roost.loadbalancer.Change.HomeAgentLearned;
import dev.roost.loadbalancer.Change.HomeAgentRefreshed;
import dev.roost.loadbalancer.Change.HomeAgentRemoved;
import dev.roost.loadbalancer.Effect.Event;
import dev.roost.mobileip.HomeAgentInformation;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.RouterAdvertisement;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a router advertisement does to the home agents list (RFC 6275, 10.5.1).
 *
 * <pre>
 *   H bit off          listed: remove                  not listed: nothing
 *   lifetime 0         listed: remove                  not listed: nothing
 *   lifetime &gt; 0       listed: reset lifetime,         not listed: add
 *                      preference, add addresses
 * </pre>
 *
 * <p>Preference and lifetime are those of the Home Agent Information option; without it 0 and the Router Lifetime. Beyond
 * the RFC: one whose Router Lifetime falls to 0, though its option still promises a lifetime, becomes a suspect (some
 * daemons end like that, and the lifetime may be 18 hours).
 *
 * <p>The list is guarded: a home agent is what its switch port says it is. The first port at which a link-local address, a
 * link-layer address or a global address is advertised keeps it; whoever claims it from another port is refused, counted
 * and told of, and neither adds, alters nor removes anything. A home agent may move to another port when its own is down or
 * turns out to lead to another switch, or when its lifetime is over and no binding refers to it any more. A global address
 * changes hands only when its owner has left the list and has no bindings, since traffic may be steered by it.
 */
final class AdvertisementRoutine {

    private final Tables tables;
    private final AdvertisedAddresses advertisedAddresses;
    private final Probing probing;

    AdvertisementRoutine(Tables tables, Probing probing) {
        this.tables = tables;
        this.advertisedAddresses = new AdvertisedAddresses(tables);
        this.probing = probing;
    }

    Decision decide(long nowMillis, PacketOrigin origin, RouterAdvertisement advertisement) {
        if (!tables.config.serves(origin.port().switchId())) {
            return Reason.OTHER_SWITCH.decision();
        }
        if (!origin.source().isLinkLocal()) {
            return Reason.ADVERTISEMENT_SOURCE_NOT_LINK_LOCAL.decision();
        }
        if (!tables.config.admits(origin.linkLayerSource(), origin.port())) {
            return notAdmitted(nowMillis, origin, advertisement);
        }
        @Nullable
        HomeAgent known =
                tables.homeAgents.withLinkLocalAddress(origin.source()).orElse(null);
        if (known != null && isElsewhere(known, origin, nowMillis)) {
            return refuse(nowMillis, Reason.HOME_AGENT_AT_OTHER_PORT, origin);
        }
        if (!advertisement.homeAgent()) {
            return remove(known, HomeAgentRemoved.Cause.NOT_A_HOME_AGENT, Reason.ADVERTISEMENT_NOT_OF_HOME_AGENT);
        }
        if (known == null && advertisedAddresses.areAllElsewhere(advertisement)) {
            return Reason.ADVERTISEMENT_OF_OTHER_PREFIXES.decision();
        }
        if (isLinkLayerAddressTaken(nowMillis, origin)) {
            return refuse(nowMillis, Reason.LINK_LAYER_ADDRESS_TAKEN, origin);
        }
        HomeAgentInformation information = advertisement
                .option(HomeAgentInformation.class)
                .orElseGet(() -> new HomeAgentInformation(0, advertisement.routerLifetimeSeconds()));
        if (information.lifetimeSeconds() == 0) {
            return remove(known, HomeAgentRemoved.Cause.LIFETIME_ZERO, Reason.ADVERTISEMENT_WITHOUT_LIFETIME);
        }
        boolean router = advertisement.routerLifetimeSeconds() > 0;
        if (known != null && known.stopped && !router) {
            return Reason.HOME_AGENT_STOPPED.decision();
        }
        return learn(nowMillis, origin, advertisement, information, known);
    }

    /** An ordinary router on the home link is no offender: only who says that it is a home agent here. */
    private Decision notAdmitted(long nowMillis, PacketOrigin origin, RouterAdvertisement advertisement) {
        return advertisement.homeAgent() && !advertisedAddresses.areAllElsewhere(advertisement)
                ? refuse(nowMillis, Reason.HOME_AGENT_NOT_ADMITTED, origin)
                : Reason.HOME_AGENT_NOT_ADMITTED.decision();
    }

    private boolean isElsewhere(HomeAgent known, PacketOrigin origin, long nowMillis) {
        return known.guarded(nowMillis, tables.bindings)
                && !known.facts().attachment().equals(origin.port());
    }

    private boolean isLinkLayerAddressTaken(long nowMillis, PacketOrigin origin) {
        if (origin.linkLayerSource().equals(tables.config.representativeLinkLayerAddress())
                || origin.linkLayerSource().isMulticast()) {
            return true;
        }
        for (HomeAgent other : tables.homeAgents.all()) {
            HomeAgentLearned facts = other.facts();
            if (other.guarded(nowMillis, tables.bindings)
                    && facts.linkLayerAddress().equals(origin.linkLayerSource())
                    && !facts.linkLocalAddress().equals(origin.source())
                    && !facts.attachment().equals(origin.port())) {
                return true;
            }
        }
        return false;
    }

    private Decision refuse(long nowMillis, Reason reason, PacketOrigin origin) {
        Decision.Builder decision = new Decision.Builder();
        Event event = Event.warn(
                "home-agent-refused",
                "reason",
                reason.word(),
                "linkLocalAddress",
                origin.source(),
                "linkLayerAddress",
                origin.linkLayerSource(),
                "port",
                origin.port());
        tables.offenders.refuse(nowMillis, origin.port(), reason, event, decision);
        return decision.build();
    }

    private static Decision remove(@Nullable HomeAgent known, HomeAgentRemoved.Cause cause, Reason otherwise) {
        return known == null || !known.listed ? otherwise.decision() : removal(known, cause);
    }

    static Decision removal(HomeAgent homeAgent, HomeAgentRemoved.Cause cause) {
        return Decision.of(
                new HomeAgentRemoved(homeAgent.index(), cause),
                Event.warn(
                        "home-agent-removed",
                        "linkLocalAddress",
                        homeAgent.facts().linkLocalAddress(),
                        "addresses",
                        homeAgent.facts().globalAddresses(),
                        "cause",
                        cause.word()));
    }

    private Decision learn(
            long nowMillis,
            PacketOrigin origin,
            RouterAdvertisement advertisement,
            HomeAgentInformation information,
            @Nullable HomeAgent known) {
        Decision.Builder decision = new Decision.Builder();
        OptionalInt index = known == null ? newIndex(decision) : OptionalInt.of(known.index());
        if (index.isEmpty()) {
            return Reason.HOME_AGENTS_FULL.decision();
        }
        @Nullable HomeAgent listed = known != null && known.listed ? known : null;
        List<Ipv6Address> before = listed == null ? List.of() : listed.facts().globalAddresses();
        HomeAgentLearned facts = new HomeAgentLearned(
                index.getAsInt(),
                origin.source(),
                origin.linkLayerSource(),
                origin.port(),
                advertisedAddresses.after(nowMillis, advertisement, origin, before, decision),
                information.preference(),
                nowMillis + information.lifetimeSeconds() * 1000L,
                advertisement.routerLifetimeSeconds() > 0,
                known == null ? nowMillis : known.facts().knownSinceMillis());
        Optional<Change> validity = advertisedAddresses.validity(nowMillis, advertisement, facts);
        if (listed == null) {
            decision.change(facts).effect(event("home-agent-learned", facts));
            validity.ifPresent(decision::change);
            return decision.build();
        }
        boolean looksTheSame = looksTheSame(listed.facts(), facts);
        if (looksTheSame && listed.facts().router() == facts.router() && !listed.portDown) {
            decision.change(new HomeAgentRefreshed(facts.index(), facts.expiresAtMillis()));
            validity.ifPresent(decision::change);
            probing.onRouterAdvertisement(listed, decision);
            return decision.build();
        }
        decision.change(facts);
        validity.ifPresent(decision::change);
        if (!facts.router()) {
            probing.onRouterAdvertisement(listed, decision);
        }
        if (!looksTheSame) {
            decision.effect(event("home-agent-changed", facts));
        }
        if (listed.facts().router() && !facts.router()) {
            probing.begin(nowMillis, facts, decision);
        }
        return decision.build();
    }

    private OptionalInt newIndex(Decision.Builder decision) {
        OptionalInt free = tables.homeAgents.freeIndex();
        if (free.isPresent()) {
            return free;
        }
        Optional<HomeAgent> forgettable = tables.homeAgents.forgettable(tables.bindings);
        forgettable.ifPresent(homeAgent -> decision.change(new HomeAgentForgotten(homeAgent.index())));
        return forgettable.map(homeAgent -> OptionalInt.of(homeAgent.index())).orElse(OptionalInt.empty());
    }

    private static boolean looksTheSame(HomeAgentLearned known, HomeAgentLearned facts) {
        return known.linkLayerAddress().equals(facts.linkLayerAddress())
                && known.attachment().equals(facts.attachment())
                && known.globalAddresses().equals(facts.globalAddresses())
                && known.preference() == facts.preference();
    }

    private static Event event(String kind, HomeAgentLearned facts) {
        return Event.info(
                kind,
                "linkLocalAddress",
                facts.linkLocalAddress(),
                "addresses",
                facts.globalAddresses(),
                "linkLayerAddress",
                facts.linkLayerAddress(),
                "preference",
                facts.preference(),
                "port",
                facts.attachment());
    }
}
