package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;

/**
 * A fact that alters the state of a {@link Primary} or a {@link Secondary} once it is applied. Durable ones go to the journal, so that
 * they outlive the process ({@link DelegationChangeCodec}); the tunnels to install follow from them too.
 */
public sealed interface DelegationChange {

    Ipv6Address homeAddress();

    boolean durable();

    /** What only a {@link Primary} applies. */
    sealed interface OfPrimary extends DelegationChange {}

    /** What only a {@link Secondary} applies. */
    sealed interface OfSecondary extends DelegationChange {}

    /**
     * Who forwards, or may still forward, for a mobile node; after it {@link Primary#role} may be another one.
     *
     * @param durable whether what outlives the process is among what changed
     */
    record ForwardersChanged(Delegation delegation, boolean durable) implements OfPrimary {
        @Override
        public Ipv6Address homeAddress() {
            return delegation.homeAddress();
        }
    }

    /** A mobile node is registered here no more, and nobody forwards for it. */
    record DelegationForgotten(Ipv6Address homeAddress, boolean durable) implements OfPrimary {}

    /** A secondary forwards for a mobile node from now on, or does it with other addresses or for another time. */
    record ForwardingStarted(ForwardingEntry entry) implements OfSecondary {
        @Override
        public Ipv6Address homeAddress() {
            return entry.homeAddress();
        }

        @Override
        public boolean durable() {
            return true;
        }
    }

    /** A secondary does not forward for a mobile node any more. */
    record ForwardingStopped(Ipv6Address homeAddress, Cause cause) implements OfSecondary {
        public enum Cause {
            /** The primary, or the controller in its stead, said so. */
            TOLD,
            /** The duration is over. */
            EXPIRED,
            /** The mobile node registered here itself, or it has no place in this home network any more. */
            YIELDED
        }

        @Override
        public boolean durable() {
            return true;
        }
    }
}
