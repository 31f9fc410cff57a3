package dev.roost.homeagent.binding;

import dev.roost.delegation.DelegationChange;
import dev.roost.mobileip.Ipv6Address;

/**
 * A fact that alters the state of a {@link HomeAgent} once it is applied. Durable ones go to the journal, so that they outlive the
 * process; the tunnels to install follow from them too.
 */
public sealed interface BindingChange {

    Ipv6Address homeAddress();

    default boolean durable() {
        return true;
    }

    /** A mobile node without a binding got one. */
    record BindingRegistered(Binding binding) implements BindingChange {
        @Override
        public Ipv6Address homeAddress() {
            return binding.homeAddress();
        }
    }

    /** A bound mobile node is at another care-of address now. */
    record BindingMoved(Binding binding) implements BindingChange {
        @Override
        public Ipv6Address homeAddress() {
            return binding.homeAddress();
        }
    }

    /** A bound mobile node registered the same care-of address again. */
    record BindingRefreshed(Binding binding) implements BindingChange {
        @Override
        public Ipv6Address homeAddress() {
            return binding.homeAddress();
        }
    }

    /** A binding is over. */
    record BindingReleased(Ipv6Address homeAddress, Cause cause) implements BindingChange {
        public enum Cause {
            DEREGISTERED,
            EXPIRED,
            /** The mobile node has registered with another home agent since, which has this one forward for it. */
            SUPERSEDED
        }
    }

    /** The binding of an authenticated mobile node is over, but its old binding updates must not be taken again. */
    record SequenceRetained(Ipv6Address homeAddress, int sequence) implements BindingChange {}

    /** An authenticated binding update with this timestamp was taken; none older is, while the clocks' tolerance lasts (RFC 4285, 6). */
    record TimestampAccepted(Ipv6Address homeAddress, long ntpTimestamp) implements BindingChange {
        /** A replay after a restart still fails at its sequence number. */
        @Override
        public boolean durable() {
            return false;
        }
    }

    /** Duplicate address detection began, or goes on for a newer binding update of the same mobile node. */
    record DetectionStarted(Detection detection) implements BindingChange {
        @Override
        public Ipv6Address homeAddress() {
            return detection.homeAddress();
        }

        /** A mobile node repeats its binding update until it is acknowledged, so nothing is lost with it. */
        @Override
        public boolean durable() {
            return false;
        }
    }

    /** A registration is granted and waits until somebody is ready to forward; or a newer binding update takes its place. */
    record AdmissionStarted(Admission admission) implements BindingChange {
        @Override
        public Ipv6Address homeAddress() {
            return admission.homeAddress();
        }

        /** A mobile node repeats its binding update until it is acknowledged, so nothing is lost with it. */
        @Override
        public boolean durable() {
            return false;
        }
    }

    /** A registration waits no more: bound, refused, or given up by its mobile node. */
    record AdmissionEnded(Ipv6Address homeAddress) implements BindingChange {
        @Override
        public boolean durable() {
            return false;
        }
    }

    /** Another home agent forwards for a mobile node that is bound here, or this one for another's, or does not any more. */
    record DelegationChanged(DelegationChange change) implements BindingChange {
        @Override
        public Ipv6Address homeAddress() {
            return change.homeAddress();
        }

        @Override
        public boolean durable() {
            return change.durable();
        }
    }

    /** Duplicate address detection is over: address free, address taken, or nobody wants to know any more. */
    record DetectionEnded(Ipv6Address homeAddress) implements BindingChange {
        @Override
        public boolean durable() {
            return false;
        }
    }
}
