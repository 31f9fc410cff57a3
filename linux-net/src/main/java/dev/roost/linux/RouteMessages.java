package dev.roost.linux;

import dev.roost.mobileip.Ipv6Prefix;

/** Numbers of rtnetlink for routes and rules, and how our types become its messages. */
final class RouteMessages {
    static final int RTM_NEWROUTE = 24;
    static final int RTM_DELROUTE = 25;
    static final int RTM_GETROUTE = 26;
    static final int RTM_NEWRULE = 32;
    static final int RTM_DELRULE = 33;
    static final int RTM_GETRULE = 34;
    static final int AF_INET6 = 10;
    static final int TABLE_MAIN = 254;
    static final int TABLE_LOCAL = 255;

    static final int RTA_DST = 1;
    static final int RTA_OIF = 4;
    static final int RTA_GATEWAY = 5;
    static final int RTA_PRIORITY = 6;
    static final int RTA_METRICS = 8;
    static final int RTA_TABLE = 15;
    static final int RTA_ENCAP_TYPE = 21;
    static final int RTA_ENCAP = 22;
    static final int RTAX_MTU = 2;
    static final int RTNH_F_ONLINK = 4;
    static final int RTN_UNICAST = 1;
    static final int RTN_LOCAL = 2;

    static final int FRA_DST = 1;
    static final int FRA_SRC = 2;
    static final int FRA_IIFNAME = 3;
    static final int FRA_PRIORITY = 6;
    static final int FRA_FWMARK = 10;
    static final int FRA_TABLE = 15;
    static final int FRA_PROTOCOL = 21;
    private static final int FR_ACT_TO_TBL = 1;

    private static final int LWTUNNEL_ENCAP_BPF = 6;
    private static final int LWT_BPF_XMIT = 3;
    private static final int LWT_BPF_XMIT_HEADROOM = 4;
    private static final int LWT_BPF_PROG_FD = 1;
    private static final int LWT_BPF_PROG_NAME = 2;

    private RouteMessages() {}

    static NetlinkMessage route(int messageType, int flags, int owner, Route route) {
        NetlinkMessage message = new NetlinkMessage(messageType, NetlinkMessage.ACK | flags)
                .put8(AF_INET6)
                .put8(route.destination().length())
                .put8(0)
                .put8(0)
                .put8(Math.min(route.table(), TABLE_LOCAL)) // the whole number is in RTA_TABLE
                .put8(owner)
                .put8(0)
                .put8(route.kind() == Route.Kind.LOCAL ? RTN_LOCAL : RTN_UNICAST)
                .put32(route.onLink() ? RTNH_F_ONLINK : 0)
                .attribute(RTA_TABLE, route.table())
                .attribute(RTA_OIF, route.interfaceIndex())
                .attribute(RTA_DST, route.destination().address().toBytes());
        route.gateway().ifPresent(gateway -> message.attribute(RTA_GATEWAY, gateway.toBytes()));
        if (route.metric() != 0) {
            message.attribute(RTA_PRIORITY, route.metric());
        }
        if (route.mtu() != 0) {
            int metrics = message.begin(RTA_METRICS);
            message.attribute(RTAX_MTU, route.mtu()).end(metrics);
        }
        return message;
    }

    /** Has {@code program} look at what leaves by the route of {@code message}, and make room for {@code headroom} bytes in front. */
    static NetlinkMessage withProgram(NetlinkMessage message, BpfProgram program, String name, int headroom) {
        message.attribute16(RTA_ENCAP_TYPE, LWTUNNEL_ENCAP_BPF);
        int encapsulation = message.begin(RTA_ENCAP | NetlinkMessage.NESTED);
        int transmit = message.begin(LWT_BPF_XMIT | NetlinkMessage.NESTED);
        message.attribute(LWT_BPF_PROG_FD, program.descriptor())
                .attribute(LWT_BPF_PROG_NAME, name)
                .end(transmit);
        return message.attribute(LWT_BPF_XMIT_HEADROOM, headroom).end(encapsulation);
    }

    static NetlinkMessage rule(int messageType, int flags, int owner, RoutingRule rule) {
        NetlinkMessage message = new NetlinkMessage(messageType, NetlinkMessage.ACK | flags)
                .put8(AF_INET6)
                .put8(rule.destination().map(Ipv6Prefix::length).orElse(0))
                .put8(rule.source().map(Ipv6Prefix::length).orElse(0))
                .put8(0)
                .put8(Math.min(rule.table(), TABLE_LOCAL))
                .put8(0)
                .put8(0)
                .put8(FR_ACT_TO_TBL)
                .put32(0)
                .attribute(FRA_PRIORITY, rule.priority())
                .attribute(FRA_TABLE, rule.table())
                .attribute8(FRA_PROTOCOL, owner);
        rule.source()
                .ifPresent(source -> message.attribute(FRA_SRC, source.address().toBytes()));
        rule.destination()
                .ifPresent(destination ->
                        message.attribute(FRA_DST, destination.address().toBytes()));
        rule.arrivingBy().ifPresent(name -> message.attribute(FRA_IIFNAME, name));
        rule.mark().ifPresent(mark -> message.attribute(FRA_FWMARK, mark));
        return message;
    }
}
