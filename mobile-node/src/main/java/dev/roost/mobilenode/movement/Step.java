package dev.roost.mobilenode.movement;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One event being decided: the state as it will be once the changes so far are applied, and what is to be said so far. It lives
 * for one call of {@link MobileNode} and is never seen outside.
 */
final class Step {
    private final Instant now;
    private final List<Change> changes = new ArrayList<>();
    private final List<Effect> effects = new ArrayList<>();
    private MobileNodeState state;

    Step(Instant now, MobileNodeState state) {
        this.now = now;
        this.state = state;
    }

    Instant now() {
        return now;
    }

    MobileNodeState state() {
        return state;
    }

    boolean isDue(Instant deadline) {
        return !now.isBefore(deadline);
    }

    /** Records a change, unless nothing would be different after it. */
    void change(Change change) {
        MobileNodeState changed = change.appliedTo(state);
        if (!changed.equals(state)) {
            state = changed;
            changes.add(change);
        }
    }

    void effect(Effect effect) {
        effects.add(effect);
    }

    void event(Effect.Event event) {
        effects.add(event);
    }

    void count(String reason) {
        effects.add(new Effect.Count(reason));
    }

    Decision decision() {
        return new Decision(changes, effects);
    }
}
