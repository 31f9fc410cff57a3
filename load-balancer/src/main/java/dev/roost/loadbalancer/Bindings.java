package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.BindingAccepted;
import dev.roost.mobileip.Ipv6Address;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The bindings that home agents accepted: by home address, by care-of address, and by when they expire.
 *
 * <p>It is not the binding cache: that is the home agents' own. This one follows them, to know where to steer and whom
 * to name.
 */
final class Bindings {

    private final int limit;
    private final Map<Ipv6Address, Binding> byHomeAddress = new HashMap<>();
    /** The same in order, so that whoever lists a million of them can do so in parts. */
    private final NavigableMap<Ipv6Address, Binding> inOrder = new TreeMap<>();
    /** The one that came to its care-of address last; the others hang on it. */
    private final Map<Ipv6Address, Binding> byCareOfAddress = new HashMap<>();

    private final ExpiryHeap expiry = new ExpiryHeap();
    /** By index of the home agent. */
    private int[] counts = new int[16];

    Bindings(int limit) {
        this.limit = limit;
    }

    @Nullable
    Binding of(Ipv6Address homeAddress) {
        return byHomeAddress.get(homeAddress);
    }

    boolean isBound(Ipv6Address homeAddress) {
        return byHomeAddress.containsKey(homeAddress);
    }

    /** The binding that came to this care-of address last. */
    @Nullable
    Binding at(Ipv6Address careOfAddress) {
        return byCareOfAddress.isEmpty() ? null : byCareOfAddress.get(careOfAddress);
    }

    Collection<Binding> all() {
        return Collections.unmodifiableCollection(byHomeAddress.values());
    }

    /** By home address, from the beginning or from the first one after an address. */
    Collection<Binding> after(Optional<Ipv6Address> homeAddress) {
        NavigableMap<Ipv6Address, Binding> rest =
                homeAddress.isEmpty() ? inOrder : inOrder.tailMap(homeAddress.get(), false);
        return Collections.unmodifiableCollection(rest.values());
    }

    int size() {
        return byHomeAddress.size();
    }

    boolean isFull() {
        return byHomeAddress.size() >= limit;
    }

    int countOf(int homeAgent) {
        return homeAgent < counts.length ? counts[homeAgent] : 0;
    }

    OptionalLong nextExpiryMillis() {
        return expiry.nextExpiryMillis();
    }

    void forEachExpired(long nowMillis, int most, Consumer<Binding> consumer) {
        expiry.forEachExpired(nowMillis, most, consumer);
    }

    void accept(BindingAccepted facts) {
        Binding binding = byHomeAddress.get(facts.homeAddress());
        if (binding == null) {
            if (isFull()) {
                return;
            }
            binding = new Binding(facts);
            byHomeAddress.put(facts.homeAddress(), binding);
            inOrder.put(facts.homeAddress(), binding);
            count(facts.homeAgent(), 1);
            expiry.add(binding);
            link(binding);
            return;
        }
        count(binding.homeAgent(), -1);
        count(facts.homeAgent(), 1);
        if (binding.facts().careOfAddress().equals(facts.careOfAddress())) {
            binding.accept(facts);
        } else {
            unlink(binding);
            binding.accept(facts);
            link(binding);
        }
        expiry.moved(binding);
    }

    /** Returns the one that was there. */
    @Nullable
    Binding release(Ipv6Address homeAddress) {
        Binding binding = byHomeAddress.remove(homeAddress);
        if (binding != null) {
            inOrder.remove(homeAddress);
            count(binding.homeAgent(), -1);
            expiry.remove(binding);
            unlink(binding);
        }
        return binding;
    }

    private void count(int homeAgent, int difference) {
        if (homeAgent >= counts.length) {
            counts = Arrays.copyOf(counts, Integer.highestOneBit(homeAgent) * 2);
        }
        counts[homeAgent] += difference;
    }

    private void link(Binding binding) {
        Binding next = byCareOfAddress.put(binding.facts().careOfAddress(), binding);
        binding.nextAtCareOfAddress = next;
        binding.previousAtCareOfAddress = null;
        if (next != null) {
            next.previousAtCareOfAddress = binding;
        }
    }

    private void unlink(Binding binding) {
        Binding previous = binding.previousAtCareOfAddress;
        Binding next = binding.nextAtCareOfAddress;
        if (next != null) {
            next.previousAtCareOfAddress = previous;
        }
        if (previous != null) {
            previous.nextAtCareOfAddress = next;
        } else if (next != null) {
            byCareOfAddress.put(binding.facts().careOfAddress(), next);
        } else {
            byCareOfAddress.remove(binding.facts().careOfAddress());
        }
    }
}
