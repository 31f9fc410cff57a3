package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import java.time.Instant;
import java.util.Optional;

/**
 * A home agent as its peers see it: a {@link Primary}, a {@link Secondary}, or both, behind one address. It routes messages to the role
 * that they are for, and answers Hello. The loop thread calls everything.
 */
public final class ForwardingNode {
    private final Optional<Primary> primary;
    private final Optional<Secondary> secondary;
    private long packetsTransmitted;

    public ForwardingNode(Optional<Primary> primary, Optional<Secondary> secondary) {
        this.primary = primary;
        this.secondary = secondary;
    }

    /** A genuine message came in. */
    public DelegationDecision onMessage(Instant now, Ipv6Address peer, long session, ForwardingMessage message) {
        return DelegationDecision.NOTHING;
    }

    /** How many packets this node has put into tunnels since it started; to be called about once a second. */
    public DelegationDecision onTransmitted(Instant now, long packets) {
        packetsTransmitted = packets;
        return primary.map(role -> role.onTransmitted(now, packetsTransmitted)).orElse(DelegationDecision.NOTHING);
    }

    public DelegationDecision onDeadline(Instant now) {
        return DelegationDecision.NOTHING;
    }

    public Optional<Instant> nextDeadline() {
        return Optional.empty();
    }

    /** The only thing that alters who forwards. */
    public void apply(DelegationChange change) {
        if (change instanceof DelegationChange.OfPrimary ofPrimary) {
            primary.orElseThrow().apply(ofPrimary);
        } else if (change instanceof DelegationChange.OfSecondary ofSecondary) {
            secondary.orElseThrow().apply(ofSecondary);
        }
    }

    /** For {@link MessageProtection#open}. */
    public boolean isOutstanding(long identifier) {
        return primary.filter(role -> role.isOutstanding(identifier)).isPresent();
    }
}
