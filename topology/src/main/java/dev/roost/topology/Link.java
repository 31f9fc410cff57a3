package dev.roost.topology;

import java.util.Optional;

/**
 * A connection between ports of two switches, as probes showed it.
 *
 * @param from the smaller of the two ports when probes came through both ways, else the port whose probe was heard
 * @param bothWays whether probes came through in both directions; packets are only ever routed over links that carry both
 */
public record Link(SwitchPort from, SwitchPort to, boolean bothWays) {

    /** What this port is connected to, if it is one of the two. */
    public Optional<SwitchPort> otherEnd(SwitchPort port) {
        if (port.equals(from)) {
            return Optional.of(to);
        }
        return port.equals(to) ? Optional.of(from) : Optional.empty();
    }
}
