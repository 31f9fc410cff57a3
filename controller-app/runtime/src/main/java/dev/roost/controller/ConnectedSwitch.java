package dev.roost.controller;

import dev.roost.mobileip.MacAddress;
import dev.roost.topology.PortDescription;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import org.jspecify.annotations.Nullable;
import org.projectfloodlight.openflow.protocol.OFPortConfig;
import org.projectfloodlight.openflow.protocol.OFPortDesc;
import org.projectfloodlight.openflow.protocol.OFPortState;

/** A connection that the loop uses at present, and what it needs for every packet from there. Belongs to the loop. */
final class ConnectedSwitch {

    private static final int REMEMBERED_PORTS = 1024;

    private final OpenFlowSwitch connection;
    private final @Nullable SwitchPort[] ports = new SwitchPort[REMEMBERED_PORTS];
    private boolean packetsWait;

    ConnectedSwitch(OpenFlowSwitch connection) {
        this.connection = connection;
    }

    /** A port as the switch tells of it. */
    static PortDescription describe(OFPortDesc port) {
        boolean up = !port.getConfig().contains(OFPortConfig.PORT_DOWN)
                && !port.getState().contains(OFPortState.LINK_DOWN);
        return new PortDescription(
                port.getPortNo().getPortNumber(),
                port.getName(),
                new MacAddress(port.getHwAddr().getLong()),
                up);
    }

    OpenFlowSwitch connection() {
        return connection;
    }

    SwitchId id() {
        return connection.id();
    }

    /** The same object each time for the usual port numbers: a packet should not cost one. */
    SwitchPort port(int number) {
        if (number < 0 || number >= REMEMBERED_PORTS) {
            return new SwitchPort(id(), number);
        }
        SwitchPort known = ports[number];
        if (known == null) {
            known = new SwitchPort(id(), number);
            ports[number] = known;
        }
        return known;
    }

    /** Notes that packets were added to be flushed; false if that was noted already. */
    boolean packetAdded() {
        boolean first = !packetsWait;
        packetsWait = true;
        return first;
    }

    void flushPackets() {
        packetsWait = false;
        connection.packetOuts().flush();
    }
}
