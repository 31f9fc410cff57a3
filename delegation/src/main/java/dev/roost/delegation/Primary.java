package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A home agent in its role of primary. */
public final class Primary {
    public Primary(PrimarySettings settings, Identifiers identifiers) {}

    /** Goes on after a restart: the durable changes were applied, these are the registrations that are left. */
    public DelegationDecision onRestart(Instant now, Collection<Registration> registrations) {
        return DelegationDecision.NOTHING;
    }

    /**
     * A mobile node registers, or registers again. The registration may be accepted when the effect {@link
     * DelegationEffect.AdmitRegistration} comes, in late mode at once; the same one again, meanwhile, alters nothing.
     */
    public DelegationDecision onRegistration(Instant now, Registration registration) {
        return DelegationDecision.NOTHING;
    }

    /** A registration is over: released, expired, or given up while it waited. */
    public DelegationDecision onRelease(Instant now, Ipv6Address homeAddress) {
        return DelegationDecision.NOTHING;
    }

    /** An operator wants this home agent to forward; the primary's own address means to take back. */
    public OrderResult delegate(Instant now, Ipv6Address homeAddress, Ipv6Address forwarder) {
        return new OrderResult(DelegationStatus.REFUSED, DelegationDecision.NOTHING);
    }

    /** Whether an order was taken, and what follows from it. */
    public record OrderResult(DelegationStatus status, DelegationDecision decision) {}

    /** An acknowledgement, an order or a Hello came in; the session is the sender's. */
    public DelegationDecision onMessage(Instant now, Ipv6Address peer, long session, ForwardingMessage message) {
        return DelegationDecision.NOTHING;
    }

    /** How many packets this node has put into tunnels since it started; about once a second. */
    public DelegationDecision onTransmitted(Instant now, long packets) {
        return DelegationDecision.NOTHING;
    }

    /** Other secondaries, another policy: for the mobile nodes that are registered, too. */
    public DelegationDecision reconfigure(Instant now, PrimarySettings settings) {
        return DelegationDecision.NOTHING;
    }

    /** Handles what is due; a part of it if there is very much, so {@link #nextDeadline} may still be in the past. */
    public DelegationDecision onDeadline(Instant now) {
        return DelegationDecision.NOTHING;
    }

    /** When {@link #onDeadline} wants to be called next. */
    public Optional<Instant> nextDeadline() {
        return Optional.empty();
    }

    /** The only thing that alters who forwards. */
    public void apply(DelegationChange.OfPrimary change) {}

    /** Whether a request with this identifier waits for its acknowledgement; for {@link MessageProtection#open}. */
    public boolean isOutstanding(long identifier) {
        return false;
    }

    /** What the own tunnel of a mobile node that is bound here has to do; full for one that is not known here. */
    public TunnelRole role(Ipv6Address homeAddress) {
        return TunnelRole.FULL;
    }

    public Optional<Delegation> delegation(Ipv6Address homeAddress) {
        return Optional.empty();
    }

    public int size() {
        return 0;
    }

    /** For how many mobile nodes this home agent is the holder. */
    public int heldBy(Ipv6Address homeAgent) {
        return 0;
    }

    /** The durable state as changes that rebuild it. */
    public List<DelegationChange> snapshot() {
        return List.of();
    }
}
