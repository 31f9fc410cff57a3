package dev.roost.homeagent.linux;

import dev.roost.linux.NetworkLink;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The interface on the home link as it must be before a home agent can start: there, up, with the configured address and a
 * link-local one.
 *
 * @param ownAddresses all addresses of this host, none of which can be a home address
 */
public record HomeLinkInterface(
        int index, MacAddress linkLayerAddress, Ipv6Address linkLocalAddress, Set<Ipv6Address> ownAddresses) {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long POLL_MILLIS = 50;

    /** Something is not as it must be; the message is one line for an operator. */
    public static final class NotReadyException extends Exception {
        private static final long serialVersionUID = 1L;

        NotReadyException(String message) {
            super(message);
        }
    }

    /**
     * Looks at the interface, and waits some seconds for the kernel to finish duplicate address detection there.
     *
     * @throws NotReadyException if something is missing that waiting does not bring
     */
    public static HomeLinkInterface await(String name, Ipv6Address address, int prefixLength)
            throws NotReadyException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            NetworkLink link = NetworkLink.named(name);
            List<NetworkLink.Address> addresses = link.addresses();
            Optional<String> obstacle = obstacle(link, addresses, address, prefixLength);
            if (obstacle.isEmpty()) {
                return new HomeLinkInterface(
                        link.index(),
                        link.macAddress(),
                        linkLocal(addresses).orElseThrow().address(),
                        NetworkLink.all().stream()
                                .flatMap(any -> any.addresses().stream())
                                .map(NetworkLink.Address::address)
                                .collect(Collectors.toUnmodifiableSet()));
            }
            boolean mayPass = addresses.stream().anyMatch(NetworkLink.Address::tentative)
                    || linkLocal(addresses).isEmpty();
            if (!link.up() || !mayPass || System.nanoTime() - deadline > 0) {
                throw new NotReadyException(obstacle.orElseThrow());
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static Optional<String> obstacle(
            NetworkLink link, List<NetworkLink.Address> addresses, Ipv6Address wanted, int prefixLength) {
        String on = " on interface " + link.name();
        if (!link.ethernet()) {
            return Optional.of("interface " + link.name() + " is not an Ethernet interface");
        }
        if (!link.up()) {
            return Optional.of("interface " + link.name() + " is down: ip link set " + link.name() + " up");
        }
        Optional<NetworkLink.Address> own =
                addresses.stream().filter(a -> a.address().equals(wanted)).findFirst();
        if (own.isEmpty()) {
            return Optional.of("address " + wanted + " is not" + on + ": ip -6 address add " + wanted + "/"
                    + prefixLength + " dev " + link.name());
        }
        if (own.orElseThrow().duplicate()) {
            return Optional.of("address " + wanted + on + " is a duplicate: another host of the link has it");
        }
        if (own.orElseThrow().tentative()) {
            return Optional.of("address " + wanted + on + " is still tentative");
        }
        return linkLocal(addresses).isEmpty() ? Optional.of("there is no link-local address" + on) : Optional.empty();
    }

    private static Optional<NetworkLink.Address> linkLocal(List<NetworkLink.Address> addresses) {
        return addresses.stream()
                .filter(a -> a.address().isLinkLocal() && !a.tentative() && !a.duplicate())
                .findFirst();
    }
}
