package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Change.AddressesValid;
import dev.roost.loadbalancer.Change.HomeAgentLearned;
import dev.roost.loadbalancer.Change.HomeAgentReaddressed;
import dev.roost.loadbalancer.Effect.Event;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.PrefixInformation;
import dev.roost.mobileip.RouterAdvertisement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The global addresses of a home agent after one more advertisement: those it had, and the address of every prefix
 * information option that has the R flag (RFC 6275, 7.2 and 10.5.1).
 *
 * <p>One ends when its valid lifetime is 0, or when its prefix comes without the R flag: then the home agent no longer says
 * that it has an address there; or when its valid lifetime is over, whether anything is advertised then or not. One that is another home agent's, or the representative's, stays theirs.
 */
final class AdvertisedAddresses {

    /** RFC 4861, 4.6.2. */
    private static final long INFINITY = 0xffff_ffffL;

    private final Tables tables;

    AdvertisedAddresses(Tables tables) {
        this.tables = tables;
    }

    /** Whether there are prefixes and none is the home prefix: then it is a home agent of another home network. */
    boolean areAllElsewhere(RouterAdvertisement advertisement) {
        Ipv6Prefix home = tables.config.prefix();
        List<PrefixInformation> options = advertisement.options(PrefixInformation.class);
        return !options.isEmpty()
                && options.stream()
                        .noneMatch(option -> home.contains(option.address())
                                || option.prefix().contains(home.address()));
    }

    List<Ipv6Address> after(
            long nowMillis,
            RouterAdvertisement advertisement,
            PacketOrigin origin,
            List<Ipv6Address> before,
            Decision.Builder decision) {
        Set<Ipv6Address> addresses = new TreeSet<>(before);
        List<PrefixInformation> options = advertisement.options(PrefixInformation.class);
        for (PrefixInformation option : options) {
            if (!option.routerAddress()) {
                Ipv6Prefix withdrawn = option.prefix();
                addresses.removeIf(withdrawn::contains);
            }
        }
        for (PrefixInformation option : options) {
            if (option.routerAddress() && option.validLifetimeSeconds() == 0) {
                addresses.remove(option.address());
            } else if (option.routerAddress() && mayHave(nowMillis, option.address(), origin, decision)) {
                add(option.address(), addresses, decision);
            }
        }
        return List.copyOf(addresses);
    }

    private void add(Ipv6Address address, Set<Ipv6Address> addresses, Decision.Builder decision) {
        if (addresses.contains(address)
                || addresses.size() < tables.config.limits().addressesPerHomeAgent()) {
            addresses.add(address);
        } else {
            decision.count(Reason.ADDRESSES_FULL);
        }
    }

    private boolean mayHave(long nowMillis, Ipv6Address address, PacketOrigin origin, Decision.Builder decision) {
        if (!address.isRoutableUnicast() || !isAdmitted(address, origin)) {
            return false;
        }
        Optional<HomeAgent> owner = tables.homeAgents
                .withGlobalAddress(address)
                .filter(other -> other.steerable(tables.bindings)
                        && !other.facts().linkLocalAddress().equals(origin.source()));
        if (owner.isEmpty()
                && !address.equals(tables.config.representativeAddress())
                && !address.equals(tables.config.anycastAddress())) {
            return true;
        }
        Event event = Event.warn(
                "home-agent-address-refused",
                "address",
                address,
                "linkLocalAddress",
                origin.source(),
                "port",
                origin.port());
        tables.offenders.refuse(nowMillis, origin.port(), Reason.GLOBAL_ADDRESS_TAKEN, event, decision);
        return false;
    }

    /** Until when those of its addresses are valid that this advertisement speaks of; empty if it says nothing of it. */
    Optional<Change> validity(long nowMillis, RouterAdvertisement advertisement, HomeAgentLearned facts) {
        Map<Ipv6Address, Long> untilMillis = new TreeMap<>();
        for (PrefixInformation option : advertisement.options(PrefixInformation.class)) {
            if (option.routerAddress() && facts.globalAddresses().contains(option.address())) {
                untilMillis.put(
                        option.address(),
                        option.validLifetimeSeconds() == INFINITY
                                ? Long.MAX_VALUE
                                : nowMillis + option.validLifetimeSeconds() * 1000L);
            }
        }
        return untilMillis.isEmpty() ? Optional.empty() : Optional.of(new AddressesValid(facts.index(), untilMillis));
    }

    static Decision readdressing(HomeAgent homeAgent, List<Ipv6Address> addresses) {
        return Decision.of(
                new HomeAgentReaddressed(homeAgent.index(), addresses),
                Event.info(
                        "home-agent-changed",
                        "linkLocalAddress",
                        homeAgent.facts().linkLocalAddress(),
                        "addresses",
                        addresses));
    }

    private boolean isAdmitted(Ipv6Address address, PacketOrigin origin) {
        return tables.config.admits(origin.linkLayerSource(), origin.port(), address);
    }
}
