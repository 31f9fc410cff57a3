package dev.roost.mobilenode.movement;

import dev.roost.mobileip.Ipv6Address;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The home registration.
 *
 * @param candidates home agents in the order of trying; empty when they have yet to be discovered
 * @param index of the candidate in use
 * @param entries the binding update list, by home agent
 * @param attempt a binding update that waits for its acknowledgement
 * @param registeredWith the home agent whose acceptance holds
 * @param visit the link that the latest binding update was sent from
 * @param tunnel what the kernel was told last
 * @param pausedUntil no binding update and no discovery before
 * @param failures rounds through the candidates, and refusals for good, since the last acceptance
 * @param recentlySent when the latest binding updates left, oldest first; no more than the rate limit looks at
 */
@RecordBuilder
record RegistrationState(
        List<Ipv6Address> candidates,
        int index,
        NavigableMap<Ipv6Address, BindingUpdateListEntry> entries,
        Optional<Attempt> attempt,
        Optional<Ipv6Address> registeredWith,
        long visit,
        Optional<Tunnel> tunnel,
        Optional<Instant> pausedUntil,
        int failures,
        List<Instant> recentlySent)
        implements RegistrationStateBuilder.With {

    /** Rows of the binding update list; the one least recently used goes. */
    static final int MAX_ENTRIES = 128;

    static final RegistrationState UNREGISTERED = new RegistrationState(
            List.of(),
            0,
            Collections.emptyNavigableMap(),
            Optional.empty(),
            Optional.empty(),
            0,
            Optional.empty(),
            Optional.empty(),
            0,
            List.of());

    /**
     * A binding update under way.
     *
     * @param sent how often, 0 while the rate limit holds the first one back
     * @param resynchronised how often its sequence number was out of the home agent's window
     * @param timeout to wait after the latest one
     * @param deadline when to send it again
     */
    record Attempt(
            Ipv6Address homeAgent,
            Ipv6Address careOfAddress,
            int sent,
            int resynchronised,
            Duration timeout,
            Instant deadline) {

        Attempt dueAt(Instant when) {
            return new Attempt(homeAgent, careOfAddress, sent, resynchronised, timeout, when);
        }
    }

    /** @param visit the link it leaves from; on another one it must be opened again, even between the same addresses */
    record Tunnel(Ipv6Address careOfAddress, Ipv6Address homeAgent, long visit) {}

    RegistrationState {
        candidates = List.copyOf(candidates);
        entries = Collections.unmodifiableNavigableMap(new TreeMap<>(entries));
        recentlySent = List.copyOf(recentlySent);
    }

    /** The home agent to register with. */
    Optional<Ipv6Address> candidate() {
        return index < candidates.size() ? Optional.of(candidates.get(index)) : Optional.empty();
    }

    Optional<BindingUpdateListEntry> entry(Ipv6Address homeAgent) {
        return Optional.ofNullable(entries.get(homeAgent));
    }

    boolean wantsCandidates() {
        return candidates.isEmpty() && pausedUntil.isEmpty();
    }

    /** With home agents to be tried from the first on. */
    RegistrationState trying(List<Ipv6Address> homeAgents) {
        return withCandidates(homeAgents).withIndex(0);
    }

    RegistrationState with(BindingUpdateListEntry entry) {
        NavigableMap<Ipv6Address, BindingUpdateListEntry> more = new TreeMap<>(entries);
        more.put(entry.homeAgent(), entry);
        if (more.size() > MAX_ENTRIES) {
            more.values().stream()
                    .filter(other -> !other.homeAgent().equals(entry.homeAgent()))
                    .min(Comparator.comparing(BindingUpdateListEntry::sentAt))
                    .ifPresent(oldest -> more.remove(oldest.homeAgent()));
        }
        return withEntries(more);
    }

    RegistrationState without(Ipv6Address homeAgent) {
        NavigableMap<Ipv6Address, BindingUpdateListEntry> fewer = new TreeMap<>(entries);
        fewer.remove(homeAgent);
        return withEntries(fewer);
    }
}
