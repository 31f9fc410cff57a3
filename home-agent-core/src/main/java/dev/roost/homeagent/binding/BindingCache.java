package dev.roost.homeagent.binding;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.SequenceNumber;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Table 320: all bindings, and the order in which they end.
 *
 * <p>Holds {@link #limit} bindings at most; {@link BindingUpdateProcessor} refuses a new one beyond that with status 130, and the
 * mobile node goes to the next home agent of its list. A refresh is never refused for lack of room. One binding takes 72 bytes,
 * and up to twice that just after the table has grown.
 */
final class BindingCache {
    private final int limit;
    private final BindingTable table = new BindingTable();
    private final ExpiryOrder order = new ExpiryOrder(table::expiresAtMillis);
    /** Last accepted sequence number of authenticated mobile nodes without a binding; as many as keys are configured at most. */
    private final Map<Ipv6Address, Integer> retainedSequences = new HashMap<>();

    BindingCache(int limit) {
        this.limit = limit;
    }

    Optional<Binding> find(Ipv6Address homeAddress) {
        int slot = table.slotOf(homeAddress);
        return slot == BindingTable.NONE ? Optional.empty() : Optional.of(table.get(slot));
    }

    boolean contains(Ipv6Address homeAddress) {
        return table.slotOf(homeAddress) != BindingTable.NONE;
    }

    Optional<SequenceNumber> retainedSequence(Ipv6Address homeAddress) {
        @Nullable Integer sequence = retainedSequences.get(homeAddress);
        return sequence == null ? Optional.empty() : Optional.of(new SequenceNumber(sequence));
    }

    int size() {
        return table.size();
    }

    int limit() {
        return limit;
    }

    /** A copy, in no order. */
    List<Binding> all() {
        List<Binding> all = new ArrayList<>(size());
        table.forEach(all::add);
        return all;
    }

    BindingSnapshot.Copy copy() {
        return new BindingSnapshot.Copy(table.columnsOnly());
    }

    Optional<Instant> nextExpiry() {
        return order.isEmpty()
                ? Optional.empty()
                : Optional.of(Instant.ofEpochMilli(table.expiresAtMillis(order.first())));
    }

    /** What has ended by now, {@code atMost} of it. */
    List<Binding> expired(Instant now, int atMost) {
        List<Binding> expired = new ArrayList<>();
        order.forEachUntil(now.toEpochMilli(), atMost, slot -> expired.add(table.get(slot)));
        return expired;
    }

    void put(Binding binding) {
        order.update(table.put(binding));
        retainedSequences.remove(binding.homeAddress());
    }

    void remove(Ipv6Address homeAddress) {
        int slot = table.slotOf(homeAddress);
        if (slot != BindingTable.NONE) {
            order.remove(slot);
            table.remove(slot);
        }
    }

    void retainSequence(Ipv6Address homeAddress, int sequence) {
        retainedSequences.put(homeAddress, sequence);
    }

    /** The durable state as changes that rebuild it. */
    List<BindingChange> snapshot() {
        List<BindingChange> changes = new ArrayList<>(size() + retainedSequences.size());
        table.forEach(binding -> changes.add(new BindingChange.BindingRegistered(binding)));
        retainedSequences.forEach(
                (homeAddress, sequence) -> changes.add(new BindingChange.SequenceRetained(homeAddress, sequence)));
        return changes;
    }
}
