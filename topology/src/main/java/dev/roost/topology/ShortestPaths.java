package dev.roost.topology;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Next hops over the links that carry both ways, all links costing the same.
 *
 * <p>Goals: loop-free even though each switch is asked for itself, and the same answer for the same links whatever the order of
 * discovery. Algorithm: breadth first from the destination gives each switch its distance; the next hop of a switch is the lowest of
 * its port numbers that leads to a switch one nearer. The distance falls with every hop, so no packet can come by twice.
 *
 * <p>Worked case: s1/1 - s2/1, s1/2 - s3/1, s2/2 - s4/1, s3/2 - s4/2. From s4 the distances are s2 1, s3 1, s1 2. Both ports of s1 lead
 * one nearer; the next hop from s1 to s4 is port 1.
 */
final class ShortestPaths {

    /**
     * Switch, then its port in unsigned order, then the neighbors behind it: more than one if a plain switch that lets probes through
     * stands between.
     */
    private final Map<SwitchId, NavigableMap<Integer, Set<SwitchId>>> neighbors = new HashMap<>();

    /** Destination, then switch, then the distance; filled when first asked for. */
    private final Map<SwitchId, Map<SwitchId, Integer>> distances = new HashMap<>();

    ShortestPaths(List<Link> links) {
        for (Link link : links) {
            if (link.bothWays()) {
                connect(link.from(), link.to().switchId());
                connect(link.to(), link.from().switchId());
            }
        }
    }

    /** The port to leave {@code from} by, or nothing if the two are the same or not connected. */
    OptionalInt nextHop(SwitchId from, SwitchId to) {
        Map<SwitchId, Integer> toDestination = distances.computeIfAbsent(to, this::distancesTo);
        Integer distance = toDestination.get(from);
        if (distance == null || distance == 0) {
            return OptionalInt.empty();
        }
        for (Map.Entry<Integer, Set<SwitchId>> port : portsOf(from).entrySet()) {
            if (port.getValue().stream().anyMatch(next -> toDestination.getOrDefault(next, -1) == distance - 1)) {
                return OptionalInt.of(port.getKey());
            }
        }
        throw new IllegalStateException("distance " + distance + " from " + from + " to " + to + " without a neighbor");
    }

    private Map<SwitchId, Integer> distancesTo(SwitchId destination) {
        Map<SwitchId, Integer> found = new HashMap<>(Map.of(destination, 0));
        Deque<SwitchId> open = new ArrayDeque<>(List.of(destination));
        while (!open.isEmpty()) {
            SwitchId nearest = open.remove();
            int next = found.getOrDefault(nearest, 0) + 1;
            for (Set<SwitchId> behindPort : portsOf(nearest).values()) {
                for (SwitchId neighbor : behindPort) {
                    if (found.putIfAbsent(neighbor, next) == null) {
                        open.add(neighbor);
                    }
                }
            }
        }
        return found;
    }

    private NavigableMap<Integer, Set<SwitchId>> portsOf(SwitchId switchId) {
        return neighbors.getOrDefault(switchId, Collections.emptyNavigableMap());
    }

    private void connect(SwitchPort port, SwitchId neighbor) {
        neighbors
                .computeIfAbsent(port.switchId(), unused -> new TreeMap<>(Integer::compareUnsigned))
                .computeIfAbsent(port.port(), unused -> new TreeSet<>())
                .add(neighbor);
    }
}
