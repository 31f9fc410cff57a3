package dev.roost.delegation;

import dev.roost.delegation.DelegationChange.ForwardersChanged;
import dev.roost.mobileip.Ipv6Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All delegations of a primary, with what finds them: by deadline, by outstanding request, by holder. Only changes alter it. */
final class DelegationTable {
    private final Map<Ipv6Address, Delegation> delegations = new HashMap<>();
    private final DeadlineOrder deadlines = new DeadlineOrder();
    /** Home address by identifier of a request. */
    private final Map<Long, Ipv6Address> outstanding = new HashMap<>();
    /** Home addresses by their holder, in the order in which they came there; not those that the primary holds. */
    private final Map<Ipv6Address, Set<Ipv6Address>> heldBySecondaries = new HashMap<>();
    /** Home addresses by their holder of which nothing is under way, so that they can be moved. */
    private final Map<Ipv6Address, Set<Ipv6Address>> movable = new HashMap<>();

    /** How many mobile nodes each home agent forwards for, or has been asked to. */
    private final Map<Ipv6Address, Integer> shares = new HashMap<>();

    private final Ipv6Address primary;
    private final RequestWindows windows;

    DelegationTable(Ipv6Address primary, RequestWindows windows) {
        this.primary = primary;
        this.windows = windows;
    }

    @Nullable
    Delegation find(Ipv6Address homeAddress) {
        return delegations.get(homeAddress);
    }

    @Nullable
    Delegation byRequest(long identifier) {
        @Nullable Ipv6Address homeAddress = outstanding.get(identifier);
        return homeAddress == null ? null : delegations.get(homeAddress);
    }

    boolean isOutstanding(long identifier) {
        return outstanding.containsKey(identifier);
    }

    Collection<Delegation> all() {
        return delegations.values();
    }

    int size() {
        return delegations.size();
    }

    DeadlineOrder deadlines() {
        return deadlines;
    }

    /** How many mobile nodes a home agent forwards for, or has been asked to. */
    int share(Ipv6Address homeAgent) {
        return shares.getOrDefault(homeAgent, 0);
    }

    /** What a secondary holds. */
    Set<Ipv6Address> held(Ipv6Address secondary) {
        return heldBySecondaries.getOrDefault(secondary, Set.of());
    }

    /** Some of what can be moved away from a holder, the longest there first. */
    List<Ipv6Address> movable(Ipv6Address holder, int atMost) {
        return movable.getOrDefault(holder, Set.of()).stream().limit(atMost).toList();
    }

    void put(Delegation delegation) {
        @Nullable Delegation before = delegations.put(delegation.homeAddress(), delegation);
        if (before != null) {
            unlink(before);
        }
        Ipv6Address homeAddress = delegation.homeAddress();
        windows.replace(homeAddress, requests(before), requests(delegation));
        for (OutstandingRequest request : delegation.progress().requests()) {
            outstanding.put(request.identifier(), homeAddress);
        }
        deadlines.set(homeAddress, delegation.progress().nextMillis());
        if (delegation.registration().isEmpty()) {
            return;
        }
        shares.merge(destination(delegation), 1, Integer::sum);
        if (!delegation.holder().equals(primary)) {
            heldBySecondaries
                    .computeIfAbsent(delegation.holder(), holder -> new LinkedHashSet<>())
                    .add(homeAddress);
        }
        if (isMovable(delegation)) {
            movable.computeIfAbsent(delegation.holder(), holder -> new LinkedHashSet<>())
                    .add(homeAddress);
        }
    }

    void remove(Ipv6Address homeAddress) {
        @Nullable Delegation before = delegations.remove(homeAddress);
        if (before != null) {
            unlink(before);
            windows.replace(homeAddress, requests(before), List.of());
            deadlines.remove(homeAddress);
        }
    }

    private static List<OutstandingRequest> requests(@Nullable Delegation delegation) {
        return delegation == null ? List.of() : delegation.progress().requests();
    }

    private void unlink(Delegation before) {
        for (OutstandingRequest request : before.progress().requests()) {
            outstanding.remove(request.identifier());
        }
        if (before.registration().isEmpty()) {
            return;
        }
        shares.computeIfPresent(destination(before), (homeAgent, count) -> count == 1 ? null : count - 1);
        removeFrom(heldBySecondaries, before);
        removeFrom(movable, before);
    }

    private static void removeFrom(Map<Ipv6Address, Set<Ipv6Address>> index, Delegation delegation) {
        @Nullable Set<Ipv6Address> of = index.get(delegation.holder());
        if (of != null) {
            of.remove(delegation.homeAddress());
            if (of.isEmpty()) {
                index.remove(delegation.holder());
            }
        }
    }

    private static Ipv6Address destination(Delegation delegation) {
        return delegation.progress().candidate().orElse(delegation.holder());
    }

    private static boolean isMovable(Delegation delegation) {
        return delegation.reported()
                && delegation.others().isEmpty()
                && delegation.progress().candidate().isEmpty()
                && delegation.progress().requests().isEmpty()
                && delegation.progress().refused().isEmpty()
                && delegation.registration().filter(Registration::delegable).isPresent();
    }

    List<DelegationChange> snapshot() {
        List<DelegationChange> changes = new ArrayList<>();
        for (Delegation delegation : delegations.values()) {
            if (!delegation.isPlain(primary)) {
                changes.add(new ForwardersChanged(delegation, true));
            }
        }
        return changes;
    }

    Optional<Delegation> get(Ipv6Address homeAddress) {
        return Optional.ofNullable(delegations.get(homeAddress));
    }
}
