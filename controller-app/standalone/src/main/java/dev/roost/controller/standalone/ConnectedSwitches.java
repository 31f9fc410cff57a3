package dev.roost.controller.standalone;

import dev.roost.controller.Counters;
import dev.roost.controller.SwitchEvents;
import dev.roost.topology.SwitchId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.projectfloodlight.openflow.protocol.OFPortDesc;

/**
 * Which connection speaks for which datapath id.
 *
 * <p>The newest connection wins: a switch that lost its connection comes again long before the server notices that the
 * old one is dead, and refusing it would leave the switch without a controller until then. Two switches configured with
 * the same datapath id therefore take the place from each other again and again, which
 * {@code roost_openflow_datapath_id_taken_over_total} shows.
 *
 * <p>Called by all event loops; the lock keeps the order of connects and disconnects that the loop is told.
 */
final class ConnectedSwitches {

    private final SwitchEvents events;
    private final LongAdder takenOver;
    private final Map<SwitchId, SwitchSession> sessions = new HashMap<>();

    ConnectedSwitches(SwitchEvents events, Counters counters) {
        this.events = events;
        this.takenOver = counters.counter("roost_openflow_datapath_id_taken_over_total");
    }

    SwitchEvents events() {
        return events;
    }

    synchronized void connected(SwitchSession session, List<OFPortDesc> ports) {
        SwitchSession old = sessions.put(session.id(), session);
        if (old != null) {
            takenOver.increment();
            events.onSwitchDisconnected(old);
            old.disconnect("the same datapath id connected again");
        }
        events.onSwitchConnected(session, ports);
    }

    synchronized void disconnected(SwitchSession session) {
        if (sessions.remove(session.id(), session)) {
            events.onSwitchDisconnected(session);
        }
    }
}
