package dev.roost.homeagent.binding;

import dev.roost.mobileip.Ipv6Address;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All duplicate address detections under way. Any number run side by side, none holds up another: all take equally long and time
 * does not run backwards, so the order in which they began is the order in which they end, and no timer is kept for any of them.
 * {@link BindingUpdateProcessor} counts them against the limit of the binding cache.
 */
final class Detections {
    /** In the order of the deadlines; replacing the update of one under way keeps its place and its deadline. */
    private final Map<Ipv6Address, Detection> byHomeAddress = new LinkedHashMap<>();

    Optional<Detection> find(Ipv6Address homeAddress) {
        return Optional.ofNullable(byHomeAddress.get(homeAddress));
    }

    int size() {
        return byHomeAddress.size();
    }

    Optional<Instant> nextDeadline() {
        return byHomeAddress.isEmpty()
                ? Optional.empty()
                : Optional.of(byHomeAddress.values().iterator().next().deadline());
    }

    /** Those whose address turned out to be free by now, {@code atMost} of them. */
    List<Detection> finished(Instant now, int atMost) {
        List<Detection> finished = new ArrayList<>();
        for (Detection detection : byHomeAddress.values()) {
            if (finished.size() == atMost || detection.deadline().isAfter(now)) {
                break;
            }
            finished.add(detection);
        }
        return finished;
    }

    void put(Detection detection) {
        byHomeAddress.put(detection.homeAddress(), detection);
    }

    void remove(Ipv6Address homeAddress) {
        byHomeAddress.remove(homeAddress);
    }
}
