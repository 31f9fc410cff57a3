package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.OffenderTold;
import dev.roost.loadbalancer.Effect.Event;
import dev.roost.topology.SwitchPort;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Ports from which something was claimed that is another's, and when that was told last: each is told at most once a
 * minute, and counted each time. Soft.
 *
 * <p>When there are more than the table holds, the one that was told longest ago makes room, and may then be told again
 * early; there are no more offenders than ports on edge switches.
 */
final class Offenders {

    static final long SILENCE_MILLIS = 60_000;

    private static final int MOST = 1024;

    /** In the order in which they were told. */
    private final Map<SwitchPort, Long> toldAtMillis = new LinkedHashMap<>();

    private boolean mayBeTold(SwitchPort port, long nowMillis) {
        Long told = toldAtMillis.get(port);
        return told == null || nowMillis - told >= SILENCE_MILLIS;
    }

    /** Counts a refusal, and tells it unless the port was told of lately. */
    void refuse(long nowMillis, SwitchPort port, Reason reason, Event event, Decision.Builder decision) {
        decision.count(reason);
        if (mayBeTold(port, nowMillis)) {
            decision.change(new OffenderTold(port, nowMillis)).effect(event);
        }
    }

    void told(SwitchPort port, long nowMillis) {
        toldAtMillis.remove(port);
        if (toldAtMillis.size() >= MOST) {
            toldAtMillis.remove(toldAtMillis.keySet().iterator().next());
        }
        toldAtMillis.put(port, nowMillis);
    }

    long stateHash() {
        return toldAtMillis.hashCode();
    }
}
