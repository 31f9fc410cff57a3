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
import java.util.function.Predicate;

/**
 * Which port's probes were heard at which other port, and until when that holds.
 *
 * <p>Each direction is its own entry with its own deadline: a fibre that is broken one way must not look like a link. Sorted throughout, so
 * that what is derived from it does not depend on the order of discovery. Called by {@link Topology} only.
 */
final class Links {

    private final Duration lifetime;
    private final int limit;

    /** Sender of the probe, then receiver, then when the direction goes unless it is confirmed before. */
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
            receivers(from).put(to, now.plus(lifetime));
            return Outcome.REFRESHED;
        }
        if (directions >= limit) {
            return Outcome.FULL;
        }
        heardBy.computeIfAbsent(from, unused -> new TreeMap<>()).put(to, now.plus(lifetime));
        directions++;
        return Outcome.NEW;
    }

    /** Nothing can confirm the links of the switch until it is back. */
    void onDisconnected(Instant now, SwitchId id) {
        restart(id, peer -> true, now.plus(Topology.DISCONNECTED_LINK_LIFETIME));
    }

    /** The links of the switch can be confirmed again; those to a switch that is not {@code connected} wait for that one. */
    void onConnected(Instant now, SwitchId id, Predicate<SwitchId> connected) {
        restart(id, connected, now.plus(lifetime));
    }

    private void restart(SwitchId id, Predicate<SwitchId> peers, Instant deadline) {
        heardBy.forEach((from, receivers) -> receivers.replaceAll((to, before) -> {
            boolean concerned = from.switchId().equals(id)
                    ? peers.test(to.switchId())
                    : to.switchId().equals(id) && peers.test(from.switchId());
            return concerned ? deadline : before;
        }));
    }

    /** Drops what was not confirmed in time; says whether anything was. */
    boolean expire(Instant now) {
        return removeIf((from, to, deadline) -> !now.isBefore(deadline));
    }

    void removePort(SwitchPort port) {
        removeIf((from, to, deadline) -> from.equals(port) || to.equals(port));
    }

    Optional<Instant> nextExpiry() {
        return heardBy.values().stream()
                .flatMap(receivers -> receivers.values().stream())
                .min(Instant::compareTo);
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
        boolean test(SwitchPort from, SwitchPort to, Instant deadline);
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
