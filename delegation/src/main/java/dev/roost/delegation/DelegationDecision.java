package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import java.util.ArrayList;
import java.util.List;

/**
 * The answer of a {@link Primary} or a {@link Secondary} to an event: what to remember, then what to send. Nothing has happened yet
 * when it is returned; the caller applies the changes, writes the durable ones down, installs tunnels, and only then acts.
 */
public record DelegationDecision(List<DelegationChange> changes, List<DelegationEffect> effects) {

    public static final DelegationDecision NOTHING = new DelegationDecision(List.of(), List.of());

    static DelegationDecision count(DelegationCounter counter) {
        return new DelegationDecision(List.of(), List.of(new DelegationEffect.Count(counter)));
    }

    static DelegationDecision refuse(
            Ipv6Address peer,
            ForwardingMessage.Request request,
            DelegationStatus status,
            long epoch,
            DelegationCounter counter) {
        return new DelegationDecision(
                List.of(),
                List.of(
                        new DelegationEffect.Count(counter),
                        new DelegationEffect.SendMessage(peer, request.acknowledge(status, epoch))));
    }

    /** Collects what several steps of one event decide. */
    static final class Builder {
        private final List<DelegationChange> changes = new ArrayList<>(2);
        private final List<DelegationEffect> effects = new ArrayList<>(4);

        Builder change(DelegationChange change) {
            changes.add(change);
            return this;
        }

        Builder effect(DelegationEffect effect) {
            effects.add(effect);
            return this;
        }

        Builder send(Ipv6Address peer, ForwardingMessage message) {
            return effect(new DelegationEffect.SendMessage(peer, message));
        }

        Builder count(DelegationCounter counter) {
            return effect(new DelegationEffect.Count(counter));
        }

        Builder add(DelegationDecision decision) {
            changes.addAll(decision.changes);
            effects.addAll(decision.effects);
            return this;
        }

        DelegationDecision build() {
            return changes.isEmpty() && effects.isEmpty() ? NOTHING : new DelegationDecision(changes, effects);
        }
    }
}
