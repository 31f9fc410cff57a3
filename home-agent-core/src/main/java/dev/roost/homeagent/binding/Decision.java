package dev.roost.homeagent.binding;

import java.util.ArrayList;
import java.util.List;

/**
 * The answer of a {@link HomeAgent} to an event: what to remember, then what to send. Nothing has happened yet when it is
 * returned; the caller applies the changes, writes the durable ones down, and only then sends.
 */
public record Decision(List<BindingChange> changes, List<Effect> effects) {

    public static final Decision NOTHING = new Decision(List.of(), List.of());

    static Decision of(Effect... effects) {
        return new Decision(List.of(), List.of(effects));
    }

    static Decision of(BindingChange change, Effect... effects) {
        return new Decision(List.of(change), List.of(effects));
    }

    public static Decision count(Counter counter) {
        return of(new Effect.Count(counter));
    }

    /** Collects what several steps of one event decide. */
    static final class Builder {
        private final List<BindingChange> changes = new ArrayList<>();
        private final List<Effect> effects = new ArrayList<>();

        void change(BindingChange change) {
            changes.add(change);
        }

        void effect(Effect effect) {
            effects.add(effect);
        }

        void add(Decision decision) {
            changes.addAll(decision.changes);
            effects.addAll(decision.effects);
        }

        Decision build() {
            return changes.isEmpty() && effects.isEmpty() ? NOTHING : new Decision(changes, effects);
        }
    }
}
