package dev.roost.homeagent.binding;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.SequenceNumber;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Table 320: all bindings, and the order in which they end.
 *
 * <p>Holds {@link #limit} bindings at most; {@link HomeAgent} refuses a new one beyond that with status 130, and the mobile node
 * goes to the next home agent of its list. A refresh is never refused for lack of room. One binding takes about 200 bytes of heap:
 * the record, two addresses, a hash entry and a tree entry.
 */
final class BindingCache {
    private final int limit;
    private final Map<Ipv6Address, Binding> byHomeAddress = new HashMap<>();
    private final TreeSet<Binding> byExpiry = new TreeSet<>(BindingCache::byExpiry);
    /** Last accepted sequence number of authenticated mobile nodes without a binding; as many as keys are configured at most. */
    private final Map<Ipv6Address, Integer> retainedSequences = new HashMap<>();

    BindingCache(int limit) {
        this.limit = limit;
    }

    private static int byExpiry(Binding one, Binding other) {
        int byTime = Long.compare(one.expiresAtMillis(), other.expiresAtMillis());
        return byTime != 0 ? byTime : one.homeAddress().compareTo(other.homeAddress());
    }

    Optional<Binding> find(Ipv6Address homeAddress) {
        return Optional.ofNullable(byHomeAddress.get(homeAddress));
    }

    boolean contains(Ipv6Address homeAddress) {
        return byHomeAddress.containsKey(homeAddress);
    }

    Optional<SequenceNumber> retainedSequence(Ipv6Address homeAddress) {
        @Nullable Integer sequence = retainedSequences.get(homeAddress);
        return sequence == null ? Optional.empty() : Optional.of(new SequenceNumber(sequence));
    }

    int size() {
        return byHomeAddress.size();
    }

    int limit() {
        return limit;
    }

    Collection<Binding> all() {
        return Collections.unmodifiableCollection(byHomeAddress.values());
    }

    Optional<Instant> nextExpiry() {
        return byExpiry.isEmpty()
                ? Optional.empty()
                : Optional.of(byExpiry.first().expiresAt());
    }

    /** What has ended by now, {@code atMost} of it, the oldest first. */
    List<Binding> expired(Instant now, int atMost) {
        List<Binding> expired = new ArrayList<>();
        for (Binding binding : byExpiry) {
            if (expired.size() == atMost || !binding.hasExpired(now)) {
                break;
            }
            expired.add(binding);
        }
        return expired;
    }

    void put(Binding binding) {
        @Nullable Binding previous = byHomeAddress.put(binding.homeAddress(), binding);
        if (previous != null) {
            byExpiry.remove(previous);
        }
        byExpiry.add(binding);
        retainedSequences.remove(binding.homeAddress());
    }

    void remove(Ipv6Address homeAddress) {
        @Nullable Binding previous = byHomeAddress.remove(homeAddress);
        if (previous != null) {
            byExpiry.remove(previous);
        }
    }

    void retainSequence(Ipv6Address homeAddress, int sequence) {
        retainedSequences.put(homeAddress, sequence);
    }

    /** The durable state as changes that rebuild it. */
    List<BindingChange> snapshot() {
        List<BindingChange> changes = new ArrayList<>(byHomeAddress.size() + retainedSequences.size());
        byHomeAddress.values().forEach(binding -> changes.add(new BindingChange.BindingRegistered(binding)));
        retainedSequences.forEach(
                (homeAddress, sequence) -> changes.add(new BindingChange.SequenceRetained(homeAddress, sequence)));
        return changes;
    }
}
