package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.HomeAgentLearned;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The home agents list: those that advertised themselves, by link-local address (RFC 6275, 10.1), and those that left it
 * but whose index something may still refer to.
 *
 * <p>Who left keeps its index until the table is full; then the one with the lowest index that no binding refers to gives
 * it up.
 */
final class HomeAgentsList {

    private final Ipv6Prefix prefix;
    private final int limit;
    private final Map<Ipv6Address, HomeAgent> byLinkLocalAddress = new HashMap<>();
    private final Map<Ipv6Address, HomeAgent> byGlobalAddress = new HashMap<>();
    private final TreeMap<Integer, HomeAgent> byIndex = new TreeMap<>();
    /** The same, in index order, for the path that is walked at each request. */
    private HomeAgent[] all = new HomeAgent[0];

    private int version;

    HomeAgentsList(Ipv6Prefix prefix, int limit) {
        this.prefix = prefix;
        this.limit = limit;
    }

    /** Everybody with an index, in its order; not to be altered. */
    HomeAgent[] all() {
        return all;
    }

    /** Different whenever an index or an address may mean something else. */
    int version() {
        return version;
    }

    @Nullable
    HomeAgent at(int index) {
        return byIndex.get(index);
    }

    Optional<HomeAgent> withLinkLocalAddress(Ipv6Address address) {
        return Optional.ofNullable(byLinkLocalAddress.get(address));
    }

    Optional<HomeAgent> withGlobalAddress(Ipv6Address address) {
        return Optional.ofNullable(byGlobalAddress.get(address));
    }

    Optional<HomeAgent> withAddress(Ipv6Address address) {
        return withGlobalAddress(address).or(() -> withLinkLocalAddress(address));
    }

    /** The lowest index that nobody has; empty when the table is full. */
    OptionalInt freeIndex() {
        if (byIndex.size() >= limit) {
            return OptionalInt.empty();
        }
        int index = 0;
        for (int taken : byIndex.keySet()) {
            if (taken != index) {
                break;
            }
            index++;
        }
        return OptionalInt.of(index);
    }

    /** Somebody who left the list, and to whom no binding refers. */
    Optional<HomeAgent> forgettable(Bindings bindings) {
        for (HomeAgent homeAgent : all) {
            if (!homeAgent.steerable(bindings)) {
                return Optional.of(homeAgent);
            }
        }
        return Optional.empty();
    }

    /** When the next lifetime, of a home agent or of an address, ends or the next probe falls due. */
    OptionalLong nextDeadlineMillis() {
        long next = Long.MAX_VALUE;
        for (HomeAgent homeAgent : all) {
            if (homeAgent.listed) {
                next = Math.min(next, Math.min(homeAgent.expiresAtMillis, homeAgent.nextAddressEndMillis()));
                if (homeAgent.suspect()) {
                    next = Math.min(next, homeAgent.probeDeadlineMillis());
                }
            }
        }
        return next == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(next);
    }

    void learn(HomeAgentLearned facts) {
        HomeAgent known = byIndex.get(facts.index());
        if (known != null && !known.facts().linkLocalAddress().equals(facts.linkLocalAddress())) {
            forget(facts.index());
            known = null;
        }
        HomeAgent other = byLinkLocalAddress.get(facts.linkLocalAddress());
        if (other != null && other.index() != facts.index()) {
            forget(other.index());
        }
        if (known == null) {
            known = new HomeAgent(facts, prefix);
            byIndex.put(facts.index(), known);
            byLinkLocalAddress.put(facts.linkLocalAddress(), known);
            all = byIndex.values().toArray(new HomeAgent[0]);
        } else {
            dropGlobalAddresses(known);
            known.learn(facts, prefix);
        }
        putGlobalAddresses(known);
        version++;
    }

    /** Alters its global addresses and nothing else; they are some of those it has. */
    void readdress(int index, List<Ipv6Address> globalAddresses) {
        HomeAgent known = byIndex.get(index);
        if (known == null) {
            return;
        }
        dropGlobalAddresses(known);
        known.readdress(globalAddresses, prefix);
        putGlobalAddresses(known);
        version++;
    }

    /** What a list says may be different now. */
    void changed() {
        version++;
    }

    void forget(int index) {
        HomeAgent forgotten = byIndex.remove(index);
        if (forgotten != null) {
            byLinkLocalAddress.remove(forgotten.facts().linkLocalAddress());
            dropGlobalAddresses(forgotten);
            all = byIndex.values().toArray(new HomeAgent[0]);
            version++;
        }
    }

    void with(int index, Consumer<HomeAgent> alteration) {
        HomeAgent homeAgent = byIndex.get(index);
        if (homeAgent != null) {
            alteration.accept(homeAgent);
        }
    }

    private void putGlobalAddresses(HomeAgent known) {
        for (Ipv6Address address : known.facts().globalAddresses()) {
            HomeAgent owner = byGlobalAddress.get(address);
            if (owner == null || !owner.listed) {
                byGlobalAddress.put(address, known);
            }
        }
    }

    private void dropGlobalAddresses(HomeAgent owner) {
        for (Ipv6Address address : owner.facts().globalAddresses()) {
            byGlobalAddress.remove(address, owner);
        }
    }
}
