package dev.roost.loadbalancer;

import dev.roost.loadbalancer.SteeringPlan.ReverseTunnel;
import dev.roost.mobileip.Ipv6Address;

/**
 * Something that the controller asks a home agent about a mobile node beside {@link Migration}s: sent like an order, five times, until it
 * is answered.
 *
 * <pre>
 *   QUERY, TAKE_BACK    sent at once
 *   PROBE               sent at once
 *   STOP, FORGET        done when every switch steers by the new binding and the {@link #GRACE_MILLIS grace period} is over
 * </pre>
 *
 * @param homeAgent index of the one that is asked
 * @param address at which it is asked
 * @param number of the order that it is, or the epoch up to which a forwarder is to stop
 * @param forwarder index of the one that forwarded for the home agent that was left
 * @param onBehalfOf address of the home agent that was left
 * @param careOfAddress from which the mobile node may still send packets to that home agent
 * @param epoch up to which the forwarder is to stop; of a question, the one that was known when it was asked
 * @param begunAtMillis when it was first wanted
 * @param tries how often it was sent; 0: it waits for the switches, and then for the grace period
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
        Ipv6Address careOfAddress,
        long epoch,
        long begunAtMillis,
        int tries,
        long dueMillis) {

    /** For packets on their way, and for whom a switch told another port a moment ago; as long as a primary's. */
    static final long GRACE_MILLIS = 3_000;

    /** What it is about. */
    enum Kind {
        /** A home agent where a mobile node is newly bound is asked who forwards for it: it may have been bound there before. */
        QUERY,
        /** A home agent that a mobile node has left is to end what it had delegated. */
        TAKE_BACK,
        /** The forwarder is told to stop in the stead of that home agent, since it does not answer. */
        STOP,
        /**
         * The forwarder is told to stop what it holds with epoch 0, which is nothing, in the stead of a home agent that does not know the
         * mobile node: the answer tells whether it forwards.
         */
        PROBE,
        /** The same as STOP where the representative itself was left: nobody is told, its own primary does that. */
        FORGET;

        /** Whether it waits for the switches. */
        boolean waits() {
            return this == STOP || this == FORGET;
        }
    }

    /** What the mobile node may still send to the home agent that it has left. */
    ReverseTunnel tunnel() {
        return new ReverseTunnel(careOfAddress, onBehalfOf);
    }

    /** Whether the forwarder is still to take that. */
    boolean keepsTunnel() {
        return kind.waits() && tries == 0;
    }

    Touched touched() {
        return kind.waits() ? Touched.reverseTunnel(tunnel()) : Touched.NOTHING;
    }

    /** Every switch steers by the new binding. */
    ForwardingErrand settling(long nowMillis) {
        return sent(0, nowMillis + GRACE_MILLIS);
    }

    ForwardingErrand again(long nowMillis) {
        return sent(tries + 1, nowMillis + (Migration.FIRST_WAIT_MILLIS << tries));
    }

    private ForwardingErrand sent(int newTries, long newDueMillis) {
        return new ForwardingErrand(
                identifier,
                kind,
                homeAddress,
                homeAgent,
                address,
                number,
                forwarder,
                onBehalfOf,
                careOfAddress,
                epoch,
                begunAtMillis,
                newTries,
                newDueMillis);
    }
}
