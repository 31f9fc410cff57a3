package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.HomeAgentLearned;
import dev.roost.loadbalancer.Change.HomeAgentRecovered;
import dev.roost.loadbalancer.Change.HomeAgentRemoved;
import dev.roost.loadbalancer.Change.HomeAgentSuspected;
import dev.roost.loadbalancer.Effect.Event;
import dev.roost.loadbalancer.Effect.SendProbe;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.SourceLinkLayerAddress;
import java.util.List;
import java.util.Optional;

/**
 * Finds out whether a suspect is there: unicast neighbor solicitations, as neighbor unreachability detection sends them
 * (RFC 4861, 7.3.3), but faster.
 *
 * <pre>
 *   listed    Router Lifetime falls to 0      suspect, probe 1
 *   suspect   300 ms without an answer        suspect, next probe; after the third: removed
 *   suspect   neighbor advertisement          listed
 *   suspect   Router Lifetime more than 0     listed
 *   suspect   H bit off, lifetime 0 or over   removed
 * </pre>
 */
final class Probing {

    private final Tables tables;

    Probing(Tables tables) {
        this.tables = tables;
    }

    void begin(long nowMillis, HomeAgentLearned facts, Decision.Builder decision) {
        decision.change(new HomeAgentSuspected(facts.index(), nowMillis, 1))
                .effect(Event.warn("home-agent-suspected", "linkLocalAddress", facts.linkLocalAddress()))
                .effect(probe(facts));
    }

    void onDeadline(long nowMillis, HomeAgent homeAgent, Decision.Builder decision) {
        if (homeAgent.probesSent < HomeAgent.PROBES) {
            decision.change(new HomeAgentSuspected(homeAgent.index(), nowMillis, homeAgent.probesSent + 1))
                    .effect(probe(homeAgent.facts()));
        } else {
            decision.add(AdvertisementRoutine.removal(homeAgent, HomeAgentRemoved.Cause.PROBES_UNANSWERED));
        }
    }

    Decision onNeighborAdvertisement(PacketOrigin origin, NeighborAdvertisement advertisement) {
        Optional<HomeAgent> answered = tables.homeAgents
                .withLinkLocalAddress(advertisement.target())
                .filter(homeAgent ->
                        homeAgent.suspect() && homeAgent.facts().attachment().equals(origin.port()));
        return answered.map(homeAgent -> Decision.of(
                        new HomeAgentRecovered(homeAgent.index()),
                        Event.info(
                                "home-agent-recovered",
                                "linkLocalAddress",
                                homeAgent.facts().linkLocalAddress())))
                .orElseGet(Reason.ADVERTISEMENT_UNEXPECTED::decision);
    }

    private SendProbe probe(HomeAgentLearned facts) {
        HomeNetworkConfig config = tables.config;
        return new SendProbe(
                facts.attachment(),
                facts.linkLayerAddress(),
                config.representativeAddress(),
                facts.linkLocalAddress(),
                new NeighborSolicitation(
                        facts.linkLocalAddress(),
                        List.of(new SourceLinkLayerAddress(config.representativeLinkLayerAddress()))));
    }
}
