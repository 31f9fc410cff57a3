package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;

/** Something that leaves a {@link Primary} or a {@link Secondary}. */
public sealed interface DelegationEffect {

    /** A message to protect and to send; it may get lost. */
    record SendMessage(Ipv6Address peer, ForwardingMessage message) implements DelegationEffect {}

    /** The registration that waits may be accepted and acknowledged now: somebody is ready to forward. */
    record AdmitRegistration(Ipv6Address homeAddress) implements DelegationEffect {}

    /** The registration that waits is to be refused for lack of resources: nobody forwards, and this node does not either. */
    record RefuseRegistration(Ipv6Address homeAddress) implements DelegationEffect {}

    /** Say on the home link that the home address is at this node: one unsolicited neighbor advertisement (RFC 6275, 10.4.1). */
    record Announce(Ipv6Address homeAddress) implements DelegationEffect {}

    /** A secondary is heard, or is not heard any more, or began anew; for people. */
    record PeerChanged(Ipv6Address peer, State state) implements DelegationEffect {
        public enum State {
            HEARD,
            SILENT,
            RESTARTED
        }
    }

    /** Something happened that is worth a count. */
    record Count(DelegationCounter counter) implements DelegationEffect {}
}
