package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.BindingAccepted;
import dev.roost.loadbalancer.Change.BindingReleased;
import dev.roost.loadbalancer.Effect.Event;
import dev.roost.mobileip.Ipv6Address;

/** What holds for a binding however it came to be known. */
final class BindingRules {

    private final Tables tables;

    BindingRules(Tables tables) {
        this.tables = tables;
    }

    Decision accept(HomeAgent homeAgent, BindingAccepted accepted) {
        Binding known = tables.bindings.of(accepted.homeAddress());
        if (known == null && tables.bindings.isFull()) {
            return Reason.BINDINGS_FULL.decision();
        }
        if (known == null) {
            return Decision.of(accepted, registered("mobile-node-registered", accepted, homeAgent));
        }
        if (known.homeAgent() != accepted.homeAgent()
                || !known.facts().careOfAddress().equals(accepted.careOfAddress())) {
            return Decision.of(accepted, registered("mobile-node-moved", accepted, homeAgent));
        }
        return Decision.of(accepted);
    }

    void release(Binding known, BindingReleased.Cause cause, Decision.Builder decision) {
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
