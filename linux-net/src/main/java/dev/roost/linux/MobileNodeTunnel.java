package dev.roost.linux;

import dev.roost.linux.TunnelPrograms.Role;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The mobile node's side of its tunnel, or of very many mobile nodes' tunnels in one network namespace.
 *
 * <p>While any home address has a tunnel, packets that this host sends from {@code homeAddresses} go through it to the home
 * agent; those from a home address of that range without a tunnel are dropped and counted. What the home agent sends to the care-of address comes out
 * if it comes from that home agent's address (RFC 6275, 11.3.2 and real home agents: data comes from the address registered with).
 * Giving a home address a new care-of address or home agent is one replacement in the kernel's table.
 *
 * <p>The home addresses must be addresses of this host: on an interface, or for very many by {@link Route#local}. When the last
 * tunnel goes, the mobile node is at home and routing is as if this were not there.
 */
public final class MobileNodeTunnel implements TunnelTable {
    private static final int TABLE = 5203;
    private static final int FILTER_PRIORITY = 0x53;
    private static final String NAME = "roost_mn";
    private static final Ipv6Prefix EVERYWHERE = new Ipv6Prefix(Ipv6Address.UNSPECIFIED, 0);

    private final Options options;
    private final NetworkLink link;
    private final RouteTable routes;
    private final TunnelMaps maps;
    private boolean steering;

    private MobileNodeTunnel(Options options, NetworkLink link, RouteTable routes, TunnelMaps maps) {
        this.options = options;
        this.link = link;
        this.routes = routes;
        this.maps = maps;
    }

    /**
     * Where the tunnels begin.
     *
     * @param interfaceName the interface that care-of addresses are reached by
     * @param homeAddresses what home addresses are of: one prefix of length 128 for a mobile node, the home prefix for many
     * @param maxBindings refused beyond
     */
    public record Options(String interfaceName, List<Ipv6Prefix> homeAddresses, int maxBindings) {
        public Options {
            homeAddresses = List.copyOf(homeAddresses);
            if (maxBindings < 1) {
                throw new IllegalArgumentException("maxBindings < 1: " + maxBindings);
            }
        }
    }

    /** Prepares the tunnels in the network namespace of the calling thread, in place of those that an earlier process left there. */
    public static MobileNodeTunnel open(Options options) {
        NetworkLink link = HomeAgentTunnels.ethernet(options.interfaceName());
        RouteTable routes = RouteTable.open(RouteTable.OWNER_MOBILE_NODE_TUNNELS);
        TunnelMaps maps = new TunnelMaps(Role.MOBILE_NODE, options.maxBindings());
        MobileNodeTunnel tunnel = new MobileNodeTunnel(options, link, routes, maps);
        boolean done = false;
        try {
            routes.removeAllOwned();
            tunnel.install();
            done = true;
            return tunnel;
        } finally {
            if (!done) {
                tunnel.close();
            }
        }
    }

    @Override
    public void setBindings(Collection<TunnelBinding> bindings) {
        maps.put(bindings);
        if (!bindings.isEmpty() && !steering) {
            for (Ipv6Prefix prefix : options.homeAddresses()) {
                routes.addRule(RoutingRule.from(TABLE, prefix, TABLE));
            }
            steering = true;
        }
    }

    @Override
    public void remove(Collection<Ipv6Address> homeAddresses) {
        maps.remove(homeAddresses);
        if (steering && maps.isEmpty()) {
            for (Ipv6Prefix prefix : options.homeAddresses()) {
                routes.removeRule(RoutingRule.from(TABLE, prefix, TABLE));
            }
            steering = false;
        }
    }

    @Override
    public Map<Ipv6Address, TunnelBinding> listInstalled() {
        return maps.list();
    }

    @Override
    public TunnelCounters counters() {
        return maps.counters();
    }

    @Override
    public void close() {
        TrafficClassifier.detach(routes.netlink(), link.index(), FILTER_PRIORITY);
        routes.removeAllOwned();
        maps.close();
        routes.close();
    }

    private void install() {
        TunnelPrograms programs = maps.programs(link.mtu() - TunnelPrograms.TUNNEL_HEADER_BYTES, false);
        try (BpfProgram departure = BpfProgram.load(BpfProgram.Kind.ROUTE_TRANSMIT, NAME, programs.departure())) {
            routes.add(
                    Route.onLink(EVERYWHERE, link.index()).withTable(TABLE),
                    departure,
                    NAME,
                    TunnelPrograms.TUNNEL_HEADER_BYTES);
        }
        try (BpfProgram arrival = BpfProgram.load(BpfProgram.Kind.TRAFFIC_CLASSIFIER, NAME, programs.arrival())) {
            TrafficClassifier.attach(routes.netlink(), link.index(), FILTER_PRIORITY, NAME, arrival);
        }
    }
}
