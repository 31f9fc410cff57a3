package dev.roost.homeagent.binding;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import java.time.Duration;
import java.util.Set;

/**
 * What a home agent is told once, at start. The preference is not among it: it is read before every router advertisement.
 *
 * @param address the home agent's own global address, to which binding updates go and from which tunnels start
 * @param prefix the home subnet prefix; home addresses lie in it
 * @param linkLayerAddress of the interface on the home link
 * @param linkLocalAddress of the same interface
 * @param ownAddresses all addresses of this host, {@code address} among them: none of them can be a home address
 * @param homeAgentLifetime 1 to 65535 s, for the home agent information option
 * @param routerLifetime 0 to 9000 s; 0 says that this is not a default router, as home agents beside a router have it
 * @param routerAdvertisementInterval MaxRtrAdvInterval
 * @param prefixValidLifetime of the home prefix, as advertised; no binding is granted longer
 * @param prefixPreferredLifetime of the home prefix, as advertised
 * @param maximumBindingLifetime longest lifetime granted; at least 4 s
 * @param maximumBindings how many may be bound, or waiting to be, at once
 * @param detectionTime how long duplicate address detection listens; zero turns it off
 */
public record HomeAgentSettings(
        Ipv6Address address,
        Ipv6Prefix prefix,
        MacAddress linkLayerAddress,
        Ipv6Address linkLocalAddress,
        Set<Ipv6Address> ownAddresses,
        int homeAgentLifetime,
        int routerLifetime,
        Duration routerAdvertisementInterval,
        Duration prefixValidLifetime,
        Duration prefixPreferredLifetime,
        Duration maximumBindingLifetime,
        int maximumBindings,
        Duration detectionTime) {

    /** RetransTimer of RFC 4861, 10: with one probe, duplicate address detection takes this long (RFC 4862, 5.1). */
    public static final Duration RETRANS_TIMER = Duration.ofSeconds(1);

    /** What one home agent holds unless told otherwise: heap and kernel memory for it stay below half a gigabyte. */
    public static final int DEFAULT_MAXIMUM_BINDINGS = 200_000;

    public HomeAgentSettings {
        ownAddresses = Set.copyOf(ownAddresses);
        if (!prefix.contains(address)) {
            throw new IllegalArgumentException(address + " is not in " + prefix);
        }
        if (maximumBindingLifetime.toSeconds() < 4 || prefixValidLifetime.toSeconds() < 4) {
            throw new IllegalArgumentException("lifetimes below 4 s can't be granted");
        }
        if (homeAgentLifetime < 1 || homeAgentLifetime > 0xffff) {
            throw new IllegalArgumentException("home agent lifetime is 1 to 65535 s, not " + homeAgentLifetime);
        }
    }

    /** The settings of a home agent whose configuration says nothing else. */
    public static HomeAgentSettings of(Ipv6Address address, Ipv6Prefix prefix, MacAddress linkLayerAddress) {
        return new HomeAgentSettings(
                address,
                prefix,
                linkLayerAddress,
                Ipv6Address.linkLocal(linkLayerAddress),
                Set.of(address),
                1800,
                0,
                Duration.ofSeconds(1),
                Duration.ofDays(30),
                Duration.ofDays(7),
                Duration.ofHours(18),
                DEFAULT_MAXIMUM_BINDINGS,
                RETRANS_TIMER);
    }

    /** Whether a mobile node may have this home address: on the home link, and nobody's whom the kernel or another speaks for. */
    boolean isHomeAddress(Ipv6Address candidate) {
        return prefix.contains(candidate)
                && !ownAddresses.contains(candidate)
                && !candidate.equals(address)
                && !candidate.equals(anycastAddress());
    }

    /** The Mobile IPv6 Home-Agents anycast address, for which this home agent never speaks: the representative does. */
    Ipv6Address anycastAddress() {
        return prefix.homeAgentsAnycast();
    }

    /** The link-local address that belongs to a home address when the L bit says so. */
    Ipv6Address linkLocalOf(Ipv6Address homeAddress) {
        return new Ipv6Address(Ipv6Prefix.LINK_LOCAL.address().high(), homeAddress.low());
    }

    /** The home address that a link-local address would belong to, if it belongs to one. */
    Ipv6Address homeAddressOf(Ipv6Address linkLocal) {
        return new Ipv6Address(prefix.address().high(), linkLocal.low());
    }
}
