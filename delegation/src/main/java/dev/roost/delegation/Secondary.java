package dev.roost.delegation;

import dev.roost.delegation.DelegationChange.ForwardingStarted;
import dev.roost.delegation.DelegationChange.ForwardingStopped;
import dev.roost.delegation.DelegationEffect.Announce;
import dev.roost.delegation.ForwardingMessage.Request;
import dev.roost.delegation.ForwardingMessage.StartForwarding;
import dev.roost.delegation.ForwardingMessage.StopForwarding;
import dev.roost.mobileip.Ipv6Address;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A home agent in its role of forwarder for mobile nodes that are registered with others.
 *
 * <p>For each home address it has an entry or none:
 *
 * <pre>
 *   state     event                                          then
 *   none      Start, all well                                entry; announced at once, after 1 s and 3 s
 *   none      Start that was stopped before it came          refused STALE_EPOCH
 *   entry     Start, newer epoch, of any primary             the new entry
 *   entry     Start, same epoch, same primary                the same again; acknowledged
 *   entry     Start, older epoch                             refused STALE_EPOCH, with the epoch held
 *   entry     Stop of its primary, same or newer epoch       none
 *   entry     Stop of its primary, older epoch               acknowledged, with the epoch held; nothing altered
 *   entry     Stop of another primary                        acknowledged; nothing altered
 *   none      Stop                                           acknowledged
 *   entry     duration over; registered here itself          none
 *   either    Start that is wrong in itself                  refused with the reason; nothing altered
 * </pre>
 *
 * <p>The controller may say Stop on behalf of a primary. What was stopped is remembered for a minute ({@link StoppedEpochs}), so that a
 * Start that was under way longer than the Stop behind it starts nothing.
 *
 * <p>{@link #apply} is the only thing that alters entries. The loop thread calls everything.
 */
public final class Secondary {
    /** Durations that end at once are handled in pieces of this size. */
    private static final int MAX_DEADLINES = 256;

    private static final long MILLIS = 1000;

    private final LocalBindings bindings;
    private final Map<Ipv6Address, ForwardingEntry> entries = new HashMap<>();
    private final Map<Ipv6Address, Integer> entriesByPrimary = new HashMap<>();
    private final DeadlineOrder expiries = new DeadlineOrder();
    private final Announcements announcements = new Announcements();
    private final StoppedEpochs stopped = new StoppedEpochs();
    private SecondarySettings settings;

    public Secondary(SecondarySettings settings, LocalBindings bindings) {
        this.settings = settings;
        this.bindings = bindings;
    }

    /** Goes on after a restart: ends what has no place here any more, announces the rest. */
    public DelegationDecision onRestart(Instant now) {
        DelegationDecision.Builder decision = new DelegationDecision.Builder();
        for (ForwardingEntry entry : entries.values()) {
            if (entry.untilMillis() <= now.toEpochMilli()) {
                stop(decision, entry.homeAddress(), ForwardingStopped.Cause.EXPIRED);
            } else if (!hasPlace(entry)) {
                stop(decision, entry.homeAddress(), ForwardingStopped.Cause.YIELDED);
            } else {
                announce(decision, now, entry.homeAddress());
            }
        }
        return decision.build();
    }

    /** Other settings from now on; ends what has no place in them. */
    public DelegationDecision reconfigure(Instant now, SecondarySettings newSettings) {
        settings = newSettings;
        DelegationDecision.Builder decision = new DelegationDecision.Builder();
        for (ForwardingEntry entry : entries.values()) {
            if (!hasPlace(entry)) {
                stop(decision, entry.homeAddress(), ForwardingStopped.Cause.YIELDED);
            }
        }
        return decision.build();
    }

    private boolean hasPlace(ForwardingEntry entry) {
        return settings.isHomeAddress(entry.homeAddress()) && !isBoundHereSince(entry.homeAddress(), entry.epoch());
    }

    /** A Start or a Stop came in; anything else is for somebody else. */
    public DelegationDecision onMessage(Instant now, Ipv6Address peer, Request request) {
        if (request instanceof StartForwarding start) {
            return onStart(now, peer, start);
        } else if (request instanceof StopForwarding stop) {
            return onStop(now, peer, stop);
        }
        return DelegationDecision.refuse(
                peer, request, DelegationStatus.REFUSED, 0, DelegationCounter.REFUSED_NOT_ADDRESSEE);
    }

    private DelegationDecision onStart(Instant now, Ipv6Address peer, StartForwarding start) {
        if (start.encapsulation() != StartForwarding.IPV6_IN_IPV6) {
            return refuse(peer, start, DelegationStatus.ENCAPSULATION, DelegationCounter.REFUSED_ENCAPSULATION);
        }
        if (!settings.isHomeAddress(start.homeAddress()) || start.homeAddress().equals(peer)) {
            return refuse(peer, start, DelegationStatus.NOT_HOME_PREFIX, DelegationCounter.REFUSED_NOT_HOME_PREFIX);
        }
        if (start.durationSeconds() == 0) {
            return refuse(peer, start, DelegationStatus.ZERO_DURATION, DelegationCounter.REFUSED_ZERO_DURATION);
        }
        if (!isPossibleCareOfAddress(start.careOfAddress())) {
            return refuse(peer, start, DelegationStatus.CARE_OF_ADDRESS, DelegationCounter.REFUSED_CARE_OF_ADDRESS);
        }
        if (!start.tunnelSource().equals(peer) && !start.tunnelSource().equals(settings.address())) {
            return refuse(peer, start, DelegationStatus.REFUSED, DelegationCounter.REFUSED_TUNNEL_SOURCE);
        }
        return inOrder(now, peer, start);
    }

    private DelegationDecision inOrder(Instant now, Ipv6Address peer, StartForwarding start) {
        Ipv6Address homeAddress = start.homeAddress();
        @Nullable ForwardingEntry present = entries.get(homeAddress);
        if (present != null) {
            int order = Long.compareUnsigned(start.epoch(), present.epoch());
            if (order < 0 || (order == 0 && !present.primary().equals(peer))) {
                return stale(peer, start, present.epoch());
            }
        }
        OptionalLong stoppedEpoch = stopped.epoch(now, homeAddress, peer);
        if (stoppedEpoch.isPresent() && Long.compareUnsigned(start.epoch(), stoppedEpoch.getAsLong()) <= 0) {
            return stale(peer, start, stoppedEpoch.getAsLong());
        }
        if (isBoundHereSince(homeAddress, start.epoch())) {
            return refuse(peer, start, DelegationStatus.REFUSED, DelegationCounter.REFUSED_BOUND_HERE);
        }
        if (present == null && entries.size() >= settings.maximumEntries()) {
            return refuse(peer, start, DelegationStatus.INSUFFICIENT_RESOURCES, DelegationCounter.REFUSED_RESOURCES);
        }
        return accept(now, peer, start, present);
    }

    private DelegationDecision accept(
            Instant now, Ipv6Address peer, StartForwarding start, @Nullable ForwardingEntry present) {
        ForwardingEntry entry = new ForwardingEntry(
                start.homeAddress(),
                peer,
                start.epoch(),
                start.careOfAddress(),
                start.tunnelSource(),
                start.encapsulation(),
                now.toEpochMilli() + start.durationSeconds() * MILLIS);
        DelegationDecision.Builder decision = new DelegationDecision.Builder();
        decision.change(new ForwardingStarted(entry));
        if (present == null) {
            decision.count(DelegationCounter.FORWARDING_STARTED);
            announce(decision, now, start.homeAddress());
        } else {
            decision.count(DelegationCounter.FORWARDING_UPDATED);
        }
        return decision.send(peer, start.acknowledge(DelegationStatus.ACCEPTED, start.epoch()))
                .build();
    }

    private DelegationDecision onStop(Instant now, Ipv6Address peer, StopForwarding stop) {
        if (stop.onBehalfOf().isPresent()
                && settings.controller().filter(peer::equals).isEmpty()) {
            return refuse(peer, stop, DelegationStatus.REFUSED, DelegationCounter.REFUSED_NOT_ADDRESSEE);
        }
        Ipv6Address primary = stop.onBehalfOf().orElse(peer);
        DelegationDecision.Builder decision = new DelegationDecision.Builder();
        @Nullable ForwardingEntry present = entries.get(stop.homeAddress());
        if (present != null && present.primary().equals(primary)) {
            if (Long.compareUnsigned(present.epoch(), stop.epoch()) > 0) {
                return decision.send(peer, stop.acknowledge(DelegationStatus.ACCEPTED, present.epoch()))
                        .build();
            }
            stop(decision, stop.homeAddress(), ForwardingStopped.Cause.TOLD);
        }
        stopped.remember(now, stop.homeAddress(), primary, stop.epoch());
        return decision.send(peer, stop.acknowledge(DelegationStatus.ACCEPTED, stop.epoch()))
                .build();
    }

    private DelegationDecision refuse(
            Ipv6Address peer, Request request, DelegationStatus status, DelegationCounter counter) {
        return DelegationDecision.refuse(peer, request, status, request.epoch(), counter);
    }

    private static DelegationDecision stale(Ipv6Address peer, StartForwarding start, long heldEpoch) {
        return DelegationDecision.refuse(
                peer, start, DelegationStatus.STALE_EPOCH, heldEpoch, DelegationCounter.REFUSED_STALE_EPOCH);
    }

    /** One that a packet can be tunnelled to, and that does not bring it back here. */
    private boolean isPossibleCareOfAddress(Ipv6Address careOfAddress) {
        return careOfAddress.isRoutableUnicast()
                && !settings.ownAddresses().contains(careOfAddress)
                && !careOfAddress.equals(settings.address())
                && !careOfAddress.equals(settings.prefix().homeAgentsAnycast())
                && !entries.containsKey(careOfAddress);
    }

    /** Whether the mobile node registered here later than with the primary whose epoch this is. */
    private boolean isBoundHereSince(Ipv6Address homeAddress, long epoch) {
        OptionalLong refreshed = bindings.refreshedAtMillis(homeAddress);
        return refreshed.isPresent() && Epochs.isLater(refreshed.getAsLong(), epoch);
    }

    /**
     * A mobile node's registration with this very home agent was accepted; an entry that is older gives way. A newer one does not: the
     * mobile node has gone on to another primary while its registration here waited for a forwarder.
     *
     * @param registeredAtMillis when the binding update came, in milliseconds of the loop's clock
     */
    public DelegationDecision onLocalRegistration(Ipv6Address homeAddress, long registeredAtMillis) {
        @Nullable ForwardingEntry entry = entries.get(homeAddress);
        if (entry == null || !Epochs.isLater(registeredAtMillis, entry.epoch())) {
            return DelegationDecision.NOTHING;
        }
        DelegationDecision.Builder decision = new DelegationDecision.Builder();
        stop(decision, homeAddress, ForwardingStopped.Cause.YIELDED);
        return decision.build();
    }

    private static void stop(
            DelegationDecision.Builder decision, Ipv6Address homeAddress, ForwardingStopped.Cause cause) {
        decision.change(new ForwardingStopped(homeAddress, cause));
        decision.count(
                switch (cause) {
                    case TOLD -> DelegationCounter.FORWARDING_STOPPED;
                    case EXPIRED -> DelegationCounter.FORWARDING_EXPIRED;
                    case YIELDED -> DelegationCounter.FORWARDING_YIELDED;
                });
    }

    private void announce(DelegationDecision.Builder decision, Instant now, Ipv6Address homeAddress) {
        decision.effect(new Announce(homeAddress));
        announcements.announced(now, homeAddress);
    }

    /** Handles what is due; a part of it if there is very much, so {@link #nextDeadline} may still be in the past. */
    public DelegationDecision onDeadline(Instant now) {
        DelegationDecision.Builder decision = new DelegationDecision.Builder();
        for (Ipv6Address homeAddress : expiries.due(now.toEpochMilli(), MAX_DEADLINES)) {
            stop(decision, homeAddress, ForwardingStopped.Cause.EXPIRED);
        }
        announcements.takeDue(now, MAX_DEADLINES, homeAddress -> {
            if (entries.containsKey(homeAddress)) {
                decision.effect(new Announce(homeAddress));
            }
        });
        return decision.build();
    }

    public Optional<Instant> nextDeadline() {
        long next = Math.min(expiries.firstMillis(), announcements.nextMillis());
        return next == DeadlineOrder.NEVER ? Optional.empty() : Optional.of(Instant.ofEpochMilli(next));
    }

    /** The only thing that alters entries. */
    public void apply(DelegationChange.OfSecondary change) {
        @Nullable ForwardingEntry before;
        if (change instanceof ForwardingStarted started) {
            before = entries.put(started.homeAddress(), started.entry());
            entriesByPrimary.merge(started.entry().primary(), 1, Integer::sum);
            expiries.set(started.homeAddress(), started.entry().untilMillis());
        } else {
            before = entries.remove(change.homeAddress());
            expiries.remove(change.homeAddress());
        }
        if (before != null) {
            entriesByPrimary.computeIfPresent(before.primary(), (primary, count) -> count == 1 ? null : count - 1);
        }
    }

    public Optional<ForwardingEntry> entry(Ipv6Address homeAddress) {
        return Optional.ofNullable(entries.get(homeAddress));
    }

    public int size() {
        return entries.size();
    }

    /** For how many mobile nodes of this primary it forwards. */
    public int sizeFor(Ipv6Address primary) {
        return entriesByPrimary.getOrDefault(primary, 0);
    }

    /** A copy of all entries, in no order. */
    public List<ForwardingEntry> entries() {
        return List.copyOf(entries.values());
    }

    /** The durable state as changes that rebuild it. */
    public List<DelegationChange> snapshot() {
        List<DelegationChange> changes = new ArrayList<>(entries.size());
        entries.values().forEach(entry -> changes.add(new ForwardingStarted(entry)));
        return changes;
    }
}
