package dev.roost.controller;

import java.util.List;

/**
 * What a new configuration changed, by names of home networks. One whose prefix or representative changed is among the removed and
 * among the added.
 */
public record Reloaded(List<String> added, List<String> changed, List<String> removed, List<String> untouched) {
    public Reloaded {
        added = List.copyOf(added);
        changed = List.copyOf(changed);
        removed = List.copyOf(removed);
        untouched = List.copyOf(untouched);
    }
}
