package dev.roost.openflow.rules;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Which of our places rules of others hold, as far as that was looked at. Called by {@link InstalledState} and its comparison only. */
final class OthersRules {

    private Set<FlowKey> places = new HashSet<>();
    private boolean lookNext = true;

    /** The next audit has to look at the rules of others as well. */
    void lookNext() {
        lookNext = true;
    }

    boolean areToBeLookedAt() {
        return lookNext;
    }

    /** They have been looked at: this is where they are. */
    void found(Set<FlowKey> foreign) {
        places = new HashSet<>(foreign);
        lookNext = false;
    }

    void add(FlowKey key) {
        places.add(key);
    }

    boolean hold(FlowKey key) {
        return places.contains(key);
    }

    Set<FlowKey> places() {
        return places;
    }

    int countOf(Collection<FlowKey> wanted) {
        return (int) places.stream().filter(wanted::contains).count();
    }
}
