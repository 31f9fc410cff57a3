package dev.roost.mobileip;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One packet of every kind that can be built, with what a stranger must read in it: fields by the names that tshark and scapy have for
 * them. The expectations are written from the arguments, by hand.
 */
final class CrossCheckSamples {

    static final Ipv6Address HOME_ADDRESS = Ipv6Address.parse("2001:db8:1::100");
    static final Ipv6Address CARE_OF_ADDRESS = Ipv6Address.parse("2001:db8:3::100");
    static final Ipv6Address HOME_AGENT = Ipv6Address.parse("2001:db8:1::11");
    static final Ipv6Address REPRESENTATIVE = Ipv6Address.parse("2001:db8:1::fe");
    static final Ipv6Address LINK_LOCAL = Ipv6Address.parse("fe80::11");
    static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:11");
    static final MacAddress NEXT_HOP = MacAddress.parse("02:00:5e:00:00:fe");

    private final List<Sample> samples = new ArrayList<>();

    /** A frame, and the fields to find in it. */
    record Sample(String name, OpaqueBytes frame, Map<String, String> tshark, Map<String, String> scapy) {}

    static List<Sample> all() {
        CrossCheckSamples samples = new CrossCheckSamples();
        samples.neighborDiscovery();
        samples.homeAgentDiscovery();
        samples.prefixDiscovery();
        samples.bindingUpdates();
        samples.otherMobilityMessages();
        samples.plainIcmpv6();
        samples.extensionHeaders();
        return samples.samples;
    }

    private void add(String name, Ipv6Packet packet, String tshark, String scapy) {
        OpaqueBytes frame =
                OpaqueBytes.of(EthernetFrame.of(MAC, NEXT_HOP, packet).toBytes());
        samples.add(new Sample(name, frame, fields(tshark), fields(scapy)));
    }

    private static Map<String, String> fields(String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String line : text.strip().split("\\s+", -1)) {
            if (!line.isEmpty()) {
                String[] keyAndValue = line.split("=", 2);
                fields.put(keyAndValue[0], keyAndValue[1]);
            }
        }
        return fields;
    }

    private void neighborDiscovery() {
        add(
                "router solicitation",
                Ipv6Packet.of(
                        LINK_LOCAL,
                        Ipv6Address.ALL_ROUTERS,
                        new RouterSolicitation(List.of(new SourceLinkLayerAddress(MAC)))),
                "icmpv6.type=133 icmpv6.opt.linkaddr=02:00:00:00:00:11 ipv6.hlim=255 eth.dst=33:33:00:00:00:02",
                "ICMPv6ND_RS.type=133 ICMPv6NDOptSrcLLAddr.lladdr=02:00:00:00:00:11");
        add(
                "router advertisement of a home agent",
                Ipv6Packet.of(LINK_LOCAL, Ipv6Address.ALL_NODES, advertisement()),
                """
                icmpv6.type=134 icmpv6.nd.ra.cur_hop_limit=64 icmpv6.nd.ra.flag.h=1 icmpv6.nd.ra.flag.m=0
                icmpv6.nd.ra.flag.o=1 icmpv6.nd.ra.router_lifetime=1800 icmpv6.nd.ra.reachable_time=30000
                icmpv6.nd.ra.retrans_timer=1000 icmpv6.opt.prefix.length=64 icmpv6.opt.prefix.flag.l=1
                icmpv6.opt.prefix.flag.a=1 icmpv6.opt.prefix.flag.r=1 icmpv6.opt.prefix.valid_lifetime=4294967295
                icmpv6.opt.prefix.preferred_lifetime=14400 icmpv6.opt.prefix=2001:db8:1::11 icmpv6.opt.mtu=1500
                icmpv6.opt.advertisement_interval=3000 icmpv6.opt.home_agent_preference=65535
                icmpv6.opt.home_agent_lifetime=1799 icmpv6.opt.linkaddr=02:00:00:00:00:11""",
                """
                ICMPv6ND_RA.chlim=64 ICMPv6ND_RA.H=1 ICMPv6ND_RA.M=0 ICMPv6ND_RA.O=1 ICMPv6ND_RA.prf=1
                ICMPv6ND_RA.routerlifetime=1800 ICMPv6ND_RA.reachabletime=30000 ICMPv6ND_RA.retranstimer=1000
                ICMPv6NDOptPrefixInfo.prefixlen=64 ICMPv6NDOptPrefixInfo.R=1 ICMPv6NDOptPrefixInfo.prefix=2001:db8:1::11
                ICMPv6NDOptHAInfo.pref=65535 ICMPv6NDOptHAInfo.lifetime=1799 ICMPv6NDOptAdvInterval.advint=3000
                ICMPv6NDOptMTU.mtu=1500""");
        add(
                "neighbor solicitation",
                Ipv6Packet.of(
                        HOME_AGENT,
                        HOME_ADDRESS.solicitedNode(),
                        new NeighborSolicitation(HOME_ADDRESS, List.of(new SourceLinkLayerAddress(MAC)))),
                "icmpv6.type=135 icmpv6.nd.ns.target_address=2001:db8:1::100 ipv6.dst=ff02::1:ff00:100",
                "ICMPv6ND_NS.tgt=2001:db8:1::100 IPv6.dst=ff02::1:ff00:100");
        add(
                "neighbor advertisement",
                Ipv6Packet.of(
                        REPRESENTATIVE,
                        HOME_AGENT,
                        new NeighborAdvertisement(
                                NeighborAdvertisement.ROUTER | NeighborAdvertisement.SOLICITED,
                                REPRESENTATIVE,
                                List.of(new TargetLinkLayerAddress(NEXT_HOP)))),
                """
                icmpv6.type=136 icmpv6.nd.na.flag.r=1 icmpv6.nd.na.flag.s=1 icmpv6.nd.na.flag.o=0
                icmpv6.nd.na.target_address=2001:db8:1::fe icmpv6.opt.linkaddr=02:00:5e:00:00:fe""",
                """
                ICMPv6ND_NA.R=1 ICMPv6ND_NA.S=1 ICMPv6ND_NA.O=0 ICMPv6ND_NA.tgt=2001:db8:1::fe
                ICMPv6NDOptDstLLAddr.lladdr=02:00:5e:00:00:fe""");
    }

    private static RouterAdvertisement advertisement() {
        return new RouterAdvertisement(
                64,
                RouterAdvertisement.HOME_AGENT | RouterAdvertisement.OTHER | 0x08,
                1800,
                30_000,
                1000,
                List.of(
                        new PrefixInformation(
                                64,
                                PrefixInformation.ON_LINK
                                        | PrefixInformation.AUTONOMOUS
                                        | PrefixInformation.ROUTER_ADDRESS,
                                PrefixInformation.INFINITE,
                                14_400,
                                HOME_AGENT),
                        new SourceLinkLayerAddress(MAC),
                        new Mtu(1500),
                        new AdvertisementInterval(3000),
                        new HomeAgentInformation(65535, 1799)));
    }

    private void homeAgentDiscovery() {
        Ipv6Address anycast = Ipv6Prefix.parse("2001:db8:1::/64").homeAgentsAnycast();
        add(
                "home agent address discovery request",
                Ipv6Packet.of(CARE_OF_ADDRESS, anycast, new HomeAgentAddressDiscoveryRequest(0xbeef, true)),
                "icmpv6.type=144 icmpv6.mip6.identifier=48879 ipv6.dst=2001:db8:1:0:fdff:ffff:ffff:fffe",
                "ICMPv6HAADRequest.id=48879 ICMPv6HAADRequest.R=1");
        add(
                "home agent address discovery reply",
                Ipv6Packet.of(
                        REPRESENTATIVE,
                        CARE_OF_ADDRESS,
                        new HomeAgentAddressDiscoveryReply(0xbeef, List.of(HOME_AGENT, REPRESENTATIVE))),
                """
                icmpv6.type=145 icmpv6.mip6.identifier=48879
                icmpv6.mip6.home_agent_address=2001:db8:1::11,2001:db8:1::fe""",
                "ICMPv6HAADReply.id=48879 ICMPv6HAADReply.R=0");
    }

    private void prefixDiscovery() {
        add(
                "mobile prefix solicitation",
                Ipv6Packet.of(
                        CARE_OF_ADDRESS,
                        HOME_AGENT,
                        List.of(DestinationOptions.of(new HomeAddressOption(HOME_ADDRESS))),
                        new MobilePrefixSolicitation(77, List.of())),
                "icmpv6.type=146 icmpv6.mip6.identifier=77 ipv6.opt.mipv6.home_address=2001:db8:1::100",
                "ICMPv6MPSol.id=77 HAO.hoa=2001:db8:1::100");
        add(
                "mobile prefix advertisement",
                Ipv6Packet.of(
                        HOME_AGENT,
                        CARE_OF_ADDRESS,
                        List.of(new Type2RoutingHeader(HOME_ADDRESS)),
                        new MobilePrefixAdvertisement(
                                77,
                                MobilePrefixAdvertisement.MANAGED,
                                List.of(new PrefixInformation(
                                        64, PrefixInformation.ROUTER_ADDRESS, 600, 300, HOME_AGENT)))),
                """
                icmpv6.type=147 icmpv6.mip6.identifier=77 icmpv6.mip6.flag.m=1 icmpv6.mip6.flag.o=0
                icmpv6.opt.prefix=2001:db8:1::11 ipv6.routing.mipv6.home_address=2001:db8:1::100""",
                "ICMPv6MPAdv.id=77 IPv6ExtHdrRouting.type=2 IPv6ExtHdrRouting.addresses=2001:db8:1::100");
    }

    private void bindingUpdates() {
        MobilityAuthenticator authenticator = new MobilityAuthenticator(256, new byte[16]);
        BindingUpdate update = BindingUpdate.of(
                new SequenceNumber(4711),
                BindingUpdate.ACKNOWLEDGE | BindingUpdate.HOME_REGISTRATION | BindingUpdate.MOBILE_ROUTER,
                new BindingLifetime(150),
                List.of(
                        new AlternateCareOfAddress(CARE_OF_ADDRESS),
                        new MobileNodeIdentifier(
                                MobileNodeIdentifier.NETWORK_ACCESS_IDENTIFIER,
                                OpaqueBytes.of(new byte[] {'m', 'n', '@', 'r'}))));
        add(
                "authenticated binding update",
                Ipv6Packet.of(
                        CARE_OF_ADDRESS,
                        HOME_AGENT,
                        List.of(DestinationOptions.of(new HomeAddressOption(HOME_ADDRESS))),
                        authenticator.sign(update, CARE_OF_ADDRESS, HOME_ADDRESS)),
                """
                mip6.mhtype=5 mip6.bu.seqnr=4711 mip6.bu.a_flag=1 mip6.bu.h_flag=1 mip6.bu.l_flag=0 mip6.bu.k_flag=0
                mip6.nemo.bu.r_flag=1 mip6.bu.lifetime=150 mip6.acoa.acoa=2001:db8:3::100 mip6.mnid.subtype=1
                mip6.mnid.identifier=mn@r mip6.auth.subtype=1 mip6.auth.mobility_spi=256
                ipv6.opt.mipv6.home_address=2001:db8:1::100""",
                """
                MIP6MH_BU.seq=4711 MIP6MH_BU.mhtime=150 MIP6OptAltCoA.acoa=2001:db8:3::100 MIP6OptMNID.subtype=1
                MIP6OptMNID.id=6d6e4072 MIP6OptMsgAuth.subtype=1 MIP6OptMsgAuth.mspi=256 HAO.hoa=2001:db8:1::100""");
        add(
                "binding update to a correspondent",
                Ipv6Packet.of(
                        HOME_ADDRESS,
                        HOME_AGENT,
                        BindingUpdate.of(
                                new SequenceNumber(65535),
                                BindingUpdate.LINK_LOCAL_ADDRESS_COMPATIBILITY,
                                BindingLifetime.ZERO,
                                List.of(
                                        new NonceIndices(258, 772),
                                        new BindingAuthorizationData(
                                                OpaqueBytes.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}))))),
                """
                mip6.bu.seqnr=65535 mip6.bu.l_flag=1 mip6.bu.lifetime=0 mip6.ni.hni=258 mip6.ni.cni=772
                mip6.bad.auth=0102030405060708090a0b0c""",
                "MIP6MH_BU.seq=65535 MIP6OptNonceIndices.hni=258 MIP6OptNonceIndices.coni=772");
    }

    private void otherMobilityMessages() {
        add(
                "binding acknowledgement",
                Ipv6Packet.of(
                        HOME_AGENT,
                        CARE_OF_ADDRESS,
                        List.of(new Type2RoutingHeader(HOME_ADDRESS)),
                        BindingAcknowledgement.of(
                                BindingStatus.SEQUENCE_NUMBER_OUT_OF_WINDOW,
                                BindingAcknowledgement.KEY_MANAGEMENT_MOBILITY_CAPABILITY,
                                new SequenceNumber(40_000),
                                new BindingLifetime(15),
                                List.of(new BindingRefreshAdvice(new BindingLifetime(14))))),
                """
                mip6.mhtype=6 mip6.ba.status=135 mip6.ba.k_flag=1 mip6.ba.seqnr=40000 mip6.ba.lifetime=15
                mip6.bra.interval=14 ipv6.routing.mipv6.home_address=2001:db8:1::100 ipv6.routing.segleft=1""",
                "MIP6MH_BA.status=135 MIP6MH_BA.seq=40000 MIP6MH_BA.mhtime=15 MIP6OptBRAdvice.rinter=14");
        add(
                "binding error",
                Ipv6Packet.of(
                        HOME_AGENT, CARE_OF_ADDRESS, new BindingError(BindingError.UNRECOGNIZED_MH_TYPE, HOME_ADDRESS)),
                "mip6.mhtype=7 mip6.be.status=2 mip6.be.haddr=2001:db8:1::100",
                "MIP6MH_BE.status=2 MIP6MH_BE.ha=2001:db8:1::100");
        add(
                "binding refresh request",
                Ipv6Packet.of(HOME_AGENT, HOME_ADDRESS, new BindingRefreshRequest(List.of())),
                "mip6.mhtype=0 mip6.hlen=0",
                "MIP6MH_BRR.mhtype=0");
        add(
                "home agent switch, as an unknown type",
                Ipv6Packet.of(
                        HOME_AGENT,
                        HOME_ADDRESS,
                        new UnknownMobilityMessage(
                                12,
                                OpaqueBytes.of(java.util.HexFormat.of()
                                        .parseHex("0100" + "20010db8000100000000000000000012")))),
                "mip6.mhtype=12 mip6.has.num_addrs=1 mip6.has.address=2001:db8:1::12",
                "MIP6MH_Generic.mhtype=12");
    }

    private void plainIcmpv6() {
        EchoRequest echo = new EchoRequest(821, 9, OpaqueBytes.of(new byte[] {1, 2, 3}));
        add(
                "echo request of odd length",
                Ipv6Packet.of(HOME_AGENT, REPRESENTATIVE, echo),
                "icmpv6.type=128 icmpv6.echo.identifier=821 icmpv6.echo.sequence_number=9 ipv6.plen=11",
                "ICMPv6EchoRequest.id=821 ICMPv6EchoRequest.seq=9 ICMPv6EchoRequest.data=010203");
        add(
                "echo reply",
                Ipv6Packet.of(REPRESENTATIVE, HOME_AGENT, echo.reply()),
                "icmpv6.type=129 icmpv6.echo.identifier=821 icmpv6.echo.sequence_number=9",
                "ICMPv6EchoReply.id=821 ICMPv6EchoReply.seq=9 ICMPv6EchoReply.data=010203");
        OpaqueBytes invoking = OpaqueBytes.of(
                Ipv6Packet.of(HOME_ADDRESS, CARE_OF_ADDRESS, echo).toBytes());
        add(
                "packet too big",
                Ipv6Packet.of(
                        HOME_AGENT, HOME_ADDRESS, Icmpv6Error.about(Icmpv6Error.PACKET_TOO_BIG, 0, 1460, invoking)),
                "icmpv6.type=2,128 icmpv6.mtu=1460",
                "ICMPv6PacketTooBig.mtu=1460");
        add(
                "parameter problem",
                Ipv6Packet.of(
                        HOME_AGENT, HOME_ADDRESS, Icmpv6Error.about(Icmpv6Error.PARAMETER_PROBLEM, 2, 42, invoking)),
                "icmpv6.type=4,128 icmpv6.code=2,0 icmpv6.pointer=42",
                "ICMPv6ParamProblem.code=2 ICMPv6ParamProblem.ptr=42");
        add(
                "destination unreachable",
                Ipv6Packet.of(
                        HOME_AGENT,
                        HOME_ADDRESS,
                        Icmpv6Error.about(Icmpv6Error.DESTINATION_UNREACHABLE, 3, 0, invoking)),
                "icmpv6.type=1,128 icmpv6.code=3,0",
                "ICMPv6DestUnreach.code=3");
        add(
                "time exceeded",
                Ipv6Packet.of(HOME_AGENT, HOME_ADDRESS, Icmpv6Error.about(Icmpv6Error.TIME_EXCEEDED, 0, 0, invoking)),
                "icmpv6.type=3,128",
                "ICMPv6TimeExceeded.code=0");
    }

    private void extensionHeaders() {
        EchoRequest echo = new EchoRequest(1, 2, OpaqueBytes.EMPTY);
        add(
                "hop-by-hop options and an atomic fragment",
                Ipv6Packet.of(
                        HOME_AGENT,
                        HOME_ADDRESS,
                        List.of(
                                HopByHop.of(new UnknownDestinationOption(5, OpaqueBytes.zeros(2))),
                                new FragmentHeader(0, false, 0xcafe)),
                        echo),
                "ipv6.opt.router_alert=0 ipv6.fraghdr.ident=51966 ipv6.fraghdr.offset=0 ipv6.fraghdr.more=0",
                "IPv6ExtHdrFragment.id=51966 IPv6ExtHdrFragment.offset=0 IPv6ExtHdrFragment.m=0");
        add(
                "tunnelled packet with traffic class and flow label",
                new Ipv6Packet(
                        new Ipv6Header(0xb8, 0xabcde, 63, HOME_AGENT, CARE_OF_ADDRESS),
                        List.of(),
                        new OpaquePayload(
                                OpaquePayload.IPV6,
                                OpaqueBytes.of(Ipv6Packet.of(HOME_ADDRESS, HOME_AGENT, echo)
                                        .toBytes()))),
                """
                ipv6.src=2001:db8:1::11,2001:db8:1::100 ipv6.hlim=63,64 ipv6.nxt=41,58 ipv6.tclass=184,0
                ipv6.flow=703710,0""",
                "IPv6.src=2001:db8:1::11,2001:db8:1::100 IPv6.tc=184,0 IPv6.fl=703710,0");
    }
}
