package dev.roost.delegation;

import dev.roost.delegation.ForwardingMessage.Acknowledgement;
import dev.roost.delegation.ForwardingMessage.DelegationOrder;
import dev.roost.delegation.ForwardingMessage.Hello;
import dev.roost.delegation.ForwardingMessage.HelloAcknowledgement;
import dev.roost.delegation.ForwardingMessage.Request;
import dev.roost.delegation.ForwardingMessage.StartForwarding;
import dev.roost.delegation.ForwardingMessage.StopForwarding;
import dev.roost.delegation.ForwardingMessage.UnusableRequest;
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
        if (message instanceof UnusableRequest unusable) {
            return new DelegationDecision.Builder()
                    .count(DelegationCounter.REFUSED_INCOMPLETE)
                    .send(peer, unusable.refusal())
                    .build();
        } else if (message instanceof Hello hello) {
            return new DelegationDecision.Builder()
                    .send(peer, answer(peer, hello))
                    .build();
        } else if (secondary.isPresent() && (message instanceof StartForwarding || message instanceof StopForwarding)) {
            return secondary.orElseThrow().onMessage(now, peer, (Request) message);
        } else if (primary.isPresent() && (message instanceof DelegationOrder || message instanceof Acknowledgement)) {
            return primary.orElseThrow().onMessage(now, peer, session, message);
        } else if (message instanceof Request request) {
            return DelegationDecision.refuse(
                    peer, request, DelegationStatus.REFUSED, 0, DelegationCounter.REFUSED_NOT_ADDRESSEE);
        }
        return DelegationDecision.count(DelegationCounter.IGNORED_ACKNOWLEDGEMENT);
    }

    private HelloAcknowledgement answer(Ipv6Address peer, Hello hello) {
        return new HelloAcknowledgement(
                hello.identifier(),
                DelegationStatus.ACCEPTED,
                roles(),
                packetsTransmitted,
                secondary.map(role -> role.sizeFor(peer)).orElse(0),
                allEntries());
    }

    private Roles roles() {
        return new Roles(primary.isPresent(), secondary.isPresent());
    }

    private int allEntries() {
        return secondary.map(Secondary::size).orElse(0);
    }

    /** How many packets this node has put into tunnels since it started; to be called about once a second. */
    public DelegationDecision onTransmitted(Instant now, long packets) {
        packetsTransmitted = packets;
        return primary.map(role -> role.onTransmitted(now, packetsTransmitted)).orElse(DelegationDecision.NOTHING);
    }

    /** Handles what is due in either role. */
    public DelegationDecision onDeadline(Instant now) {
        DelegationDecision.Builder decision = new DelegationDecision.Builder();
        primary.ifPresent(role -> {
            role.introduce(roles(), allEntries());
            decision.add(role.onDeadline(now));
        });
        secondary.ifPresent(role -> decision.add(role.onDeadline(now)));
        return decision.build();
    }

    /** When {@link #onDeadline} wants to be called next. */
    public Optional<Instant> nextDeadline() {
        Optional<Instant> one = primary.flatMap(Primary::nextDeadline);
        Optional<Instant> other = secondary.flatMap(Secondary::nextDeadline);
        return one.isEmpty() || (other.isPresent() && other.orElseThrow().isBefore(one.orElseThrow())) ? other : one;
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
