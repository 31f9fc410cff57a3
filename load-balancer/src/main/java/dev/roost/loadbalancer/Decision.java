package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What an event comes to. First apply the changes in their order, then remember the durable ones, then carry out the
 * effects.
 */
public record Decision(List<Change> changes, List<Effect> effects) {

    /** Nothing to remember and nothing to do. */
    public static final Decision NONE = new Decision(List.of(), List.of());

    public Decision {
        changes = List.copyOf(changes);
        effects = List.copyOf(effects);
    }

    static Decision of(Effect effect) {
        return new Decision(List.of(), List.of(effect));
    }

    static Decision of(Change change, Effect effect) {
        return new Decision(List.of(change), List.of(effect));
    }

    static Decision of(Change change, Effect effect, Effect another) {
        return new Decision(List.of(change), List.of(effect, another));
    }

    static Decision of(Change change) {
        return new Decision(List.of(change), List.of());
    }

    /** Collects what one event comes to. */
    static final class Builder {

        private final List<Change> changes = new ArrayList<>();
        private final List<Effect> effects = new ArrayList<>();
        private long lastOrder;

        /** A number for an order: higher than all before, in this decision and in others, and no less than the time. */
        long order(long lastBefore, long nowMillis) {
            lastOrder = Math.max(Math.max(lastBefore, lastOrder) + 1, nowMillis);
            return lastOrder;
        }

        /** Whether a binding of this home address is among what it comes to. */
        boolean accepts(Ipv6Address homeAddress) {
            return changes.stream()
                    .anyMatch(change -> change instanceof Change.BindingAccepted accepted
                            && accepted.homeAddress().equals(homeAddress));
        }

        /** The epoch that comes with the forwarder of this home address, if that is among what it comes to. */
        OptionalLong reportedEpoch(Ipv6Address homeAddress) {
            return changes.stream()
                    .filter(change -> change instanceof Change.ForwarderChanged changed
                            && changed.homeAddress().equals(homeAddress))
                    .mapToLong(change -> ((Change.ForwarderChanged) change).epoch())
                    .findFirst();
        }

        Builder change(Change change) {
            changes.add(change);
            return this;
        }

        Builder effect(Effect effect) {
            effects.add(effect);
            return this;
        }

        Builder add(Decision other) {
            changes.addAll(other.changes());
            effects.addAll(other.effects());
            return this;
        }

        Builder count(Reason reason) {
            effects.add(reason.count());
            return this;
        }

        Decision build() {
            return changes.isEmpty() && effects.isEmpty() ? NONE : new Decision(changes, effects);
        }
    }
}
