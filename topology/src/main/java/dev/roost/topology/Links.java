package dev.roost.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which port's probes were heard at which other port, and when last.
 *
 * <p>Each direction is its own entry with its own age: a fibre that is broken one way must not look like a link. Sorted throughout, so
 * that what is derived from it does not depend on the order of discovery. Called by {@link Topology} only.
 */
final class Links {

    private final Duration lifetime;
    private final int limit;

    /** Sender of the probe, then receiver, then when it was last received. */
    private final NavigableMap<SwitchPort, NavigableMap<SwitchPort, Instant>> heardBy = new TreeMap<>();

    private int directions;

    Links(Duration lifetime, int limit) {
        this.lifetime = lifetime;
        this.limit = limit;
    }

    /** What became of a probe. */
    enum Outcome {
        NEW,
        REFRESHED,
        /** There is no room for one more direction. */
        FULL
    }

    Outcome onSeen(Instant now, SwitchPort from, SwitchPort to) {
        if (isHeard(from, to)) {
            receivers(from).put(to, now);
            return Outcome.REFRESHED;
        }
        if (directions >= limit) {
            return Outcome.FULL;
        }
        heardBy.computeIfAbsent(from, unused -> new TreeMap<>()).put(to, now);
        directions++;
        return Outcome.NEW;
    }

    /** Drops what no probe has confirmed for a lifetime; says whether anything was. */
    boolean expire(Instant now) {
        return removeIf((from, to, seen) -> !now.isBefore(seen.plus(lifetime)));
    }

    boolean removePort(SwitchPort port) {
        return removeIf((from, to, seen) -> from.equals(port) || to.equals(port));
    }

    boolean removeSwitch(SwitchId id) {
        return removeIf(
                (from, to, seen) -> from.switchId().equals(id) || to.switchId().equals(id));
    }

    Optional<Instant> nextExpiry() {
        return heardBy.values().stream()
                .flatMap(receivers -> receivers.values().stream())
                .min(Instant::compareTo)
                .map(seen -> seen.plus(lifetime));
    }

    /** Every port that sent or received a probe of another switch, even one way only. */
    SortedSet<SwitchPort> ports() {
        SortedSet<SwitchPort> ports = new TreeSet<>();
        heardBy.forEach((from, receivers) -> {
            ports.add(from);
            ports.addAll(receivers.keySet());
        });
        return ports;
    }

    /** Each link once. */
    List<Link> all() {
        List<Link> links = new ArrayList<>();
        heardBy.forEach((from, receivers) -> receivers.keySet().forEach(to -> {
            boolean bothWays = isHeard(to, from);
            if (!bothWays || from.compareTo(to) < 0) {
                links.add(new Link(from, to, bothWays));
            }
        }));
        return List.copyOf(links);
    }

    private boolean isHeard(SwitchPort from, SwitchPort to) {
        return receivers(from).containsKey(to);
    }

    private NavigableMap<SwitchPort, Instant> receivers(SwitchPort from) {
        return heardBy.getOrDefault(from, Collections.emptyNavigableMap());
    }

    private interface Doomed {
        boolean test(SwitchPort from, SwitchPort to, Instant seen);
    }

    private boolean removeIf(Doomed doomed) {
        int before = directions;
        heardBy.forEach((from, receivers) ->
                receivers.entrySet().removeIf(entry -> doomed.test(from, entry.getKey(), entry.getValue())));
        heardBy.values().removeIf(NavigableMap::isEmpty);
        directions = heardBy.values().stream().mapToInt(NavigableMap::size).sum();
        return directions != before;
    }
}
