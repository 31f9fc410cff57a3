package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.BindingAccepted;
import dev.roost.loadbalancer.Change.BindingReleaseSeen;
import dev.roost.loadbalancer.Change.BindingReleased;
import dev.roost.loadbalancer.Change.BindingUpdateSeen;
import dev.roost.loadbalancer.Change.BindingUpdateSettled;
import dev.roost.loadbalancer.Effect.SendBindingAcknowledgement;
import dev.roost.mobileip.AlternateCareOfAddress;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.Ipv6Address;
import java.util.List;
import java.util.Optional;

/**
 * Follows registrations as they go by, and answers those that are sent to the representative itself.
 *
 * <pre>
 *   binding update to a home agent          pending
 *   acknowledgement, status below 128       bound (lifetime more than 0) or released (lifetime 0)
 *   acknowledgement, status from 128        the pending update is forgotten
 *   lifetime over                           released
 * </pre>
 *
 * <p>An acknowledgement is believed only from the port of the home agent whose address it has, and only with the home
 * address and sequence number of a binding update that was seen. So nobody on another port can steer a mobile node's
 * packets, whatever addresses he writes.
 */
final class BindingFollower {

    private final HomeNetworkConfig config;
    private final Ipv6Address anycastAddress;
    private final Tables tables;
    private final BindingRules rules;
    private final Representative representative;

    BindingFollower(Tables tables, BindingRules rules, Representative representative) {
        this.representative = representative;
        this.config = tables.config;
        this.anycastAddress = config.anycastAddress();
        this.tables = tables;
        this.rules = rules;
    }

    Decision onBindingUpdate(long nowMillis, PacketOrigin origin, Ipv6Address homeAddress, BindingUpdate update) {
        if (origin.destination().equals(config.representativeAddress())) {
            return forRepresentative(nowMillis, origin, homeAddress, update);
        }
        if (tables.homeAgents.withGlobalAddress(origin.destination()).isEmpty()) {
            return Reason.UPDATE_NOT_TO_HOME_AGENT.decision();
        }
        if (!update.homeRegistration()) {
            return Reason.UPDATE_NOT_HOME_REGISTRATION.decision();
        }
        if (!rules.mayBeHomeAddress(homeAddress)) {
            return Reason.UPDATE_HOME_ADDRESS_ELSEWHERE.decision();
        }
        Ipv6Address careOfAddress = update.option(AlternateCareOfAddress.class)
                .map(AlternateCareOfAddress::careOfAddress)
                .orElse(origin.source());
        if (!careOfAddress.isRoutableUnicast()) {
            return Reason.UPDATE_CARE_OF_ADDRESS_NOT_ROUTABLE.decision();
        }
        Change seen = new BindingUpdateSeen(
                homeAddress,
                careOfAddress,
                origin.destination(),
                update.sequenceNumber().value(),
                nowMillis,
                router(origin));
        return tables.pendingUpdates.wouldEvict(homeAddress, nowMillis)
                ? Decision.of(seen, Reason.PENDING_UPDATE_EVICTED.count())
                : Decision.of(seen);
    }

    private Optional<Router> router(PacketOrigin origin) {
        return config.prefix().contains(origin.source())
                ? Optional.empty()
                : Optional.of(new Router(origin.linkLayerSource(), origin.port()));
    }

    Decision onBindingAcknowledgement(
            long nowMillis, PacketOrigin origin, Ipv6Address homeAddress, BindingAcknowledgement acknowledgement) {
        Optional<HomeAgent> named = tables.homeAgents.withGlobalAddress(origin.source());
        if (named.isEmpty()) {
            return Reason.ACKNOWLEDGEMENT_NOT_FROM_HOME_AGENT.decision();
        }
        HomeAgent homeAgent = named.get();
        if (!homeAgent.facts().attachment().equals(origin.port())) {
            return rules.forged(nowMillis, origin, homeAddress);
        }
        if (!rules.mayBeHomeAddress(homeAddress)) {
            return Reason.ACKNOWLEDGEMENT_HOME_ADDRESS_ELSEWHERE.decision();
        }
        int sequence = acknowledgement.sequenceNumber().value();
        Optional<BindingUpdateSeen> pending =
                tables.pendingUpdates.find(homeAddress, origin.source(), sequence, nowMillis);
        if (pending.isEmpty()) {
            return Reason.ACKNOWLEDGEMENT_WITHOUT_UPDATE.decision();
        }
        Change settled = new BindingUpdateSettled(homeAddress, origin.source(), sequence);
        if (!acknowledgement.status().isAccepted()) {
            return Decision.of(settled, Reason.BINDING_REFUSED.count());
        }
        Binding known = tables.bindings.of(homeAddress);
        if (known != null
                && known.homeAgent() != homeAgent.index()
                && known.updateSeenAtMillis > pending.get().seenAtMillis()) {
            // It took its time: the mobile node has gone on to another home agent since.
            return Decision.of(settled, Reason.ACKNOWLEDGEMENT_OVERTAKEN.count());
        }
        Ipv6Address careOfAddress = pending.get().careOfAddress();
        if (acknowledgement.lifetime().isZero() || careOfAddress.equals(homeAddress)) {
            return release(nowMillis, homeAddress, homeAgent, settled);
        }
        Evidence evidence =
                isToldByAgent(homeAddress, careOfAddress, homeAgent) ? Evidence.AGENT : Evidence.ACKNOWLEDGED;
        Decision accepted = rules.accept(
                nowMillis,
                homeAgent,
                new BindingAccepted(
                        homeAddress,
                        careOfAddress,
                        homeAgent.index(),
                        origin.source(),
                        sequence,
                        nowMillis,
                        nowMillis + acknowledgement.lifetime().toSeconds() * 1000L,
                        evidence));
        return accepted.changes().isEmpty()
                ? new Decision(List.of(settled), accepted.effects())
                : tables.routers.onRegistered(accepted, pending.get().through());
    }

    private boolean isToldByAgent(Ipv6Address homeAddress, Ipv6Address careOfAddress, HomeAgent homeAgent) {
        Binding known = tables.bindings.of(homeAddress);
        return known != null
                && known.facts().evidence() == Evidence.AGENT
                && known.homeAgent() == homeAgent.index()
                && known.facts().careOfAddress().equals(careOfAddress);
    }

    /** Silence would cost the mobile node a minute; status 130 sends it to the next home agent at once. */
    private Decision forRepresentative(
            long nowMillis, PacketOrigin origin, Ipv6Address homeAddress, BindingUpdate update) {
        Ipv6Address source = origin.source();
        boolean atHome = source.equals(homeAddress);
        boolean mayBeAnswered = source.isRoutableUnicast()
                && homeAddress.isRoutableUnicast()
                && !source.equals(config.representativeAddress())
                && !source.equals(anycastAddress)
                && (atHome || !config.prefix().contains(source));
        if (!mayBeAnswered) {
            return Reason.UPDATE_SOURCE_NOT_ROUTABLE.decision();
        }
        if (representative.serves()) {
            return representative.onBindingUpdate(nowMillis, origin, homeAddress, update);
        }
        return Decision.of(new SendBindingAcknowledgement(
                origin.port(),
                origin.linkLayerSource(),
                config.representativeAddress(),
                source,
                atHome ? Optional.empty() : Optional.of(homeAddress),
                BindingAcknowledgement.of(
                        BindingStatus.INSUFFICIENT_RESOURCES,
                        0,
                        update.sequenceNumber(),
                        BindingLifetime.ZERO,
                        List.of())));
    }

    /** A home agent that the mobile node has left for another one releases nothing of the other's. */
    private Decision release(long nowMillis, Ipv6Address homeAddress, HomeAgent homeAgent, Change settled) {
        Change seen = new BindingReleaseSeen(homeAddress, homeAgent.index(), nowMillis);
        Binding known = tables.bindings.of(homeAddress);
        if (known == null || known.homeAgent() != homeAgent.index()) {
            return new Decision(List.of(settled, seen), List.of(Reason.RELEASE_WITHOUT_BINDING.count()));
        }
        Decision.Builder decision = new Decision.Builder().change(settled).change(seen);
        rules.release(nowMillis, known, BindingReleased.Cause.DEREGISTERED, decision);
        return decision.build();
    }
}
