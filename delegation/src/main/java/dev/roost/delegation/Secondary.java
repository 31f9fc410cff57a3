package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A home agent in its role of forwarder for others. */
public final class Secondary {
    public Secondary(SecondarySettings settings, LocalBindings bindings) {}

    /** Goes on after a restart: ends what has no place here any more, announces the rest. */
    public DelegationDecision onRestart(Instant now) {
        return DelegationDecision.NOTHING;
    }

    /** A Start or a Stop came in. */
    public DelegationDecision onMessage(Instant now, Ipv6Address peer, ForwardingMessage.Request request) {
        return DelegationDecision.NOTHING;
    }

    /** A mobile node has registered with this very home agent, which is newer than any entry for it. */
    public DelegationDecision onLocalRegistration(Instant now, Ipv6Address homeAddress) {
        return DelegationDecision.NOTHING;
    }

    public DelegationDecision reconfigure(Instant now, SecondarySettings settings) {
        return DelegationDecision.NOTHING;
    }

    /** Handles what is due; a part of it if there is very much, so {@link #nextDeadline} may still be in the past. */
    public DelegationDecision onDeadline(Instant now) {
        return DelegationDecision.NOTHING;
    }

    public Optional<Instant> nextDeadline() {
        return Optional.empty();
    }

    /** The only thing that alters entries. */
    public void apply(DelegationChange.OfSecondary change) {}

    public Optional<ForwardingEntry> entry(Ipv6Address homeAddress) {
        return Optional.empty();
    }

    public int size() {
        return 0;
    }

    /** For how many mobile nodes of this primary it forwards. */
    public int sizeFor(Ipv6Address primary) {
        return 0;
    }

    /** A copy of all entries, in no order. */
    public List<ForwardingEntry> entries() {
        return List.of();
    }

    /** The durable state as changes that rebuild it. */
    public List<DelegationChange> snapshot() {
        return List.of();
    }
}
