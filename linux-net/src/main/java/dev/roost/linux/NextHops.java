package dev.roost.linux;

import dev.roost.mobileip.Ipv6Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps the link-layer addresses of routers known towards which tunnels lead. Else the first packets of a tunnel wait for neighbor
 * discovery in a short queue of the kernel, and thousands a second are more than that holds.
 *
 * <p>The kernel is asked for the route once for each /64, and is told to keep the router's entry resolved for as long as this is open
 * (NTF_EXT_MANAGED, since Linux 5.16). An entry that somebody made permanent is left alone. Used by one thread.
 */
public final class NextHops implements AutoCloseable {
    /** Anywhere beyond the home link: the default route, most often. */
    private static final Ipv6Address ELSEWHERE = Ipv6Address.parse("2000::");

    private static final int MAX_PREFIXES = 4096;

    private static final int RTM_NEWNEIGH = 28;
    private static final int RTM_GETNEIGH = 30;
    private static final int NDA_DST = 1;
    private static final int NDA_FLAGS_EXT = 15;
    private static final int NTF_USE = 1;
    private static final int NTF_EXT_MANAGED = 1;
    /** Permanent, or an interface without neighbor discovery. */
    private static final int NUD_FIXED = 0x80 | 0x40;

    private static final int NDM_STATE = 8;
    private static final int ROUTE_LENGTH = 128;

    private final NetlinkSocket netlink = new NetlinkSocket();
    /** High halves of destinations that were looked up. */
    private final Set<Long> known = new HashSet<>();

    private final Set<Router> managed = new HashSet<>();

    private record Router(int interfaceIndex, Ipv6Address address) {}

    private NextHops() {}

    /** Begins with the default route's router, if there is one. */
    public static NextHops open() {
        NextHops opened = new NextHops();
        opened.resolve(List.of(ELSEWHERE));
        return opened;
    }

    /** Has the routers towards these addresses resolved; those looked up before cost nothing. */
    public void resolve(Collection<Ipv6Address> destinations) {
        for (Ipv6Address destination : destinations) {
            if (known.size() >= MAX_PREFIXES) {
                known.clear();
            }
            if (known.add(destination.high())) {
                router(destination).filter(router -> !managed.contains(router)).ifPresent(this::manage);
            }
        }
    }

    /** Looks routes up again when they are asked for: they may have changed. */
    public void forgetRoutes() {
        known.clear();
    }

    private void manage(Router router) {
        if (isFixed(router)) {
            return;
        }
        NetlinkMessage message = neighbor(
                        RTM_NEWNEIGH, NetlinkMessage.ACK | NetlinkMessage.CREATE | NetlinkMessage.REPLACE, router)
                .attribute(NDA_FLAGS_EXT, NTF_EXT_MANAGED);
        // Where it is refused, the kernel resolves the router with the first packet, as ever.
        if (netlink.requestAll(List.of(message))[0] == 0) {
            managed.add(router);
        }
    }

    /** Empty where there is no route, or no router is needed. */
    private Optional<Router> router(Ipv6Address destination) {
        NetlinkMessage question = new NetlinkMessage(RouteMessages.RTM_GETROUTE, NetlinkMessage.ACK)
                .put8(RouteMessages.AF_INET6)
                .put8(ROUTE_LENGTH)
                .put8(0)
                .put8(0)
                .put32(0)
                .put32(0)
                .attribute(RouteMessages.RTA_DST, destination.toBytes());
        for (NetlinkSocket.Entry answer : ask(question)) {
            Map<Integer, ByteBuffer> attributes = RouteReader.attributes(answer.payload());
            ByteBuffer gateway = attributes.get(RouteMessages.RTA_GATEWAY);
            ByteBuffer through = attributes.get(RouteMessages.RTA_OIF);
            if (answer.type() == RouteMessages.RTM_NEWROUTE && gateway != null && through != null) {
                return Optional.of(
                        new Router(through.getInt(0), Ipv6Address.fromBytes(gateway.order(ByteOrder.BIG_ENDIAN))));
            }
        }
        return Optional.empty();
    }

    private boolean isFixed(Router router) {
        return ask(neighbor(RTM_GETNEIGH, NetlinkMessage.ACK, router)).stream()
                .anyMatch(answer -> (answer.payload().getShort(NDM_STATE) & NUD_FIXED) != 0);
    }

    /** What the kernel says to a question about one thing; nothing if it knows of none. */
    private List<NetlinkSocket.Entry> ask(NetlinkMessage question) {
        List<NetlinkSocket.Entry> answers = new ArrayList<>();
        try {
            netlink.dump("looking up a neighbor", question, answers::add);
        } catch (LinuxException e) {
            return List.of();
        }
        return answers;
    }

    private static NetlinkMessage neighbor(int messageType, int flags, Router router) {
        return new NetlinkMessage(messageType, flags)
                .put8(RouteMessages.AF_INET6)
                .put8(0)
                .put16(0)
                .put32(router.interfaceIndex())
                .put16(0)
                .put8(messageType == RTM_NEWNEIGH ? NTF_USE : 0)
                .put8(0)
                .attribute(NDA_DST, router.address().toBytes());
    }

    /** The kernel keeps what it knows of the routers as long as it is used, as without this. */
    @Override
    public void close() {
        for (Router router : managed) {
            netlink.requestAll(List.of(neighbor(RTM_NEWNEIGH, NetlinkMessage.ACK | NetlinkMessage.REPLACE, router)));
        }
        netlink.close();
    }
}
