package dev.roost.controller;

import dev.roost.mobileip.MacAddress;
import dev.roost.topology.SwitchPort;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Joins the two ways in which a home agent's packets are counted, by its port and by rules of its own, so that its rate does not jump
 * when another home agent comes to the port or leaves it. What passes between the last count of one way and the first of the other is
 * not counted.
 *
 * <p>Belongs to the loop.
 */
final class CounterContinuity {

    /** A machine at its port. */
    record Machine(SwitchPort port, MacAddress linkLayerAddress) {}

    /** Packets from and to a machine. */
    record Count(long sent, long received) {}

    private static final class Last {
        private boolean shared;
        private long sentAhead;
        private long receivedAhead;
        private Count told = new Count(0, 0);
    }

    private final Map<Machine, Last> byMachine = new HashMap<>();

    /** The count to tell for one that was read. */
    Count join(Machine machine, boolean shared, Count read) {
        Last last = byMachine.get(machine);
        if (last == null) {
            last = new Last();
            last.shared = shared;
            byMachine.put(machine, last);
        } else if (last.shared != shared) {
            last.shared = shared;
            last.sentAhead = last.told.sent() - read.sent();
            last.receivedAhead = last.told.received() - read.received();
        }
        last.told = new Count(read.sent() + last.sentAhead, read.received() + last.receivedAhead);
        return last.told;
    }

    /** Forgets all but these. */
    void keep(Set<Machine> machines) {
        byMachine.keySet().retainAll(machines);
    }
}
