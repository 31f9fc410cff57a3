package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.HomeAgentRemoved;
import dev.roost.loadbalancer.Change.HomeAgentWeighted;
import dev.roost.loadbalancer.Change.Reconfigured;
import dev.roost.loadbalancer.Effect.Event;
import dev.roost.mobileip.Ipv6Address;
import java.util.List;
import java.util.Optional;

/**
 * What the operator alters while mobile nodes are served: the configuration as a whole, or one weight.
 *
 * <p>Of two weights the last word holds: one that was set while running stands until the configuration gives that home
 * agent another one than it did.
 */
final class Reconfiguration {

    private final Tables tables;

    Reconfiguration(Tables tables) {
        this.tables = tables;
    }

    Decision decide(HomeNetworkConfig config) {
        HomeNetworkConfig before = tables.config;
        if (!before.canBecome(config)) {
            throw new IllegalArgumentException("home network " + before.name()
                    + ": another name, prefix, representative or table limit makes it another home network");
        }
        if (before.equals(config)) {
            return Decision.NONE;
        }
        Decision.Builder decision = new Decision.Builder().change(new Reconfigured(config));
        for (HomeAgent homeAgent : tables.homeAgents.all()) {
            if (homeAgent.listed) {
                admitAgain(homeAgent, config, decision);
            }
            if (homeAgent.weightSet != 0
                    && before.balancing().weightOf(homeAgent.facts())
                            != config.balancing().weightOf(homeAgent.facts())) {
                decision.change(new HomeAgentWeighted(homeAgent.index(), 0));
            }
        }
        return decision.effect(Event.info("home-network-reconfigured")).build();
    }

    Decision setWeight(Ipv6Address address, int weight) {
        BalancingConfig.requireWeight(weight);
        Optional<HomeAgent> homeAgent = tables.homeAgents.withAddress(address);
        if (homeAgent.isEmpty()) {
            return Reason.UNKNOWN_HOME_AGENT.decision();
        }
        if (homeAgent.get().weightSet == weight) {
            return Decision.NONE;
        }
        return Decision.of(
                new HomeAgentWeighted(homeAgent.get().index(), weight),
                Event.info(
                        "home-agent-weighted",
                        "linkLocalAddress",
                        homeAgent.get().facts().linkLocalAddress(),
                        "weight",
                        weight));
    }

    private static void admitAgain(HomeAgent homeAgent, HomeNetworkConfig config, Decision.Builder decision) {
        Change.HomeAgentLearned facts = homeAgent.facts();
        if (!config.serves(facts.attachment().switchId())
                || !config.admits(facts.linkLayerAddress(), facts.attachment())) {
            decision.add(AdvertisementRoutine.removal(homeAgent, HomeAgentRemoved.Cause.NOT_ADMITTED));
            return;
        }
        List<Ipv6Address> admitted = facts.globalAddresses().stream()
                .filter(address -> config.admits(facts.linkLayerAddress(), facts.attachment(), address))
                .toList();
        if (admitted.size() < facts.globalAddresses().size()) {
            decision.add(AdvertisedAddresses.readdressing(homeAgent, admitted));
        }
    }
}
