package dev.roost.linux;

import dev.roost.linux.TunnelPrograms.Role;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The home agent's side of the tunnels: packets for bound home addresses go to the care-of address, packets from a
 * care-of address come out and go on by the routing table.
 *
 * <p>Goals: as fast as plain forwarding, the check of the outer source included; hundreds of thousands of bindings, any number changed
 * at once; nothing of ip6_tunnel or Mobile IPv6 in the kernel. So an eBPF program at the entry of each interface looks
 * bindings up in one hash table and forwards ({@link TunnelPrograms}). Beside it there are a route for packets that
 * this host itself sends to bound home addresses, and one whose MTU makes the kernel answer packets that are too big.
 *
 * <p>Limits. It needs forwarding switched on ({@link Sysctls}) and Ethernet interfaces. Tunnelled packets do not pass
 * netfilter's forward hook; what must be filtered is filtered at the interface (nftables: netdev). Routing rules of
 * others are heeded if they are there when the tunnels are opened, at a price of about a tenth of the speed. A home
 * address that this host itself had then gets no tunnel. A network card that cuts tunnelled segments in hardware may
 * take segments that came out of a tunnel, put together on arrival, for tunnelled ones still: there {@code ethtool -K
 * IF tx-ipxip6-segmentation off} has the kernel cut them. Fragments of tunnelled packets are not taken out.
 */
public final class HomeAgentTunnels implements TunnelTable {
    private static final int TABLE_TOO_BIG = 5201;
    private static final int TABLE_OWN_PACKETS = 5202;
    private static final int FILTER_PRIORITY = 0x52;
    private static final String NAME = "roost_ha";
    /** A discard-only address (RFC 6666): nothing is sent there, since every packet led to it is too big. */
    private static final Ipv6Address NOWHERE = Ipv6Address.parse("100::1");

    private static final Ipv6Prefix EVERYWHERE = new Ipv6Prefix(Ipv6Address.UNSPECIFIED, 0);

    private final List<NetworkLink> links;
    private final RouteTable routes;
    private final TunnelMaps maps;

    private HomeAgentTunnels(List<NetworkLink> links, RouteTable routes, TunnelMaps maps) {
        this.links = links;
        this.routes = routes;
        this.maps = maps;
    }

    /**
     * What the tunnels are laid between.
     *
     * @param homeInterface the interface on the home link
     * @param homePrefixes the home link's prefixes, of which home addresses are
     * @param otherInterfaces more interfaces by which packets for home addresses, or tunnelled ones, come in
     * @param maxBindings refused beyond; 16 to 32 bytes of kernel memory each are taken at once, 128 more for each
     *     binding there is
     */
    public record Options(
            String homeInterface, List<Ipv6Prefix> homePrefixes, List<String> otherInterfaces, int maxBindings) {
        public Options {
            homePrefixes = List.copyOf(homePrefixes);
            otherInterfaces = List.copyOf(otherInterfaces);
            if (maxBindings < 1) {
                throw new IllegalArgumentException("maxBindings < 1: " + maxBindings);
            }
        }
    }

    /**
     * Installs the tunnels in the network namespace of the calling thread, in place of those that an earlier process left there.
     *
     * @param initial there from the first packet on, so that a restart with known bindings interrupts nothing
     */
    public static HomeAgentTunnels open(Options options, Collection<TunnelBinding> initial) {
        List<NetworkLink> links = new ArrayList<>();
        links.add(ethernet(options.homeInterface()));
        options.otherInterfaces().forEach(name -> links.add(ethernet(name)));
        RouteTable routes = RouteTable.open(RouteTable.OWNER_HOME_AGENT_TUNNELS);
        TunnelMaps maps = new TunnelMaps(Role.HOME_AGENT, options.maxBindings());
        HomeAgentTunnels tunnels = new HomeAgentTunnels(links, routes, maps);
        boolean done = false;
        try {
            tunnels.install(options.homePrefixes(), initial);
            done = true;
            return tunnels;
        } finally {
            if (!done) {
                tunnels.close();
            }
        }
    }

    @Override
    public void setBindings(Collection<TunnelBinding> bindings) {
        maps.put(bindings);
    }

    @Override
    public void remove(Collection<Ipv6Address> homeAddresses) {
        maps.remove(homeAddresses);
    }

    @Override
    public Map<Ipv6Address, TunnelBinding> listInstalled() {
        return maps.list();
    }

    @Override
    public TunnelCounters counters() {
        return maps.counters();
    }

    /** The longest packet that fits the tunnels, in bytes: the smallest MTU of the interfaces less the outer header. */
    public int tunnelMtu() {
        return NetworkLink.smallestMtu(links).orElseThrow() - TunnelPrograms.TUNNEL_HEADER_BYTES;
    }

    @Override
    public void close() {
        links.forEach(link -> TrafficClassifier.detach(routes.netlink(), link.index(), FILTER_PRIORITY));
        routes.removeAllOwned();
        maps.close();
        routes.close();
    }

    private void install(List<Ipv6Prefix> homePrefixes, Collection<TunnelBinding> initial) {
        maps.putOwnAddresses(NetworkLink.allAddresses().stream()
                .map(NetworkLink.Address::address)
                .filter(Ipv6Address::isRoutableUnicast)
                .toList());
        setBindings(initial);
        TunnelPrograms programs =
                maps.programs(tunnelMtu(), routes.foreignRules().isEmpty());
        int home = links.get(0).index();
        Route tooBig = new Route(
                Route.Kind.UNICAST, EVERYWHERE, home, Optional.of(NOWHERE), true, TABLE_TOO_BIG, 0, tunnelMtu());
        List<Route> wanted = new ArrayList<>(List.of(tooBig));
        routes.add(wanted).stream().findFirst().ifPresent(refusal -> {
            throw refusal.why();
        });
        routes.addRule(RoutingRule.forMark(TABLE_TOO_BIG, TunnelPrograms.TOO_BIG_MARK, TABLE_TOO_BIG));
        try (BpfProgram departure = BpfProgram.load(BpfProgram.Kind.ROUTE_TRANSMIT, NAME, programs.departure())) {
            for (Ipv6Prefix prefix : homePrefixes) {
                Route ownPackets = Route.onLink(prefix, home).withTable(TABLE_OWN_PACKETS);
                routes.add(ownPackets, departure, NAME, TunnelPrograms.TUNNEL_HEADER_BYTES);
                wanted.add(ownPackets);
            }
        }
        routes.addRule(RoutingRule.forOwnPackets(TABLE_OWN_PACKETS, TABLE_OWN_PACKETS));
        try (BpfProgram arrival = BpfProgram.load(BpfProgram.Kind.TRAFFIC_CLASSIFIER, NAME, programs.arrival())) {
            links.forEach(
                    link -> TrafficClassifier.attach(routes.netlink(), link.index(), FILTER_PRIORITY, NAME, arrival));
        }
        removeSurplus(wanted);
    }

    /** What an earlier process with another configuration left behind. */
    private void removeSurplus(List<Route> wanted) {
        List<Route> surplus = new ArrayList<>(routes.installedRoutes());
        surplus.removeAll(wanted);
        routes.remove(surplus);
        for (NetworkLink other : NetworkLink.all()) {
            if (links.stream().noneMatch(link -> link.index() == other.index())) {
                TrafficClassifier.detach(routes.netlink(), other.index(), FILTER_PRIORITY);
            }
        }
    }

    static NetworkLink ethernet(String name) {
        NetworkLink link = NetworkLink.named(name);
        if (!link.ethernet()) {
            throw new LinuxException("interface " + name, "not an Ethernet interface", LinuxCalls.EINVAL);
        }
        return link;
    }
}
