package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.AddressesValid;
import dev.roost.loadbalancer.Change.AnswerSent;
import dev.roost.loadbalancer.Change.AttachmentDoubted;
import dev.roost.loadbalancer.Change.BindingAccepted;
import dev.roost.loadbalancer.Change.BindingReleaseSeen;
import dev.roost.loadbalancer.Change.BindingReleased;
import dev.roost.loadbalancer.Change.BindingUpdateSeen;
import dev.roost.loadbalancer.Change.BindingUpdateSettled;
import dev.roost.loadbalancer.Change.DiscoverySourceHeard;
import dev.roost.loadbalancer.Change.ForwarderChanged;
import dev.roost.loadbalancer.Change.HomeAgentDrained;
import dev.roost.loadbalancer.Change.HomeAgentForgotten;
import dev.roost.loadbalancer.Change.HomeAgentLearned;
import dev.roost.loadbalancer.Change.HomeAgentReaddressed;
import dev.roost.loadbalancer.Change.HomeAgentRecovered;
import dev.roost.loadbalancer.Change.HomeAgentRefreshed;
import dev.roost.loadbalancer.Change.HomeAgentRemoved;
import dev.roost.loadbalancer.Change.HomeAgentSuspected;
import dev.roost.loadbalancer.Change.HomeAgentWeighted;
import dev.roost.loadbalancer.Change.LoadSampled;
import dev.roost.loadbalancer.Change.OffenderTold;
import dev.roost.loadbalancer.Change.PortReachability;
import dev.roost.loadbalancer.Change.Reconfigured;
import dev.roost.mobileip.Ipv6Address;

/**
 * The only writer of {@link Tables}. Total and deterministic: a change that refers to nothing known alters nothing, and
 * what it does depends on the tables and the change alone.
 */
final class ChangeApplier implements Change.Visitor {

    private final Tables tables;

    ChangeApplier(Tables tables) {
        this.tables = tables;
    }

    @Override
    public void visit(HomeAgentLearned change) {
        HomeAgent known = tables.homeAgents.at(change.index());
        if (known != null && !known.facts().attachment().equals(change.attachment())) {
            tables.loads.of(change.index()).countersMoved();
        }
        tables.homeAgents.learn(change);
        reweigh(change.index());
    }

    @Override
    public void visit(HomeAgentRefreshed change) {
        tables.homeAgents.with(change.index(), homeAgent -> homeAgent.expiresAtMillis = change.expiresAtMillis());
    }

    @Override
    public void visit(HomeAgentSuspected change) {
        tables.homeAgents.with(change.index(), homeAgent -> {
            homeAgent.probesSent = change.probesSent();
            homeAgent.probedAtMillis = change.probedAtMillis();
        });
    }

    @Override
    public void visit(HomeAgentRecovered change) {
        tables.homeAgents.with(change.index(), homeAgent -> homeAgent.probesSent = 0);
    }

    @Override
    public void visit(HomeAgentRemoved change) {
        tables.homeAgents.with(change.index(), homeAgent -> {
            homeAgent.listed = false;
            homeAgent.probesSent = 0;
            homeAgent.stopped = change.cause() == HomeAgentRemoved.Cause.PROBES_UNANSWERED;
        });
    }

    @Override
    public void visit(HomeAgentForgotten change) {
        tables.homeAgents.forget(change.index());
        tables.loads.forget(change.index());
        tables.delegations.forgetPeer(change.index());
    }

    @Override
    public void visit(HomeAgentDrained change) {
        tables.homeAgents.with(change.index(), homeAgent -> homeAgent.draining = change.draining());
    }

    @Override
    public void visit(HomeAgentWeighted change) {
        tables.homeAgents.with(change.index(), homeAgent -> homeAgent.weightSet = change.weight());
        reweigh(change.index());
    }

    @Override
    public void visit(HomeAgentReaddressed change) {
        tables.homeAgents.readdress(change.index(), change.globalAddresses());
        reweigh(change.index());
    }

    @Override
    public void visit(AddressesValid change) {
        tables.homeAgents.with(change.index(), homeAgent -> homeAgent.valid(change.untilMillis()));
    }

    @Override
    public void visit(AnswerSent change) {
        Ipv6Address careOfAddress = change.careOfAddress();
        boolean bound = tables.bindings.at(careOfAddress) != null;
        if (tables.assignments.put(change, !bound)) {
            int named = change.homeAgents().index(0);
            if (tables.homeAgents.at(named) != null) {
                tables.loads.of(named).answered(change.sentAtMillis());
            }
        }
        tables.sourceLimiter.heard(change.sentAtMillis(), careOfAddress, bound, true);
    }

    @Override
    public void visit(DiscoverySourceHeard change) {
        boolean bound = tables.bindings.at(change.source()) != null;
        tables.sourceLimiter.heard(change.heardAtMillis(), change.source(), bound, change.answered());
    }

    @Override
    public void visit(BindingAccepted change) {
        Binding known = tables.bindings.of(change.homeAddress());
        int before = known == null ? change.homeAgent() : known.homeAgent();
        long updateSeenAtMillis =
                tables.pendingUpdates.seenAtMillis(change.homeAddress(), change.homeAgentAddress(), change.sequence());
        tables.bindings.accept(change, updateSeenAtMillis);
        if (change.evidence() == Evidence.OBSERVED) {
            tables.pendingUpdates.settled(
                    change.homeAddress(), change.homeAgentAddress(), BindingUpdateSeen.HIDDEN_SEQUENCE);
        } else {
            tables.pendingUpdates.accepted(change.homeAddress(), change.sequence());
        }
        tables.assignments.settle(change.careOfAddress());
        bindingsChanged(before);
        bindingsChanged(change.homeAgent());
    }

    @Override
    public void visit(BindingReleased change) {
        Binding released = tables.bindings.release(change.homeAddress());
        if (released != null) {
            bindingsChanged(released.homeAgent());
        }
    }

    @Override
    public void visit(ForwarderChanged change) {
        tables.bindings.forwardedBy(change.homeAddress(), change.forwarder(), change.epoch());
    }

    @Override
    public void visit(Change.RepresentativeChanged change) {
        tables.representative().apply(change.change());
    }

    @Override
    public void visit(Change.BindingDoubted change) {
        tables.bindings.doubted(change.homeAddress());
    }

    @Override
    public void visit(Change.RouterLearned change) {
        tables.routers.learned(change.router());
    }

    @Override
    public void visit(Change.RouterLost change) {
        tables.routers.lost(change.linkLayerAddress());
    }

    @Override
    public void visit(Change.DelegationNoted change) {
        tables.delegations.apply(change.note());
    }

    @Override
    public void visit(BindingUpdateSeen change) {
        tables.pendingUpdates.add(change);
    }

    @Override
    public void visit(BindingUpdateSettled change) {
        tables.pendingUpdates.settled(change.homeAddress(), change.homeAgentAddress(), change.sequence());
    }

    @Override
    public void visit(LoadSampled change) {
        tables.loads.of(change.index()).sampled(change);
    }

    @Override
    public void visit(PortReachability change) {
        for (HomeAgent homeAgent : tables.homeAgents.all()) {
            if (homeAgent.facts().attachment().equals(change.port())) {
                homeAgent.portDown = !change.reachable();
            }
        }
    }

    @Override
    public void visit(AttachmentDoubted change) {
        for (HomeAgent homeAgent : tables.homeAgents.all()) {
            if (homeAgent.facts().attachment().equals(change.port())) {
                homeAgent.attachmentDoubted = true;
            }
        }
    }

    @Override
    public void visit(Reconfigured change) {
        HomeNetworkConfig config = change.config();
        boolean otherKeys = !config.delegation()
                .authentication()
                .equals(tables.config.delegation().authentication());
        tables.config = config;
        if (otherKeys) {
            tables.renewRepresentative();
        }
        tables.loads.reconfigure(config.balancing());
        tables.assignments.reconfigure(config.stickiness(), config.balancing());
        tables.sourceLimiter.reconfigure(config.discoveryLimits());
        tables.homeAgents.changed();
        for (HomeAgent homeAgent : tables.homeAgents.all()) {
            reweigh(homeAgent.index());
        }
    }

    @Override
    public void visit(OffenderTold change) {
        tables.offenders.told(change.port(), change.toldAtMillis());
    }

    @Override
    public void visit(BindingReleaseSeen change) {
        tables.recentReleases.seen(change);
    }

    @Override
    public void visit(Change.BindingProlonged change) {
        tables.bindings.prolong(change.homeAddress(), change.untilMillis());
    }

    @Override
    public void visit(Change.SightChanged change) {
        tables.sight = change.sight();
    }

    private void reweigh(int index) {
        tables.homeAgents.with(
                index,
                homeAgent -> homeAgent.weight = homeAgent.weightSet != 0
                        ? homeAgent.weightSet
                        : tables.config.balancing().weightOf(homeAgent.facts()));
    }

    private void bindingsChanged(int homeAgent) {
        tables.loads.of(homeAgent).bindingsChanged(tables.bindings.countOf(homeAgent));
    }
}
