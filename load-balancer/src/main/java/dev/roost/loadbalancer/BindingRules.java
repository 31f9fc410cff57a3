package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.BindingAccepted;
import dev.roost.loadbalancer.Change.BindingReleased;
import dev.roost.loadbalancer.Change.DelegationNoted;
import dev.roost.loadbalancer.Change.ForwarderChanged;
import dev.roost.loadbalancer.DelegationNote.EpochKept;
import dev.roost.loadbalancer.DelegationNote.ReportSettled;
import dev.roost.loadbalancer.Effect.Event;
import dev.roost.mobileip.Ipv6Address;

/** What holds for a binding however it came to be known. */
final class BindingRules {

    /** Longer than any datagram is on its way. */
    private static final long EPOCH_KEPT_MILLIS = 60_000;

    private final Tables tables;
    private final Migrations migrations;
    private final ForwardingErrands errands;

    BindingRules(Tables tables, Migrations migrations, ForwardingErrands errands) {
        this.tables = tables;
        this.migrations = migrations;
        this.errands = errands;
    }

    Decision accept(long nowMillis, HomeAgent homeAgent, BindingAccepted accepted) {
        Binding known = tables.bindings.of(accepted.homeAddress());
        if (known == null && tables.bindings.isFull()) {
            return Reason.BINDINGS_FULL.decision();
        }
        if (known == null) {
            Decision.Builder decision = new Decision.Builder().change(accepted);
            begin(nowMillis, accepted, homeAgent, decision);
            return decision.effect(registered("mobile-node-registered", accepted, homeAgent))
                    .build();
        }
        if (known.homeAgent() != accepted.homeAgent()
                || !known.facts().careOfAddress().equals(accepted.careOfAddress())) {
            Decision.Builder decision = new Decision.Builder();
            if (known.homeAgent() != accepted.homeAgent()) {
                leave(known, nowMillis, decision);
            }
            decision.change(accepted);
            if (known.homeAgent() != accepted.homeAgent()) {
                begin(nowMillis, accepted, homeAgent, decision);
            } else if (known.doubted) {
                errands.ask(nowMillis, accepted, homeAgent, decision);
            }
            return decision.effect(registered("mobile-node-moved", accepted, homeAgent))
                    .build();
        }
        if (known.doubted) {
            Decision.Builder decision = new Decision.Builder().change(accepted);
            errands.ask(nowMillis, accepted, homeAgent, decision);
            return decision.build();
        }
        return Decision.of(accepted);
    }

    /** What the home agent may still have delegated from the last time that it had this mobile node. */
    private void begin(long nowMillis, BindingAccepted accepted, HomeAgent homeAgent, Decision.Builder decision) {
        long epoch = tables.delegations.epochKept(accepted.homeAddress(), homeAgent.index(), nowMillis);
        if (epoch != 0) {
            decision.change(new ForwarderChanged(accepted.homeAddress(), homeAgent.index(), epoch));
        }
        errands.onNew(nowMillis, accepted, homeAgent, decision);
    }

    /** What the home agent that is left had others do for this mobile node is over. */
    private void leave(Binding known, long nowMillis, Decision.Builder decision) {
        migrations.onBindingEnded(nowMillis, known.homeAddress(), "registered-elsewhere", decision);
        errands.onLeft(nowMillis, known, decision);
        settleReport(nowMillis, known, decision);
    }

    private void settleReport(long nowMillis, Binding known, Decision.Builder decision) {
        if (known.epoch() != 0) {
            decision.change(new DelegationNoted(new EpochKept(
                    known.homeAddress(), known.homeAgent(), known.epoch(), nowMillis + EPOCH_KEPT_MILLIS)));
        }
        if (tables.delegations.report(known.homeAddress()) != null) {
            decision.change(new DelegationNoted(new ReportSettled(known.homeAddress())));
        }
    }

    void release(long nowMillis, Binding known, BindingReleased.Cause cause, Decision.Builder decision) {
        migrations.onBindingEnded(nowMillis, known.homeAddress(), "released", decision);
        settleReport(nowMillis, known, decision);
        decision.change(new BindingReleased(known.homeAddress(), known.homeAgent(), cause))
                .effect(released(known.facts(), cause));
    }

    /** An acknowledgement in a home agent's name that comes in elsewhere. */
    Decision forged(long nowMillis, PacketOrigin origin, Ipv6Address homeAddress) {
        Decision.Builder decision = new Decision.Builder();
        Event event = Event.warn(
                "acknowledgement-refused",
                "homeAgent",
                origin.source(),
                "homeAddress",
                homeAddress,
                "port",
                origin.port());
        tables.offenders.refuse(nowMillis, origin.port(), Reason.ACKNOWLEDGEMENT_AT_OTHER_PORT, event, decision);
        return decision.build();
    }

    /** Never an address that something on the home link has for itself. */
    boolean mayBeHomeAddress(Ipv6Address homeAddress) {
        HomeNetworkConfig config = tables.config;
        return config.prefix().contains(homeAddress)
                && homeAddress.isRoutableUnicast()
                && !homeAddress.equals(config.representativeAddress())
                && !homeAddress.equals(config.anycastAddress())
                && tables.homeAgents.withGlobalAddress(homeAddress).isEmpty();
    }

    private static Event registered(String kind, BindingAccepted accepted, HomeAgent homeAgent) {
        return Event.info(
                kind,
                "homeAddress",
                accepted.homeAddress(),
                "careOfAddress",
                accepted.careOfAddress(),
                "homeAgent",
                accepted.homeAgentAddress(),
                "port",
                homeAgent.facts().attachment());
    }

    private static Event released(BindingAccepted binding, BindingReleased.Cause cause) {
        return Event.info(
                "mobile-node-released",
                "homeAddress",
                binding.homeAddress(),
                "homeAgent",
                binding.homeAgentAddress(),
                "cause",
                cause.word());
    }
}
