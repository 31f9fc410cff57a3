package dev.roost.linux;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads back the routes and rules of one owner, for {@link RouteTable}. */
final class RouteReader {
    private static final int STRICT_CHECK = 12; // NETLINK_GET_STRICT_CHK
    private static final int RTPROT_KERNEL = 2;

    private final NetlinkSocket netlink;
    private final int owner;

    RouteReader(NetlinkSocket netlink, int owner) {
        this.netlink = netlink;
        this.owner = owner;
    }

    List<Route> routes() {
        // With strict checking the kernel sends only the routes of the owner that is asked for; an older one sends all.
        LinuxCalls.trySetOption(netlink.descriptor(), LinuxCalls.SOL_NETLINK, STRICT_CHECK, 1);
        NetlinkMessage all = new NetlinkMessage(RouteMessages.RTM_GETROUTE, NetlinkMessage.DUMP)
                .put8(RouteMessages.AF_INET6)
                .put8(0)
                .put8(0)
                .put8(0)
                .put8(0)
                .put8(owner)
                .put8(0)
                .put8(0)
                .put32(0);
        List<Route> routes = new ArrayList<>();
        netlink.dump("listing routes", all, entry -> {
            ByteBuffer in = entry.payload();
            if (entry.type() == RouteMessages.RTM_NEWROUTE && (in.get(5) & 0xff) == owner) {
                routes.add(route(in));
            }
        });
        return routes;
    }

    List<RoutingRule> rules() {
        return rules(OptionalInt.of(owner));
    }

    /** Rules that are neither the kernel's nor of an owner known to {@link RouteTable}. */
    List<RoutingRule> foreignRules() {
        return rules(OptionalInt.empty());
    }

    private List<RoutingRule> rules(OptionalInt wantedOwner) {
        NetlinkMessage all = new NetlinkMessage(RouteMessages.RTM_GETRULE, NetlinkMessage.DUMP)
                .put8(RouteMessages.AF_INET6)
                .put8(0)
                .put16(0)
                .put32(0)
                .put32(0);
        List<RoutingRule> rules = new ArrayList<>();
        netlink.dump("listing routing rules", all, entry -> {
            Map<Integer, ByteBuffer> attributes = attributes(entry.payload());
            ByteBuffer protocol = attributes.get(RouteMessages.FRA_PROTOCOL);
            int ruleOwner = protocol == null ? 0 : protocol.get(0) & 0xff;
            if (wantedOwner.isPresent()
                    ? wantedOwner.getAsInt() == ruleOwner
                    : ruleOwner != RTPROT_KERNEL && !RouteTable.isOwner(ruleOwner)) {
                rules.add(rule(entry.payload(), attributes));
            }
        });
        return rules;
    }

    private static Route route(ByteBuffer in) {
        Map<Integer, ByteBuffer> attributes = attributes(in);
        ByteBuffer metrics = attributes.get(RouteMessages.RTA_METRICS);
        int mtu = metrics == null ? 0 : number(attributesFrom(metrics, 0), RouteMessages.RTAX_MTU);
        int metric = number(attributes, RouteMessages.RTA_PRIORITY);
        return new Route(
                in.get(7) == RouteMessages.RTN_LOCAL ? Route.Kind.LOCAL : Route.Kind.UNICAST,
                new Ipv6Prefix(address(attributes.get(RouteMessages.RTA_DST)), in.get(1) & 0xff),
                number(attributes, RouteMessages.RTA_OIF),
                Optional.ofNullable(attributes.get(RouteMessages.RTA_GATEWAY)).map(RouteReader::address),
                (in.getInt(8) & RouteMessages.RTNH_F_ONLINK) != 0,
                number(attributes, RouteMessages.RTA_TABLE),
                metric == 1024 ? 0 : metric,
                mtu);
    }

    private static RoutingRule rule(ByteBuffer in, Map<Integer, ByteBuffer> attributes) {
        return new RoutingRule(
                number(attributes, RouteMessages.FRA_PRIORITY),
                number(attributes, RouteMessages.FRA_TABLE),
                prefix(attributes.get(RouteMessages.FRA_SRC), in.get(2)),
                prefix(attributes.get(RouteMessages.FRA_DST), in.get(1)),
                Optional.ofNullable(attributes.get(RouteMessages.FRA_IIFNAME)).map(RouteReader::text),
                attributes.containsKey(RouteMessages.FRA_FWMARK)
                        ? OptionalInt.of(number(attributes, RouteMessages.FRA_FWMARK))
                        : OptionalInt.empty());
    }

    /** Attributes behind the 12 bytes that routes and rules begin with. */
    static Map<Integer, ByteBuffer> attributes(ByteBuffer in) {
        return attributesFrom(in, 12);
    }

    static Map<Integer, ByteBuffer> attributesFrom(ByteBuffer in, int start) {
        Map<Integer, ByteBuffer> attributes = new HashMap<>();
        for (int at = start; at + 4 <= in.limit(); ) {
            int length = in.getShort(at) & 0xffff;
            if (length < 4) {
                break;
            }
            int type = in.getShort(at + 2) & 0x3fff; // without the flags for nesting and byte order
            attributes.put(type, in.slice(at + 4, length - 4).order(ByteOrder.nativeOrder()));
            at += (length + 3) & ~3;
        }
        return attributes;
    }

    private static int number(Map<Integer, ByteBuffer> attributes, int type) {
        ByteBuffer value = attributes.get(type);
        return value == null ? 0 : value.getInt(0);
    }

    private static Ipv6Address address(@org.jspecify.annotations.Nullable ByteBuffer value) {
        return value == null
                ? Ipv6Address.UNSPECIFIED
                : Ipv6Address.fromBytes(value.duplicate().order(ByteOrder.BIG_ENDIAN));
    }

    private static Optional<Ipv6Prefix> prefix(@org.jspecify.annotations.Nullable ByteBuffer value, byte length) {
        return Optional.ofNullable(value).map(v -> new Ipv6Prefix(address(v), length & 0xff));
    }

    static String text(ByteBuffer value) {
        byte[] bytes = new byte[value.limit()];
        value.get(0, bytes);
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
