package dev.roost.openflow.rules;

import java.util.Map;
import java.util.function.BiPredicate;

/** How often what a switch reported was not what it was believed to have. */
final class AuditCounts {

    private long missing;
    private long altered;
    private long unexpected;

    <K, V> void compare(Map<K, V> believed, Map<K, V> reported, BiPredicate<V, V> same) {
        believed.forEach((key, value) -> {
            V found = reported.get(key);
            if (found == null) {
                missing++;
            } else if (!same.test(value, found)) {
                altered++;
            }
        });
        unexpected += reported.keySet().stream()
                .filter(key -> !believed.containsKey(key))
                .count();
    }

    void strays(int count) {
        unexpected += count;
    }

    long missing() {
        return missing;
    }

    long altered() {
        return altered;
    }

    long unexpected() {
        return unexpected;
    }
}
