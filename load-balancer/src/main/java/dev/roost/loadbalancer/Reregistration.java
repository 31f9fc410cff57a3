package dev.roost.loadbalancer;

import dev.roost.loadbalancer.DelegationConfig.UnmodifiedHomeAgents;
import dev.roost.loadbalancer.Effect.Event;
import dev.roost.loadbalancer.Effect.SendBindingAcknowledgement;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.SequenceNumber;
import java.util.List;
import java.util.Optional;

/**
 * Has a mobile node leave a home agent that does not speak the forwarding protocol: a Binding Acknowledgement with status 130 in that
 * home agent's name, with the sequence number of its last binding update, at which real mobile nodes register with the next home agent of
 * their list at once. It is the operator's choice, since it is not hitless, it takes a mobile node that believes what is not
 * authenticated, and what is left of the old binding ends only with its lifetime.
 *
 * <p>Never for bindings of which only addresses were seen: their signalling is protected, and their sequence numbers are unknown.
 */
final class Reregistration {

    private static final long BURST_MILLIS = 1_000;

    private final Tables tables;
    private final ForwardingPeers peers;
    private final MoveBudget budget;

    Reregistration(Tables tables, ForwardingPeers peers, MoveBudget budget) {
        this.tables = tables;
        this.peers = peers;
        this.budget = budget;
    }

    /** Whether this home agent's mobile nodes are sent away like that while it is drained. */
    boolean isFor(HomeAgent homeAgent) {
        return homeAgent.draining
                && tables.config.delegation().unmodifiedHomeAgents() == UnmodifiedHomeAgents.REREGISTER
                && !peers.takesOrders(homeAgent);
    }

    /** How many may be sent away by now. */
    int left(long nowMillis) {
        return budget.left(nowMillis, BURST_MILLIS);
    }

    long freeAtMillis() {
        return budget.freeAtMillis();
    }

    DelegationNote spent(long nowMillis, int moves) {
        return budget.spent(nowMillis, BURST_MILLIS, moves);
    }

    /** Returns whether it is sent away. */
    boolean sendAway(long nowMillis, HomeAgent homeAgent, Binding binding, Decision.Builder decision) {
        Optional<Router> router = tables.routers.newest();
        Change.BindingAccepted facts = binding.facts();
        if (router.isEmpty()
                || facts.evidence() == Evidence.OBSERVED
                || !isToldBySequence(facts)
                || binding.homeAgent() != homeAgent.index()
                || facts.expiresAtMillis() <= nowMillis) {
            return false;
        }
        decision.effect(new SendBindingAcknowledgement(
                        router.get().attachment(),
                        router.get().linkLayerAddress(),
                        facts.homeAgentAddress(),
                        facts.careOfAddress(),
                        Optional.of(facts.homeAddress()),
                        BindingAcknowledgement.of(
                                BindingStatus.INSUFFICIENT_RESOURCES,
                                0,
                                new SequenceNumber(facts.sequence()),
                                BindingLifetime.ZERO,
                                List.of())))
                .effect(Event.info(
                        "mobile-node-sent-elsewhere",
                        "homeAddress",
                        facts.homeAddress(),
                        "homeAgent",
                        facts.homeAgentAddress()));
        return true;
    }

    /** A home agent that tells its bindings by SNMP does not tell their sequence numbers: they then stand at 0. */
    private static boolean isToldBySequence(Change.BindingAccepted facts) {
        return facts.evidence() == Evidence.ACKNOWLEDGED || facts.sequence() != 0;
    }
}
