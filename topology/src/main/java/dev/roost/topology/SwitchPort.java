package dev.roost.topology;

import java.util.Comparator;

/**
 * One port of one switch: where a packet came in, or where a home agent is attached.
 *
 * @param port the OpenFlow port number, unsigned: 1 to 0xffffff00, or LOCAL (0xfffffffe), the switch's own network stack; other
 *     reserved ports (CONTROLLER, NORMAL, ...) are not places in the network and do not occur here
 */
public record SwitchPort(SwitchId switchId, int port) implements Comparable<SwitchPort> {

    private static final Comparator<SwitchPort> ORDER =
            Comparator.comparing(SwitchPort::switchId).thenComparing(SwitchPort::port, Integer::compareUnsigned);

    @Override
    public int compareTo(SwitchPort other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return switchId + "/" + Integer.toUnsignedString(port);
    }
}
