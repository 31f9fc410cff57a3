package dev.roost.loadbalancer;

import dev.roost.topology.SwitchId;
import dev.roost.topology.Topology;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Up to when registrations may have gone by unseen at each switch: what is seen are copies, which take a connection. A value, in
 * whose place another one comes with each {@link Change.SightChanged}.
 *
 * <pre>
 *   connected                                 up to when it connected
 *   away, others are connected                up to now, and no longer than {@link #AWAY_MILLIS} after it disconnected
 *   not heard of since, for longer            up to the end of that time: it is gone for good
 *   nothing is connected                      up to now, for however long
 * </pre>
 *
 * <p>When a first switch connects again, the time of all others that are away begins anew: they lost what it had lost.
 *
 * @param limited false: nothing ever goes by unseen, as long as nobody says that there are switches
 * @param connectedSinceMillis those that are connected; as many as there are connections
 * @param awayUntilMillis when those count as gone for good that are not connected; no more than {@link #MOST_AWAY}
 */
record Sight(
        boolean limited, SortedMap<SwitchId, Long> connectedSinceMillis, SortedMap<SwitchId, Long> awayUntilMillis) {

    static final Sight OF_EVERYTHING = new Sight(false, new TreeMap<>(), new TreeMap<>());

    /** As long as its links are kept. */
    static final long AWAY_MILLIS = Topology.DISCONNECTED_LINK_LIFETIME.toMillis();

    /** Of more that are away, those are forgotten that would be gone for good next. */
    static final int MOST_AWAY = 1024;

    Sight {
        connectedSinceMillis = Collections.unmodifiableSortedMap(connectedSinceMillis);
        awayUntilMillis = Collections.unmodifiableSortedMap(awayUntilMillis);
    }

    /** Nothing is connected yet, and these will be. */
    static Sight ofNothing(long nowMillis, Collection<SwitchId> expected) {
        TreeMap<SwitchId, Long> away = new TreeMap<>();
        expected.stream().limit(MOST_AWAY).forEach(id -> away.put(id, nowMillis + AWAY_MILLIS));
        return new Sight(true, new TreeMap<>(), away);
    }

    /** Also of one that was connected already: its new connection takes the place of one that was dead. */
    Sight connected(long nowMillis, SwitchId id) {
        if (!limited) {
            return this;
        }
        TreeMap<SwitchId, Long> connected = new TreeMap<>(connectedSinceMillis);
        TreeMap<SwitchId, Long> away = new TreeMap<>(awayUntilMillis);
        connected.put(id, nowMillis);
        away.remove(id);
        if (connectedSinceMillis.isEmpty()) {
            away.replaceAll((other, until) -> nowMillis + AWAY_MILLIS);
        }
        return new Sight(true, connected, away);
    }

    Sight disconnected(long nowMillis, SwitchId id) {
        if (!connectedSinceMillis.containsKey(id)) {
            return this;
        }
        TreeMap<SwitchId, Long> connected = new TreeMap<>(connectedSinceMillis);
        TreeMap<SwitchId, Long> away = new TreeMap<>(awayUntilMillis);
        connected.remove(id);
        if (away.size() >= MOST_AWAY) {
            away.remove(Collections.min(away.entrySet(), Map.Entry.comparingByValue())
                    .getKey());
        }
        away.put(id, nowMillis + AWAY_MILLIS);
        return new Sight(true, connected, away);
    }

    /** The last moment up to which registrations may have gone by unseen there, no later than now; 0: there was none. */
    long unseenUntilMillis(long nowMillis, SwitchId id) {
        Long since = connectedSinceMillis.get(id);
        if (since != null || !limited) {
            return since == null ? 0 : since;
        }
        return connectedSinceMillis.isEmpty() ? nowMillis : Math.min(nowMillis, awayUntilMillis.getOrDefault(id, 0L));
    }

    /** The same in every process. */
    long stateHash() {
        return Mixing.mix(limited ? 1 : 0, Mixing.mix(stateHash(connectedSinceMillis), stateHash(awayUntilMillis)));
    }

    private static long stateHash(Map<SwitchId, Long> times) {
        long hash = 0;
        for (Map.Entry<SwitchId, Long> time : times.entrySet()) {
            hash = Mixing.mix(hash, Mixing.mix(time.getKey().datapathId(), time.getValue()));
        }
        return hash;
    }
}
