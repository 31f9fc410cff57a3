package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.HomeAgentLearned;
import dev.roost.loadbalancer.Change.HomeAgentRecovered;
import dev.roost.loadbalancer.Change.HomeAgentRemoved;
import dev.roost.loadbalancer.Change.HomeAgentSuspected;
import dev.roost.loadbalancer.Effect.Event;
import dev.roost.loadbalancer.Effect.SendProbe;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.RouterSolicitation;
import dev.roost.mobileip.SourceLinkLayerAddress;
import java.util.List;
import java.util.Optional;

/**
 * Finds out whether a suspect is still a home agent, and has it named to nobody meanwhile. First whether its host is
 * there: unicast neighbor solicitations, as neighbor unreachability detection sends them (RFC 4861, 7.3.3), but faster.
 * The answer to those comes from the host's kernel, whatever became of the daemon; so the daemon is asked then, by router
 * solicitations (RFC 4861, 6.3.7), without a source address so that the answer goes to all nodes and not to an address
 * that is nobody's.
 *
 * <pre>
 *   listed    Router Lifetime falls to 0      suspect, neighbor solicitation 1
 *   suspect   300 ms without an answer        suspect, next neighbor solicitation; after the third: removed
 *   suspect   neighbor advertisement          asked, router solicitation 1
 *   asked     4 s without an advertisement    asked, next router solicitation; after the third: removed
 *   asked     router advertisement, H bit on  listed
 *   either    Router Lifetime more than 0     listed
 *   either    H bit off, lifetime 0 or over   removed
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
                .effect(probe(facts, 1));
    }

    void onDeadline(long nowMillis, HomeAgent homeAgent, Decision.Builder decision) {
        if (homeAgent.probesSent == HomeAgent.PROBES) {
            decision.add(AdvertisementRoutine.removal(homeAgent, HomeAgentRemoved.Cause.PROBES_UNANSWERED));
        } else if (homeAgent.probesSent == HomeAgent.PROBES + HomeAgent.ROUTER_SOLICITATIONS) {
            decision.add(AdvertisementRoutine.removal(homeAgent, HomeAgentRemoved.Cause.SOLICITATIONS_UNANSWERED));
        } else {
            int number = homeAgent.probesSent + 1;
            decision.change(new HomeAgentSuspected(homeAgent.index(), nowMillis, number))
                    .effect(probe(homeAgent.facts(), number));
        }
    }

    Decision onNeighborAdvertisement(long nowMillis, PacketOrigin origin, NeighborAdvertisement advertisement) {
        Optional<HomeAgent> answered = tables.homeAgents
                .withLinkLocalAddress(advertisement.target())
                .filter(homeAgent -> homeAgent.suspect()
                        && !homeAgent.askedToAdvertise()
                        && homeAgent.facts().attachment().equals(origin.port()));
        int first = HomeAgent.PROBES + 1;
        return answered.map(homeAgent -> Decision.of(
                        new HomeAgentSuspected(homeAgent.index(), nowMillis, first), probe(homeAgent.facts(), first)))
                .orElseGet(Reason.ADVERTISEMENT_UNEXPECTED::decision);
    }

    /** The suspect has advertised itself as a home agent, though still with Router Lifetime 0. */
    void onRouterAdvertisement(HomeAgent homeAgent, Decision.Builder decision) {
        if (homeAgent.askedToAdvertise()) {
            decision.change(new HomeAgentRecovered(homeAgent.index()))
                    .effect(Event.info(
                            "home-agent-recovered",
                            "linkLocalAddress",
                            homeAgent.facts().linkLocalAddress()));
        }
    }

    private SendProbe probe(HomeAgentLearned facts, int number) {
        HomeNetworkConfig config = tables.config;
        if (number > HomeAgent.PROBES) {
            return new SendProbe(
                    facts.attachment(),
                    facts.linkLayerAddress(),
                    Ipv6Address.UNSPECIFIED,
                    facts.linkLocalAddress(),
                    new RouterSolicitation(List.of()));
        }
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
