package dev.roost.mobilenode.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How often something was dropped or passed over, by reason; the reasons are a closed set of words. One thread. */
final class Counts {
    private final Map<String, Long> byReason = new TreeMap<>();

    void count(String reason) {
        byReason.merge(reason, 1L, Long::sum);
    }

    /** Reasons and numbers, alternating. */
    List<String> fields() {
        List<String> fields = new ArrayList<>();
        byReason.forEach((reason, count) -> {
            fields.add(reason);
            fields.add(Long.toString(count));
        });
        return fields;
    }
}
