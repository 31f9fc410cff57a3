package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Effect.Event;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.PrefixInformation;
import dev.roost.mobileip.RouterAdvertisement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The global addresses of a home agent after one more advertisement: those it had, and the address of every prefix
 * information option that has the R flag (RFC 6275, 7.2 and 10.5.1).
 *
 * <p>One ends when its valid lifetime is 0, or when its prefix comes without the R flag: then the home agent no longer says
 * that it has an address there. One that is another home agent's, or the representative's, stays theirs.
 */
final class AdvertisedAddresses {

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
            } else if (option.routerAddress() && mayHave(option.address(), origin, decision)) {
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

    private boolean mayHave(Ipv6Address address, PacketOrigin origin, Decision.Builder decision) {
        if (!address.isRoutableUnicast() || !isAdmitted(address, origin)) {
            return false;
        }
        Optional<HomeAgent> owner = tables.homeAgents
                .withGlobalAddress(address)
                .filter(other ->
                        other.listed && !other.facts().linkLocalAddress().equals(origin.source()));
        if (owner.isEmpty()
                && !address.equals(tables.config.representativeAddress())
                && !address.equals(tables.config.anycastAddress())) {
            return true;
        }
        decision.count(Reason.GLOBAL_ADDRESS_TAKEN)
                .effect(Event.warn(
                        "home-agent-address-refused",
                        "address",
                        address,
                        "linkLocalAddress",
                        origin.source(),
                        "port",
                        origin.port()));
        return false;
    }

    private boolean isAdmitted(Ipv6Address address, PacketOrigin origin) {
        return tables.config.homeAgents().isEmpty()
                || tables.config.homeAgents().stream()
                        .anyMatch(admitted -> admitted.admits(origin)
                                && admitted.address().map(address::equals).orElse(true));
    }
}
