package dev.roost.controller;

import dev.roost.topology.SwitchId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The switches that are connected, and which of them have packets waiting for the end of the turn. Belongs to the loop. */
final class SwitchTable {

    private final Map<SwitchId, ConnectedSwitch> switches = new TreeMap<>();
    private final List<ConnectedSwitch> toFlush = new ArrayList<>();
    private @Nullable ConnectedSwitch lastUsed;

    ConnectedSwitch connected(OpenFlowSwitch connection) {
        ConnectedSwitch added = new ConnectedSwitch(connection);
        switches.put(connection.id(), added);
        lastUsed = null;
        return added;
    }

    /** False for a connection that another one has replaced, or that was never told of. */
    boolean disconnected(OpenFlowSwitch connection) {
        if (find(connection) == null) {
            return false;
        }
        switches.remove(connection.id());
        lastUsed = null;
        return true;
    }

    /** What belongs to exactly this connection, if it is in use. */
    @Nullable
    ConnectedSwitch find(OpenFlowSwitch connection) {
        ConnectedSwitch found = find(connection.id());
        return found != null && found.connection() == connection ? found : null;
    }

    @Nullable
    ConnectedSwitch find(SwitchId id) {
        ConnectedSwitch last = lastUsed;
        if (last != null && last.id().equals(id)) {
            return last;
        }
        ConnectedSwitch found = switches.get(id);
        if (found != null) {
            lastUsed = found;
        }
        return found;
    }

    Collection<ConnectedSwitch> all() {
        return switches.values();
    }

    int size() {
        return switches.size();
    }

    /** Adds a packet to what leaves at the end of the turn. */
    void send(ConnectedSwitch to, int inPort, int outPort, byte[] frame, int offset, int length) {
        to.connection().packetOuts().add(inPort, outPort, frame, offset, length);
        if (to.packetAdded()) {
            toFlush.add(to);
        }
    }

    /** Lets all packets of the turn go, one write for each switch. */
    void flush() {
        for (int i = 0; i < toFlush.size(); i++) {
            toFlush.get(i).flushPackets();
        }
        toFlush.clear();
    }
}
