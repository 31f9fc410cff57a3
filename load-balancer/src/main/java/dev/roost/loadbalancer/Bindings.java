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
    private final Forwarded forwarded = new Forwarded();
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

    /** Whether a home agent holds a binding or forwards for one. */
    boolean referTo(int homeAgent) {
        return countOf(homeAgent) > 0 || forwarded.countOf(homeAgent) > 0;
    }

    /** By which home agent each is forwarded for. */
    Forwarded forwarded() {
        return forwarded;
    }

    void forwardedBy(Ipv6Address homeAddress, int homeAgent, long epoch) {
        Binding binding = byHomeAddress.get(homeAddress);
        if (binding == null) {
            return;
        }
        boolean another = binding.forwarder() != homeAgent;
        if (another) {
            forwarded.remove(binding);
            binding.putOffUntilMillis = 0;
        }
        binding.forwardedBy(homeAgent, epoch);
        binding.doubted = false;
        if (another) {
            forwarded.add(binding);
        }
    }

    /** Nothing is begun about it before then: it goes behind all others that the same home agent forwards for. */
    void putOff(Ipv6Address homeAddress, long untilMillis) {
        Binding binding = byHomeAddress.get(homeAddress);
        if (binding != null) {
            binding.putOffUntilMillis = untilMillis;
            forwarded.moveBehind(binding);
        }
    }

    void doubted(Ipv6Address homeAddress) {
        Binding binding = byHomeAddress.get(homeAddress);
        if (binding != null) {
            binding.doubted = true;
        }
    }

    void moved(Ipv6Address homeAddress, long atMillis) {
        Binding binding = byHomeAddress.get(homeAddress);
        if (binding != null) {
            binding.movedAtMillis = atMillis;
        }
    }

    void prolong(Ipv6Address homeAddress, long untilMillis) {
        Binding binding = byHomeAddress.get(homeAddress);
        if (binding != null) {
            binding.prolong(untilMillis);
            expiry.moved(binding);
        }
    }

    OptionalLong nextExpiryMillis() {
        return expiry.nextExpiryMillis();
    }

    void forEachExpired(long nowMillis, int most, Consumer<Binding> consumer) {
        expiry.forEachExpired(nowMillis, most, consumer);
    }

    /** @param updateSeenAtMillis when the update passed by; 0 if none did */
    void accept(BindingAccepted facts, long updateSeenAtMillis) {
        Binding binding = byHomeAddress.get(facts.homeAddress());
        if (binding == null) {
            if (isFull()) {
                return;
            }
            binding = new Binding(facts);
            binding.updateSeenAtMillis = updateSeenAtMillis;
            byHomeAddress.put(facts.homeAddress(), binding);
            inOrder.put(facts.homeAddress(), binding);
            count(facts.homeAgent(), 1);
            expiry.add(binding);
            forwarded.add(binding);
            link(binding);
            return;
        }
        binding.updateSeenAtMillis = updateSeenAtMillis;
        count(binding.homeAgent(), -1);
        count(facts.homeAgent(), 1);
        boolean elsewhere = binding.homeAgent() != facts.homeAgent();
        if (elsewhere) {
            forwarded.remove(binding);
            binding.putOffUntilMillis = 0;
            binding.doubted = false;
        }
        if (binding.facts().careOfAddress().equals(facts.careOfAddress())) {
            binding.accept(facts);
        } else {
            unlink(binding);
            binding.accept(facts);
            link(binding);
        }
        expiry.moved(binding);
        if (elsewhere) {
            forwarded.add(binding);
        }
    }

    /** Returns the one that was there. */
    @Nullable
    Binding release(Ipv6Address homeAddress) {
        Binding binding = byHomeAddress.remove(homeAddress);
        if (binding != null) {
            inOrder.remove(homeAddress);
            count(binding.homeAgent(), -1);
            expiry.remove(binding);
            forwarded.remove(binding);
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
