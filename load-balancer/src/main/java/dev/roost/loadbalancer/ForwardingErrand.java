package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;

/**
 * Something that the controller asks a home agent about a mobile node beside {@link Migration}s: sent like an order, five times, until it
 * is answered.
 *
 * @param homeAgent index of the one that is asked
 * @param address at which it is asked
 * @param number of the order that it is, or the epoch up to which a forwarder is to stop
 * @param forwarder index of the one that forwarded for the home agent that was left
 * @param onBehalfOf address of the home agent that was left
 * @param epoch up to which the forwarder is to stop
 */
record ForwardingErrand(
        long identifier,
        Kind kind,
        Ipv6Address homeAddress,
        int homeAgent,
        Ipv6Address address,
        long number,
        int forwarder,
        Ipv6Address onBehalfOf,
        long epoch,
        int tries,
        long dueMillis) {

    /** What it is about. */
    enum Kind {
        /** A home agent where a mobile node is newly bound is asked who forwards for it: it may have been bound there before. */
        QUERY,
        /** A home agent that a mobile node has left is to end what it had delegated. */
        TAKE_BACK,
        /** The forwarder is told to stop in the stead of that home agent, since it does not answer. */
        STOP
    }

    ForwardingErrand again(long nowMillis) {
        return new ForwardingErrand(
                identifier,
                kind,
                homeAddress,
                homeAgent,
                address,
                number,
                forwarder,
                onBehalfOf,
                epoch,
                tries + 1,
                nowMillis + (Migration.FIRST_WAIT_MILLIS << tries));
    }
}
