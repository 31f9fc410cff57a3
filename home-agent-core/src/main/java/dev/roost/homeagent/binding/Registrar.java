package dev.roost.homeagent.binding;

import dev.roost.delegation.DelegationChange;
import dev.roost.delegation.DelegationChange.ForwardingStarted;
import dev.roost.delegation.DelegationDecision;
import dev.roost.delegation.DelegationEffect;
import dev.roost.delegation.ForwardingEntry;
import dev.roost.homeagent.binding.BindingChange.AdmissionEnded;
import dev.roost.homeagent.binding.BindingChange.AdmissionStarted;
import dev.roost.homeagent.binding.BindingChange.BindingMoved;
import dev.roost.homeagent.binding.BindingChange.BindingRefreshed;
import dev.roost.homeagent.binding.BindingChange.BindingRegistered;
import dev.roost.homeagent.binding.BindingChange.BindingReleased;
import dev.roost.homeagent.binding.BindingChange.DelegationChanged;
import dev.roost.homeagent.binding.BindingChange.SequenceRetained;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.SequenceNumber;
import java.time.Instant;
import java.util.Optional;

/**
 * The last step of a registration that nothing speaks against: binds and acknowledges it, when somebody is ready to forward.
 *
 * <pre>
 *   state      trigger                                         becomes    answer
 *   none       somebody forwards, or nobody needs to be asked  bound      0 or 1
 *   none       a home agent is asked to forward                waiting    later
 *   waiting    the same binding update again, newer number     waiting    later, to the newest one
 *   waiting    another care-of address or lifetime             waiting    later, to that one; or at once
 *   waiting    somebody forwards                               bound      0 or 1
 *   waiting    nobody does, nor can this home agent            none       130
 *   waiting    deregistration                                  none       0
 * </pre>
 *
 * <p>It also turns what a delegation decides into what the home agent decides. Decides only, see {@link HomeAgent}.
 */
final class Registrar {
    private final HomeAgentSettings settings;
    private final BindingCache cache;
    private final BindingAuthenticator authenticator;
    private final Admissions admissions;
    private final Delegations delegations;
    private final OutgoingPackets packets;
    private final ProxyAnnouncements announcements;

    Registrar(
            HomeAgentSettings settings,
            BindingCache cache,
            BindingAuthenticator authenticator,
            Admissions admissions,
            Delegations delegations,
            OutgoingPackets packets,
            ProxyAnnouncements announcements) {
        this.settings = settings;
        this.cache = cache;
        this.authenticator = authenticator;
        this.admissions = admissions;
        this.delegations = delegations;
        this.packets = packets;
        this.announcements = announcements;
    }

    /** Binds at once, or has somebody asked to forward first. */
    Decision register(Instant now, BindingRequest request, Binding binding) {
        Admission admission = new Admission(request, binding);
        if (!delegations.areOn()) {
            return bind(now, admission, true);
        }
        Optional<Admission> waiting = admissions.find(binding.homeAddress());
        if (waiting.filter(known -> known.isRepeatedBy(binding)).isPresent()) {
            return Decision.of(
                    new AdmissionStarted(
                            new Admission(request, waiting.orElseThrow().binding())),
                    new Effect.Count(Counter.ADMISSIONS_REPEATED));
        }
        DelegationDecision delegated = delegations.onRegistration(now, binding);
        Decision.Builder decision = new Decision.Builder();
        if (Admissions.answer(delegated, binding.homeAddress()) == Admissions.Answer.LATER) {
            decision.change(new AdmissionStarted(admission));
        } else if (waiting.isPresent()) {
            decision.change(new AdmissionEnded(binding.homeAddress()));
        }
        translate(now, decision, delegated, Optional.of(admission));
        return decision.build();
    }

    /** What follows for the home agent from what a delegation decided. */
    Decision translate(Instant now, DelegationDecision delegated) {
        if (delegated.changes().isEmpty() && delegated.effects().isEmpty()) {
            return Decision.NOTHING;
        }
        Decision.Builder decision = new Decision.Builder();
        translate(now, decision, delegated, Optional.empty());
        return decision.build();
    }

    /** @param current the registration that was handed over just now, if this is the answer to one */
    private void translate(
            Instant now, Decision.Builder decision, DelegationDecision delegated, Optional<Admission> current) {
        for (DelegationChange change : delegated.changes()) {
            decision.change(new DelegationChanged(change));
            if (change instanceof ForwardingStarted started) {
                supersede(now, decision, started.entry());
            }
        }
        for (DelegationEffect effect : delegated.effects()) {
            if (effect instanceof DelegationEffect.AdmitRegistration admit) {
                Ipv6Address homeAddress = admit.homeAddress();
                boolean speaks = delegations.isHolderAfter(delegated, homeAddress);
                end(decision, homeAddress, current).ifPresent(admission -> decision.add(bind(now, admission, speaks)));
            } else if (effect instanceof DelegationEffect.RefuseRegistration refuse) {
                end(decision, refuse.homeAddress(), current)
                        .ifPresent(admission -> decision.add(refuse(admission.request(), Refusal.NO_RESOURCES)));
            } else if (effect instanceof DelegationEffect.Announce announce) {
                decision.effect(packets.proxyAnnouncement(announce.homeAddress()));
            } else {
                decision.effect(new Effect.OfDelegation(effect));
            }
        }
    }

    /** Whoever has this home agent forward for a mobile node has its newest registration; that of this one is over. */
    private void supersede(Instant now, Decision.Builder decision, ForwardingEntry entry) {
        Ipv6Address homeAddress = entry.homeAddress();
        Optional<Binding> present = cache.find(homeAddress);
        boolean waits = admissions
                .find(homeAddress)
                .filter(admission -> Delegations.isLater(entry, admission.binding()))
                .isPresent();
        if (waits) {
            decision.change(new AdmissionEnded(homeAddress));
        }
        if (present.isPresent()) {
            release(decision, homeAddress, present.orElseThrow().sequence(), BindingReleased.Cause.SUPERSEDED);
        }
        if (waits || (present.isPresent() && admissions.find(homeAddress).isEmpty())) {
            decision.add(translate(now, delegations.onRelease(now, homeAddress)));
        }
    }

    /** Another home agent has the newest registration; one that waits here is newer still. */
    Decision supersede(Instant now, Ipv6Address homeAddress) {
        Decision.Builder decision = new Decision.Builder();
        Optional<Binding> present = cache.find(homeAddress);
        if (present.isPresent() && admissions.find(homeAddress).isEmpty()) {
            release(decision, homeAddress, present.orElseThrow().sequence(), BindingReleased.Cause.SUPERSEDED);
            decision.add(translate(now, delegations.onRelease(now, homeAddress)));
        }
        return decision.build();
    }

    void release(Decision.Builder decision, Ipv6Address homeAddress, int sequence, BindingReleased.Cause cause) {
        decision.change(new BindingReleased(homeAddress, cause));
        if (authenticator.isRequired()) {
            // RFC 6275, 9.5.1 takes any number when there is no binding, which lets old authenticated updates be
            // replayed.
            // Instead such a mobile node is told the last number once (status 135), if it ever starts over.
            decision.change(new SequenceRetained(homeAddress, sequence));
        }
    }

    /** The registration that is answered now; it waits no more. */
    private Optional<Admission> end(Decision.Builder decision, Ipv6Address homeAddress, Optional<Admission> current) {
        if (current.filter(admission -> admission.homeAddress().equals(homeAddress))
                .isPresent()) {
            return current;
        }
        Optional<Admission> waiting = admissions.find(homeAddress);
        if (waiting.isPresent()) {
            decision.change(new AdmissionEnded(homeAddress));
        }
        return waiting;
    }

    /** @param speaks whether this home agent is to say on the home link that it has the mobile node's packets (RFC 6275, 10.4.1) */
    private Decision bind(Instant now, Admission admission, boolean speaks) {
        Binding binding = admission.binding();
        Optional<Binding> present = cache.find(binding.homeAddress());
        Decision.Builder decision = new Decision.Builder();
        if (present.isEmpty()) {
            Binding registered = withSequence(binding, admission.request());
            decision.change(new BindingRegistered(registered));
            if (speaks) {
                decision.add(announcements.first(now, registered));
            }
        } else {
            Binding updated = withSequence(binding, admission.request());
            decision.change(
                    updated.careOfAddress().equals(present.orElseThrow().careOfAddress())
                            ? new BindingRefreshed(updated)
                            : new BindingMoved(updated));
        }
        decision.add(translate(now, delegations.onBound(binding.homeAddress())));
        decision.effect(accepted(admission.request(), binding));
        return decision.build();
    }

    /** The number of the binding update that is acknowledged, which may be newer than the one that was granted first. */
    private static Binding withSequence(Binding binding, BindingRequest request) {
        return new Binding(
                binding.homeAddress(),
                binding.careOfAddress(),
                request.update().sequenceNumber().value(),
                binding.lifetimeSeconds(),
                binding.expiresAtMillis(),
                binding.registeredAtMillis(),
                binding.coversLinkLocal());
    }

    private Effect accepted(BindingRequest request, Binding binding) {
        // RFC 6275, 10.3.1: status 1 if the prefix is deprecated within the lifetime or invalid at its end, compared in
        // units.
        int units = binding.lifetimeSeconds() / BindingLifetime.SECONDS_PER_UNIT;
        int valid = BindingLifetime.atMost(settings.prefixValidLifetime()).units();
        boolean deprecated = units
                > BindingLifetime.atMost(settings.prefixPreferredLifetime()).units();
        boolean invalid = units == valid && valid < BindingLifetime.MAX.units();
        boolean prefixEnds = deprecated || invalid;
        BindingStatus status = prefixEnds
                ? BindingStatus.ACCEPTED_BUT_PREFIX_DISCOVERY_NECESSARY
                : BindingStatus.BINDING_UPDATE_ACCEPTED;
        return acknowledge(request, status, new BindingLifetime(units));
    }

    Effect acknowledge(BindingRequest request, BindingStatus status, BindingLifetime lifetime) {
        return packets.acknowledgement(request, status, request.update().sequenceNumber(), lifetime);
    }

    Decision refuse(BindingRequest request, Refusal refusal) {
        return refuse(request, refusal, request.update().sequenceNumber());
    }

    Decision refuse(BindingRequest request, Refusal refusal, SequenceNumber sequence) {
        return Decision.of(
                new Effect.Count(refusal.counter()),
                packets.acknowledgement(request, refusal.status(), sequence, BindingLifetime.ZERO));
    }
}
