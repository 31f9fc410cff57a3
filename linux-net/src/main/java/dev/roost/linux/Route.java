package dev.roost.linux;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.util.Optional;

/**
 * An IPv6 route.
 *
 * @param interfaceIndex where packets leave; for {@link Kind#LOCAL} any interface
 * @param onLink the gateway is taken to be on the interface's link whatever other routes say
 * @param table 254 is the main table
 * @param metric 0 for the kernel's default, 1024
 * @param mtu 0 for that of the interface
 */
public record Route(
        Kind kind,
        Ipv6Prefix destination,
        int interfaceIndex,
        Optional<Ipv6Address> gateway,
        boolean onLink,
        int table,
        int metric,
        int mtu) {
    /** What becomes of a packet that matches. */
    public enum Kind {
        /** It is sent on. */
        UNICAST,
        /** It is for this host, as if each address of the destination were its own. */
        LOCAL
    }

    /** A route of the main table to a destination on the interface's link. */
    public static Route onLink(Ipv6Prefix destination, int interfaceIndex) {
        return new Route(
                Kind.UNICAST, destination, interfaceIndex, Optional.empty(), false, RouteMessages.TABLE_MAIN, 0, 0);
    }

    /** A route of the main table through a gateway. */
    public static Route via(Ipv6Prefix destination, int interfaceIndex, Ipv6Address gateway) {
        return new Route(
                Kind.UNICAST, destination, interfaceIndex, Optional.of(gateway), false, RouteMessages.TABLE_MAIN, 0, 0);
    }

    /** Makes every address of {@code destination} one of this host's own, without listing them on an interface. */
    public static Route local(Ipv6Prefix destination, int loopbackIndex) {
        return new Route(
                Kind.LOCAL, destination, loopbackIndex, Optional.empty(), false, RouteMessages.TABLE_LOCAL, 0, 0);
    }

    public Route withTable(int newTable) {
        return new Route(kind, destination, interfaceIndex, gateway, onLink, newTable, metric, mtu);
    }

    public Route withMetric(int newMetric) {
        return new Route(kind, destination, interfaceIndex, gateway, onLink, table, newMetric, mtu);
    }

    public Route withMtu(int newMtu) {
        return new Route(kind, destination, interfaceIndex, gateway, onLink, table, metric, newMtu);
    }
}
