package dev.roost.mobilenode.movement;

import java.util.List;

/**
 * What an event leads to. The caller applies the changes in their order, then lets the effects happen in theirs.
 */
public record Decision(List<Change> changes, List<Effect> effects) {
    public Decision {
        changes = List.copyOf(changes);
        effects = List.copyOf(effects);
    }
}
