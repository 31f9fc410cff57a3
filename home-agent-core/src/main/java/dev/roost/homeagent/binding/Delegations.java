package dev.roost.homeagent.binding;

import dev.roost.delegation.Delegation;
import dev.roost.delegation.DelegationChange;
import dev.roost.delegation.DelegationChange.ForwardersChanged;
import dev.roost.delegation.DelegationDecision;
import dev.roost.delegation.ForwardingEntry;
import dev.roost.delegation.ForwardingMessage;
import dev.roost.delegation.ForwardingNode;
import dev.roost.delegation.Identifiers;
import dev.roost.delegation.Primary;
import dev.roost.delegation.Registration;
import dev.roost.delegation.Secondary;
import dev.roost.delegation.TunnelRole;
import dev.roost.mobileip.Ipv6Address;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Who forwards: for the mobile nodes bound here, and for those of others. It holds a {@link Primary} and a {@link Secondary}, or
 * neither, and answers what the rest of the home agent wants to know: whom to speak for on the home link, and which tunnel to have.
 *
 * <pre>
 *   the mobile node is     forwarded by        on the home link    tunnel
 *   bound here             this home agent     speaks for it       full
 *   bound here             another, and this   silent              full, until everybody knows
 *   bound here             another             silent              takes out only
 *   bound at another       this home agent     speaks for it       full, in the other's name
 * </pre>
 */
final class Delegations {
    /** A primary says Hello every second to who forwards for it. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private final Ipv6Address self;
    private final BindingCache cache;
    private final Optional<Primary> primary;
    private final Optional<Secondary> secondary;
    private final ForwardingNode node;
    /** When each home agent that speaks the protocol was heard last; there are no more than {@code MessageProtection} keeps. */
    private final Map<Ipv6Address, Instant> heardAt = new HashMap<>();

    private Instant startedAt = Instant.MIN;
    private Instant latest = Instant.MIN;

    Delegations(
            HomeAgentSettings settings, BindingCache cache, Optional<DelegationRoles> roles, Identifiers identifiers) {
        this.self = settings.address();
        this.cache = cache;
        primary = roles.map(both -> new Primary(both.primary(), identifiers));
        secondary = roles.flatMap(DelegationRoles::secondary)
                .map(forSecondary -> new Secondary(forSecondary, this::refreshedAtMillis));
        node = new ForwardingNode(primary, secondary);
    }

    private OptionalLong refreshedAtMillis(Ipv6Address homeAddress) {
        return cache.find(homeAddress)
                .map(binding -> OptionalLong.of(refreshedAtMillis(binding)))
                .orElse(OptionalLong.empty());
    }

    private static long refreshedAtMillis(Binding binding) {
        return binding.expiresAtMillis() - binding.lifetimeSeconds() * 1000L;
    }

    /** Whether registrations have to be handed to {@link #onRegistration} before they are acknowledged. */
    boolean areOn() {
        return primary.isPresent();
    }

    /** Whether this home agent is the one to answer for a home address on the home link. */
    boolean speaksFor(Ipv6Address homeAddress) {
        return forwardsForOthers(homeAddress) || (cache.contains(homeAddress) && isHolder(homeAddress));
    }

    /** Whether this home agent is the one that forwards for a mobile node that is bound here. */
    private boolean isHolder(Ipv6Address homeAddress) {
        return delegation(homeAddress)
                .filter(delegation -> !delegation.holder().equals(self))
                .isEmpty();
    }

    /** The same once a decision is applied. */
    boolean isHolderAfter(DelegationDecision decision, Ipv6Address homeAddress) {
        boolean holder = isHolder(homeAddress);
        for (DelegationChange change : decision.changes()) {
            if (change instanceof ForwardersChanged changed
                    && changed.homeAddress().equals(homeAddress)) {
                holder = changed.delegation().holder().equals(self);
            }
        }
        return holder;
    }

    boolean forwardsForOthers(Ipv6Address homeAddress) {
        return secondary.flatMap(role -> role.entry(homeAddress)).isPresent();
    }

    /**
     * Whether a home address is to be kept from those who test it. Not if its home agent is not heard any more: then its mobile node
     * registers with another one, whose test of the address must not fail.
     */
    boolean defends(Ipv6Address homeAddress) {
        Optional<ForwardingEntry> entry = entry(homeAddress);
        return entry.isEmpty()
                || heardAt.getOrDefault(entry.orElseThrow().primary(), startedAt)
                        .plus(SILENCE)
                        .isAfter(latest);
    }

    Optional<HomeAgentTunnel> tunnel(Ipv6Address homeAddress) {
        Optional<ForwardingEntry> entry = secondary.flatMap(role -> role.entry(homeAddress));
        return entry.isPresent()
                ? Optional.of(tunnel(entry.orElseThrow()))
                : cache.find(homeAddress).flatMap(this::tunnel);
    }

    /** Whether packets for a home address that come here are put into a tunnel. */
    boolean tunnelsTo(Ipv6Address homeAddress) {
        return tunnel(homeAddress).filter(tunnel -> !tunnel.receiveOnly()).isPresent();
    }

    private static HomeAgentTunnel tunnel(ForwardingEntry entry) {
        return new HomeAgentTunnel(entry.homeAddress(), entry.careOfAddress(), entry.tunnelSource(), false);
    }

    private Optional<HomeAgentTunnel> tunnel(Binding binding) {
        TunnelRole role =
                primary.map(known -> known.role(binding.homeAddress())).orElse(TunnelRole.FULL);
        return role == TunnelRole.NONE
                ? Optional.empty()
                : Optional.of(new HomeAgentTunnel(
                        binding.homeAddress(), binding.careOfAddress(), self, role == TunnelRole.RECEIVE_ONLY));
    }

    /** All tunnels there are to be. */
    List<HomeAgentTunnel> tunnels() {
        List<HomeAgentTunnel> tunnels = new ArrayList<>();
        for (ForwardingEntry entry : secondary.map(Secondary::entries).orElse(List.of())) {
            tunnels.add(tunnel(entry));
        }
        for (Binding binding : cache.all()) {
            if (!forwardsForOthers(binding.homeAddress())) {
                tunnel(binding).ifPresent(tunnels::add);
            }
        }
        return tunnels;
    }

    /** The delegation of a mobile node that is bound here, if anything is known of it. */
    Optional<Delegation> delegation(Ipv6Address homeAddress) {
        return primary.flatMap(role -> role.delegation(homeAddress));
    }

    Optional<ForwardingEntry> entry(Ipv6Address homeAddress) {
        return secondary.flatMap(role -> role.entry(homeAddress));
    }

    int entryCount() {
        return secondary.map(Secondary::size).orElse(0);
    }

    /** For how many of the mobile nodes bound here others forward. */
    int delegatedCount() {
        return primary.map(role -> role.size() - role.heldBy(self)).orElse(0);
    }

    DelegationDecision onRegistration(Instant now, Binding binding) {
        return primary.orElseThrow().onRegistration(now, registration(binding));
    }

    private static Registration registration(Binding binding) {
        return new Registration(
                binding.homeAddress(),
                binding.careOfAddress(),
                binding.expiresAtMillis(),
                refreshedAtMillis(binding),
                true);
    }

    /** The mobile node is bound here now, so what another primary had wanted before is over, whatever its clock says. */
    DelegationDecision onBound(Ipv6Address homeAddress) {
        Optional<ForwardingEntry> entry = entry(homeAddress);
        return entry.isEmpty()
                ? DelegationDecision.NOTHING
                : secondary
                        .orElseThrow()
                        .onLocalRegistration(homeAddress, entry.orElseThrow().registeredAtMillis() + 1);
    }

    /** Whether another primary's entry is of a later registration than this one. */
    static boolean isLater(ForwardingEntry entry, Binding binding) {
        return entry.registeredAtMillis() > refreshedAtMillis(binding);
    }

    DelegationDecision onRelease(Instant now, Ipv6Address homeAddress) {
        return primary.map(role -> role.onRelease(now, homeAddress)).orElse(DelegationDecision.NOTHING);
    }

    DelegationDecision onMessage(Instant now, Ipv6Address peer, long session, ForwardingMessage message) {
        heardAt.put(peer, now);
        return areOn() ? node.onMessage(now, peer, session, message) : DelegationDecision.NOTHING;
    }

    DelegationDecision onTransmitted(Instant now, long packets) {
        latest = now;
        return node.onTransmitted(now, packets);
    }

    DelegationDecision onDeadline(Instant now) {
        return node.onDeadline(now);
    }

    Optional<Instant> nextDeadline() {
        return node.nextDeadline();
    }

    /** After a restart: the primary's part, then the secondary's. */
    List<DelegationDecision> onRestart(Instant now, Collection<Binding> bindings) {
        startedAt = now;
        List<DelegationDecision> decisions = new ArrayList<>(2);
        primary.ifPresent(role -> decisions.add(role.onRestart(
                now, bindings.stream().map(Delegations::registration).toList())));
        secondary.ifPresent(role -> decisions.add(role.onRestart(now)));
        return decisions;
    }

    List<DelegationDecision> reconfigure(Instant now, DelegationRoles roles) {
        List<DelegationDecision> decisions = new ArrayList<>(2);
        primary.ifPresent(role -> decisions.add(role.reconfigure(now, roles.primary())));
        secondary.ifPresent(
                role -> roles.secondary().ifPresent(settings -> decisions.add(role.reconfigure(now, settings))));
        return decisions;
    }

    boolean isOutstanding(long identifier) {
        return node.isOutstanding(identifier);
    }

    /** What was remembered of delegations is of no use to a home agent that does not delegate any more. */
    void apply(DelegationChange change) {
        boolean hasRole = change instanceof DelegationChange.OfPrimary ? primary.isPresent() : secondary.isPresent();
        if (hasRole) {
            node.apply(change);
        }
    }

    List<BindingChange> snapshot() {
        List<BindingChange> changes = new ArrayList<>();
        primary.ifPresent(
                role -> role.snapshot().forEach(change -> changes.add(new BindingChange.DelegationChanged(change))));
        secondary.ifPresent(
                role -> role.snapshot().forEach(change -> changes.add(new BindingChange.DelegationChanged(change))));
        return changes;
    }
}
