package dev.roost.mobilenode.movement;

import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.SequenceNumber;
import java.time.Instant;

/**
 * One row of the binding update list (RFC 6275, 11.1): a home agent that may hold a binding for us.
 *
 * @param sequence of the latest binding update to this home agent
 * @param requested the lifetime that update asked for
 * @param sentAt when it left; lifetimes count from here (RFC 6275, 11.7.3)
 * @param confirmed whether the home agent has accepted this care-of address; until then the row is temporary
 * @param expiresAt when the home agent drops the binding, if it hears no more; a guess on the long side while temporary
 * @param refreshAt when to ask for more time
 */
record BindingUpdateListEntry(
        Ipv6Address homeAgent,
        Ipv6Address careOfAddress,
        SequenceNumber sequence,
        BindingLifetime requested,
        Instant sentAt,
        boolean confirmed,
        Instant expiresAt,
        Instant refreshAt) {

    BindingUpdateListEntry withSequence(SequenceNumber changed) {
        return new BindingUpdateListEntry(
                homeAgent, careOfAddress, changed, requested, sentAt, confirmed, expiresAt, refreshAt);
    }

    BindingUpdateListEntry confirmed(Instant newExpiry, Instant newRefresh) {
        return new BindingUpdateListEntry(
                homeAgent, careOfAddress, sequence, requested, sentAt, true, newExpiry, newRefresh);
    }
}
