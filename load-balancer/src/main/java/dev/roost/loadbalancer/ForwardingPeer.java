package dev.roost.loadbalancer;

import dev.roost.delegation.Roles;
import dev.roost.mobileip.Ipv6Address;

/**
 * A home agent as a peer of the forwarding protocol: it is asked by Hello, {@link #TRIES} times in a row, and asked again a while after
 * it has answered, or has not.
 *
 * @param index of the home agent
 * @param address at which it is asked
 * @param speaks whether it has answered the last time
 * @param hasSpoken whether it ever has since it is known
 * @param entries home addresses for which it forwards on behalf of anybody, as it says
 * @param identifier of the Hello that is not answered yet; 0: there is none
 * @param tries how often that was sent
 * @param dueMillis when it is sent again, given up, or the next one begins
 */
record ForwardingPeer(
        int index,
        Ipv6Address address,
        boolean speaks,
        boolean hasSpoken,
        Roles roles,
        long entries,
        long identifier,
        int tries,
        long dueMillis) {

    static final int TRIES = 5;
    static final long FIRST_WAIT_MILLIS = 100;
    /** From an answer to the next question. */
    static final long INTERVAL_MILLIS = 5_000;
    /** From an unanswered question to the next: an unmodified home agent is sent five datagrams in that time. */
    static final long SILENCE_MILLIS = 30_000;
    /** The same for one that has spoken before: it is being restarted, say, and is wanted again. */
    static final long AWAY_MILLIS = 1_000;

    /** From an unanswered question to one that it is asked because it advertises itself. */
    static final long ADVERTISED_MILLIS = 3_000;

    static ForwardingPeer unknown(int index, Ipv6Address address) {
        return new ForwardingPeer(index, address, false, false, Roles.NONE, 0, 0, 0, 0);
    }

    ForwardingPeer asked(long newIdentifier, long nowMillis) {
        return new ForwardingPeer(
                index, address, speaks, hasSpoken, roles, entries, newIdentifier, 1, nowMillis + FIRST_WAIT_MILLIS);
    }

    ForwardingPeer askedAgain(long nowMillis) {
        return new ForwardingPeer(
                index,
                address,
                speaks,
                hasSpoken,
                roles,
                entries,
                identifier,
                tries + 1,
                nowMillis + (FIRST_WAIT_MILLIS << tries));
    }

    /** With no question after this one, until it is given up. */
    ForwardingPeer askedOnce(long newIdentifier, long nowMillis) {
        return new ForwardingPeer(
                index,
                address,
                speaks,
                hasSpoken,
                roles,
                entries,
                newIdentifier,
                TRIES,
                nowMillis + (FIRST_WAIT_MILLIS << (TRIES - 1)));
    }

    ForwardingPeer silent(long nowMillis) {
        long pause = hasSpoken ? AWAY_MILLIS : SILENCE_MILLIS;
        return new ForwardingPeer(index, address, false, hasSpoken, Roles.NONE, 0, 0, 0, nowMillis + pause);
    }

    /** Whether its last question was given up a while ago, and the next one is not near. */
    boolean isLeftInPeace(long nowMillis) {
        return !speaks && !hasSpoken && identifier == 0 && nowMillis >= dueMillis - SILENCE_MILLIS + ADVERTISED_MILLIS;
    }

    ForwardingPeer heard(Roles newRoles, long newEntries, long nowMillis) {
        return new ForwardingPeer(index, address, true, true, newRoles, newEntries, 0, 0, nowMillis + INTERVAL_MILLIS);
    }
}
