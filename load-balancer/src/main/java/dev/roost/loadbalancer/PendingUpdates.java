package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.BindingUpdateSeen;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.SequenceNumber;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Binding updates that went by and await their acknowledgement. Soft: lost with the process.
 *
 * <p>A few are kept for each home address, since a mobile node sends again, with the next sequence number, while its home
 * agent still works on the last one (duplicate address detection takes a second), and since anybody can send one. When
 * the table is full, the home address that was heard of longest ago makes room.
 */
final class PendingUpdates {

    /** How long an acknowledgement may take; a mobile node sends again before (RFC 6275, 11.8). */
    static final long LIFETIME_MILLIS = 10_000;

    private static final int MOST_OF_ONE_HOME_ADDRESS = 4;

    private final int limit;
    /** In the order in which the home addresses were last heard of. */
    private final Map<Ipv6Address, List<BindingUpdateSeen>> byHomeAddress = new LinkedHashMap<>();

    PendingUpdates(int limit) {
        this.limit = limit;
    }

    Optional<BindingUpdateSeen> find(
            Ipv6Address homeAddress, Ipv6Address homeAgentAddress, int sequence, long nowMillis) {
        for (BindingUpdateSeen candidate : byHomeAddress.getOrDefault(homeAddress, List.of())) {
            if (candidate.sequence() == sequence
                    && candidate.homeAgentAddress().equals(homeAgentAddress)
                    && nowMillis - candidate.seenAtMillis() < LIFETIME_MILLIS) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /** When an update passed by; 0 if it is not known. */
    long seenAtMillis(Ipv6Address homeAddress, Ipv6Address homeAgentAddress, int sequence) {
        for (BindingUpdateSeen candidate : byHomeAddress.getOrDefault(homeAddress, List.of())) {
            if (candidate.sequence() == sequence && candidate.homeAgentAddress().equals(homeAgentAddress)) {
                return candidate.seenAtMillis();
            }
        }
        return 0;
    }

    /** Whether one more home address would push out one that is not out of date. */
    boolean wouldEvict(Ipv6Address homeAddress, long nowMillis) {
        return byHomeAddress.size() >= limit
                && !byHomeAddress.containsKey(homeAddress)
                && !isOutOfDate(byHomeAddress.values().iterator().next(), nowMillis);
    }

    void add(BindingUpdateSeen seen) {
        List<BindingUpdateSeen> others = byHomeAddress.remove(seen.homeAddress());
        List<BindingUpdateSeen> kept = others == null ? new ArrayList<>(1) : others;
        kept.removeIf(other ->
                other.sequence() == seen.sequence() && other.homeAgentAddress().equals(seen.homeAgentAddress()));
        if (kept.size() == MOST_OF_ONE_HOME_ADDRESS) {
            kept.remove(0);
        }
        kept.add(seen);
        makeRoom(seen.seenAtMillis());
        byHomeAddress.put(seen.homeAddress(), kept);
    }

    /** Forgets what asked for no more than was accepted. */
    void accepted(Ipv6Address homeAddress, int sequence) {
        List<BindingUpdateSeen> pending = byHomeAddress.get(homeAddress);
        if (pending != null) {
            SequenceNumber last = new SequenceNumber(sequence);
            pending.removeIf(update -> update.sequence() != BindingUpdateSeen.HIDDEN_SEQUENCE
                    && !new SequenceNumber(update.sequence()).isNewerThan(last));
            dropIfEmpty(homeAddress, pending);
        }
    }

    void settled(Ipv6Address homeAddress, Ipv6Address homeAgentAddress, int sequence) {
        List<BindingUpdateSeen> pending = byHomeAddress.get(homeAddress);
        if (pending != null) {
            pending.removeIf(update ->
                    update.sequence() == sequence && update.homeAgentAddress().equals(homeAgentAddress));
            dropIfEmpty(homeAddress, pending);
        }
    }

    /** Those that are not out of date, the newest first. */
    Stream<BindingUpdateSeen> newest(long nowMillis, int most) {
        return byHomeAddress.values().stream()
                .flatMap(List::stream)
                .filter(update -> nowMillis - update.seenAtMillis() < LIFETIME_MILLIS)
                .sorted(Comparator.comparingLong(BindingUpdateSeen::seenAtMillis)
                        .reversed())
                .limit(most);
    }

    int size() {
        return byHomeAddress.size();
    }

    long stateHash() {
        long hash = 0;
        for (List<BindingUpdateSeen> pending : byHomeAddress.values()) {
            hash = hash * 31 + pending.hashCode();
        }
        return hash;
    }

    private void dropIfEmpty(Ipv6Address homeAddress, List<BindingUpdateSeen> pending) {
        if (pending.isEmpty()) {
            byHomeAddress.remove(homeAddress);
        }
    }

    private void makeRoom(long nowMillis) {
        Iterator<List<BindingUpdateSeen>> oldest = byHomeAddress.values().iterator();
        while (oldest.hasNext()) {
            if (!isOutOfDate(oldest.next(), nowMillis) && byHomeAddress.size() < limit) {
                break;
            }
            oldest.remove();
        }
    }

    private static boolean isOutOfDate(List<BindingUpdateSeen> pending, long nowMillis) {
        return nowMillis - pending.get(pending.size() - 1).seenAtMillis() >= LIFETIME_MILLIS;
    }
}
