package dev.roost.linux;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Routes, rules, addresses and neighbors of the network namespace of the thread that opens it, over rtnetlink.
 *
 * <p>Routes and rules carry the number of their owner, which `ip route` shows as {@code proto}: it tells ours from everybody
 * else's, also after the process that made them is gone ({@link #installedRoutes}, {@link #removeAllOwned}). Changes go out in batches and are answered
 * one by one, so that one that is refused does not hold up the others. Used by one thread at a time.
 */
public final class RouteTable implements AutoCloseable {
    /** Owner numbers, which rtnetlink leaves to whoever picks one above 4; unused by the routing daemons known to iproute2. */
    public static final int OWNER_HOME_AGENT = 0x52;

    public static final int OWNER_MOBILE_NODE = 0x53;
    static final int OWNER_HOME_AGENT_TUNNELS = 0x54;
    static final int OWNER_MOBILE_NODE_TUNNELS = 0x55;

    private static final int RTM_NEWADDR = 20;
    private static final int RTM_DELADDR = 21;
    private static final int RTM_NEWNEIGH = 28;
    private static final int RTM_DELNEIGH = 29;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_FLAGS = 8;
    private static final int IFA_F_NODAD = 0x02;
    private static final int IFA_F_PERMANENT = 0x80;
    private static final int IFA_F_NOPREFIXROUTE = 0x200;
    private static final int NDA_DST = 1;
    private static final int NDA_LLADDR = 2;
    private static final int NUD_PERMANENT = 0x80;

    /** A change that the kernel refused, and why. */
    public record Refusal<T>(T what, LinuxException why) {}

    private final NetlinkSocket netlink = new NetlinkSocket();
    private final int owner;

    private RouteTable(int owner) {
        this.owner = owner;
    }

    /** @param owner the number that marks what is installed; one of the constants of this class */
    public static RouteTable open(int owner) {
        return new RouteTable(owner);
    }

    /** Adds routes, replacing those of the same destination, table and metric; returns what was refused. */
    public List<Refusal<Route>> add(Collection<Route> routes) {
        return change(
                "adding a route",
                routes,
                route -> RouteMessages.route(
                        RouteMessages.RTM_NEWROUTE, NetlinkMessage.CREATE | NetlinkMessage.REPLACE, owner, route));
    }

    /** Removes routes; those that are not there are passed over. Returns what was refused. */
    public List<Refusal<Route>> remove(Collection<Route> routes) {
        return change(
                "removing a route",
                routes,
                route -> RouteMessages.route(RouteMessages.RTM_DELROUTE, 0, owner, route),
                LinuxCalls.ESRCH,
                LinuxCalls.ENOENT);
    }

    /** The routes of this owner that the kernel holds, whoever installed them. */
    public List<Route> installedRoutes() {
        return new RouteReader(netlink, owner).routes();
    }

    /** Brings the routes of this owner to exactly {@code wanted}, touching only what differs; returns what was refused. */
    public List<Refusal<Route>> reconcile(Collection<Route> wanted) {
        Set<Route> surplus = new HashSet<>(installedRoutes());
        List<Route> missing = new ArrayList<>();
        for (Route route : wanted) {
            if (!surplus.remove(route)) {
                missing.add(route);
            }
        }
        List<Refusal<Route>> refused = new ArrayList<>(remove(surplus));
        refused.addAll(add(missing));
        return refused;
    }

    /** Adds a rule; one that is there already stays as it is. */
    public void addRule(RoutingRule rule) {
        netlink.request(
                "adding a routing rule (kernel option CONFIG_IPV6_MULTIPLE_TABLES)",
                RouteMessages.rule(
                        RouteMessages.RTM_NEWRULE, NetlinkMessage.CREATE | NetlinkMessage.EXCLUSIVE, owner, rule),
                LinuxCalls.EEXIST);
    }

    /** Removes a rule; one that is not there is passed over. */
    public void removeRule(RoutingRule rule) {
        netlink.request(
                "removing a routing rule",
                RouteMessages.rule(RouteMessages.RTM_DELRULE, 0, owner, rule),
                LinuxCalls.ENOENT);
    }

    /** The rules of this owner that the kernel holds, whoever installed them. */
    public List<RoutingRule> installedRules() {
        return new RouteReader(netlink, owner).rules();
    }

    /** Rules of nobody that this class knows: an administrator's, another program's. */
    List<RoutingRule> foreignRules() {
        return new RouteReader(netlink, owner).foreignRules();
    }

    static boolean isOwner(int number) {
        return number >= OWNER_HOME_AGENT && number <= OWNER_MOBILE_NODE_TUNNELS;
    }

    /** Removes all routes and rules of this owner, also those of a process that is gone. */
    public void removeAllOwned() {
        installedRules().forEach(this::removeRule);
        remove(installedRoutes());
    }

    /**
     * Adds an address to an interface, at once and for good: without duplicate address detection (the caller has done
     * it, or needs none) and without a route to its prefix. One that is there already stays.
     */
    public void addAddress(int interfaceIndex, Ipv6Address address, int prefixLength) {
        List<Refusal<Ipv6Address>> refused = addAddresses(interfaceIndex, List.of(address), prefixLength);
        if (!refused.isEmpty()) {
            throw refused.get(0).why();
        }
    }

    /** The same for many; returns what was refused. */
    public List<Refusal<Ipv6Address>> addAddresses(
            int interfaceIndex, Collection<Ipv6Address> addresses, int prefixLength) {
        return change(
                "adding an address",
                addresses,
                address -> address(
                                RTM_NEWADDR,
                                NetlinkMessage.CREATE | NetlinkMessage.REPLACE,
                                interfaceIndex,
                                address,
                                prefixLength)
                        .attribute(IFA_FLAGS, IFA_F_NODAD | IFA_F_PERMANENT | IFA_F_NOPREFIXROUTE),
                LinuxCalls.EEXIST);
    }

    /** Removes addresses; those that are not there are passed over. Returns what was refused. */
    public List<Refusal<Ipv6Address>> removeAddresses(
            int interfaceIndex, Collection<Ipv6Address> addresses, int prefixLength) {
        return change(
                "removing an address",
                addresses,
                address -> address(RTM_DELADDR, 0, interfaceIndex, address, prefixLength),
                LinuxCalls.EADDRNOTAVAIL,
                LinuxCalls.ENODEV);
    }

    /** Says for good which link-layer address a neighbor has. */
    public void setNeighbor(int interfaceIndex, Ipv6Address neighbor, MacAddress linkLayerAddress) {
        netlink.request(
                "setting neighbor " + neighbor,
                neighbor(RTM_NEWNEIGH, NetlinkMessage.CREATE | NetlinkMessage.REPLACE, interfaceIndex, neighbor)
                        .attribute(NDA_LLADDR, linkLayerAddress.toBytes()));
    }

    /** Forgets what is known of a neighbor, so that it is asked again. */
    public void forgetNeighbor(int interfaceIndex, Ipv6Address neighbor) {
        netlink.request(
                "removing neighbor " + neighbor,
                neighbor(RTM_DELNEIGH, 0, interfaceIndex, neighbor),
                LinuxCalls.ENOENT,
                LinuxCalls.ENODEV);
    }

    @Override
    public void close() {
        netlink.close();
    }

    /** Adds a route whose packets a program looks at. */
    void add(Route route, BpfProgram program, String name, int headroom) {
        NetlinkMessage message = RouteMessages.route(
                RouteMessages.RTM_NEWROUTE, NetlinkMessage.CREATE | NetlinkMessage.REPLACE, owner, route);
        netlink.request(
                "adding a route with an eBPF program (kernel option CONFIG_LWTUNNEL_BPF)",
                RouteMessages.withProgram(message, program, name, headroom));
    }

    NetlinkSocket netlink() {
        return netlink;
    }

    private <T> List<Refusal<T>> change(
            String what, Collection<T> items, Function<T, NetlinkMessage> message, int... tolerated) {
        List<T> inOrder = List.copyOf(items);
        int[] errors = netlink.requestAll(inOrder.stream().map(message).toList());
        List<Refusal<T>> refused = new ArrayList<>();
        for (int i = 0; i < errors.length; i++) {
            int error = errors[i];
            if (error != 0 && java.util.Arrays.stream(tolerated).noneMatch(t -> t == error)) {
                T item = inOrder.get(i);
                refused.add(new Refusal<>(item, LinuxCalls.error(what + ": " + item, error)));
            }
        }
        return refused;
    }

    private static NetlinkMessage address(
            int type, int flags, int interfaceIndex, Ipv6Address address, int prefixLength) {
        return new NetlinkMessage(type, NetlinkMessage.ACK | flags)
                .put8(RouteMessages.AF_INET6)
                .put8(prefixLength)
                .put8(0)
                .put8(0)
                .put32(interfaceIndex)
                .attribute(IFA_LOCAL, address.toBytes())
                .attribute(IFA_ADDRESS, address.toBytes());
    }

    private static NetlinkMessage neighbor(int type, int flags, int interfaceIndex, Ipv6Address neighbor) {
        return new NetlinkMessage(type, NetlinkMessage.ACK | flags)
                .put8(RouteMessages.AF_INET6)
                .put8(0)
                .put16(0)
                .put32(interfaceIndex)
                .put16(NUD_PERMANENT)
                .put8(0)
                .put8(0)
                .attribute(NDA_DST, neighbor.toBytes());
    }

    /** The prefix that a host route has. */
    static Ipv6Prefix host(Ipv6Address address) {
        return new Ipv6Prefix(address, 128);
    }
}
