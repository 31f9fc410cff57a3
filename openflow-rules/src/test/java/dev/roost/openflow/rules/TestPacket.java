package dev.roost.openflow.rules;

import static dev.roost.openflow.rules.HomeLink.ANYCAST;
import static dev.roost.openflow.rules.HomeLink.BOUND_AT_HA1;
import static dev.roost.openflow.rules.HomeLink.BOUND_AT_HA3;
import static dev.roost.openflow.rules.HomeLink.REPRESENTATIVE;

import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.DestinationOptions;
import dev.roost.mobileip.EchoRequest;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.ExtensionHeader;
import dev.roost.mobileip.FragmentHeader;
import dev.roost.mobileip.HomeAddressOption;
import dev.roost.mobileip.HomeAgentAddressDiscoveryRequest;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.mobileip.OpaquePayload;
import dev.roost.mobileip.Payload;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.mobileip.SequenceNumber;
import dev.roost.mobileip.Type2RoutingHeader;
import dev.roost.topology.LinkProbe;
import dev.roost.topology.LinkProbeCodec;
import dev.roost.topology.SwitchPort;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The packets that matter on the home link, each as a whole frame. */
final class TestPacket {

    static final MacAddress ROUTER = MacAddress.parse("02:00:00:00:00:01");
    static final MacAddress REPRESENTATIVE_MAC = HomeLink.CONFIG.representativeLinkLayerAddress();
    static final Ipv6Address CORRESPONDENT = Ipv6Address.parse("2001:db8:2::5");
    static final Ipv6Address CARE_OF = Ipv6Address.parse("2001:db8:3::9");
    static final Ipv6Address HOST = Ipv6Address.parse("2001:db8:1::44");
    private static final Ipv6Address ROUTER_LINK_LOCAL = Ipv6Address.parse("fe80::1");
    private static final Ipv6Address HA1 = Ipv6Address.parse("2001:db8:1::11");
    private static final int ESP = 50;
    private static final Ipv6Address HA3 = Ipv6Address.parse("2001:db8:1::13");

    final String name;
    private final byte[] frame;

    private TestPacket(String name, byte[] frame) {
        this.name = name;
        this.frame = frame;
    }

    byte[] frame() {
        return frame.clone();
    }

    String hex() {
        return HexFormat.of().formatHex(frame);
    }

    @Override
    public String toString() {
        return name;
    }

    /** Writes another sender into a frame; the checksum is then wrong, at which no switch looks. */
    static void address(byte[] frame, MacAddress linkLayerSource, Ipv6Address source) {
        ByteBuffer out = ByteBuffer.wrap(frame);
        out.putShort(6, (short) (linkLayerSource.value() >>> 32)).putInt(8, (int) linkLayerSource.value());
        out.putLong(22, source.high()).putLong(30, source.low());
    }

    static void linkLayerDestination(byte[] frame, MacAddress address) {
        ByteBuffer.wrap(frame).putShort(0, (short) (address.value() >>> 32)).putInt(2, (int) address.value());
    }

    static List<TestPacket> all() {
        List<TestPacket> all = new ArrayList<>();
        all.add(solicitation("NS for the anycast address", ANYCAST));
        all.add(solicitation("NS for the representative", REPRESENTATIVE));
        all.add(solicitation("NS for a bound home address", BOUND_AT_HA1));
        all.add(solicitation("NS for a host", HOST));
        all.add(packet(
                "NS by unicast to the representative",
                ROUTER_LINK_LOCAL,
                REPRESENTATIVE,
                new NeighborSolicitation(REPRESENTATIVE, List.of())));
        all.add(packet(
                "NS by unicast for a bound home address",
                ROUTER_LINK_LOCAL,
                BOUND_AT_HA1,
                new NeighborSolicitation(BOUND_AT_HA1, List.of())));
        all.add(packet(
                "NS of duplicate address detection for a bound home address",
                Ipv6Address.UNSPECIFIED,
                BOUND_AT_HA1.solicitedNode(),
                new NeighborSolicitation(BOUND_AT_HA1, List.of())));
        all.add(advertisement("NA for the anycast address", ANYCAST));
        all.add(advertisement("NA for the representative", REPRESENTATIVE));
        all.add(advertisement("NA for a bound home address", BOUND_AT_HA1));
        all.add(packet(
                "NA of a home agent that the representative probed",
                HA1,
                REPRESENTATIVE,
                new NeighborAdvertisement(NeighborAdvertisement.SOLICITED, HA1, List.of())));
        all.add(packet(
                "RA",
                ROUTER_LINK_LOCAL,
                Ipv6Address.ALL_NODES,
                new RouterAdvertisement(64, RouterAdvertisement.HOME_AGENT, 1800, 0, 0, List.of())));
        Payload discovery = new HomeAgentAddressDiscoveryRequest(7, false);
        all.add(packet("discovery request to the anycast address", CARE_OF, ANYCAST, discovery));
        all.add(packet("discovery request to a home agent", CARE_OF, HA1, discovery));
        Payload echo = new EchoRequest(1, 1, OpaqueBytes.zeros(8));
        all.add(packet("echo request to the anycast address", CARE_OF, ANYCAST, echo));
        all.add(packet("echo request to the representative", CORRESPONDENT, REPRESENTATIVE, echo));
        all.add(packet("UDP to the representative", CORRESPONDENT, REPRESENTATIVE, udp()));
        all.add(packet("first fragment to the anycast address", CARE_OF, ANYCAST, firstFragment(), discovery()));
        all.add(packet("later fragment to the anycast address", CARE_OF, ANYCAST, laterFragment(), udp()));
        Payload update = BindingUpdate.of(new SequenceNumber(5), 0xc000, new BindingLifetime(150), List.of());
        ExtensionHeader homeAddress = DestinationOptions.of(new HomeAddressOption(BOUND_AT_HA1));
        all.add(packet("BU with home address option to ha1", CARE_OF, HA1, List.of(homeAddress), update));
        all.add(packet("BU with home address option to ha3", CARE_OF, HA3, List.of(homeAddress), update));
        all.add(packet(
                "BU with home address option to the representative",
                CARE_OF,
                REPRESENTATIVE,
                List.of(homeAddress),
                update));
        all.add(packet("BU of a mobile node at home", BOUND_AT_HA1, HA1, update));
        Payload acknowledgement = BindingAcknowledgement.of(
                BindingStatus.BINDING_UPDATE_ACCEPTED, 0, new SequenceNumber(5), new BindingLifetime(150), List.of());
        all.add(packet(
                "BA with routing header from ha1",
                HA1,
                CARE_OF,
                List.of(new Type2RoutingHeader(BOUND_AT_HA1)),
                acknowledgement));
        all.add(packet("BA from ha1 to a mobile node at home", HA1, BOUND_AT_HA1, acknowledgement));
        Payload protectedMessage = new OpaquePayload(ESP, OpaqueBytes.zeros(40));
        all.add(packet("ESP with home address option to ha1", CARE_OF, HA1, List.of(homeAddress), protectedMessage));
        all.add(packet(
                "ESP with routing header from ha1",
                HA1,
                CARE_OF,
                List.of(new Type2RoutingHeader(BOUND_AT_HA1)),
                protectedMessage));
        all.add(packet("ESP tunnel to ha1", CARE_OF, HA1, protectedMessage));
        all.add(packet("ESP to a stranger", CARE_OF, CORRESPONDENT, protectedMessage));
        all.add(packet("BU to a stranger", CARE_OF, CORRESPONDENT, List.of(homeAddress), update));
        all.add(packet("echo request to a home address at ha1", CORRESPONDENT, BOUND_AT_HA1, echo));
        all.add(packet("UDP to a home address at ha1", CORRESPONDENT, BOUND_AT_HA1, udp()));
        all.add(packet("UDP to a home address at ha3", CORRESPONDENT, BOUND_AT_HA3, udp()));
        all.add(packet("later fragment to a home address at ha1", CORRESPONDENT, BOUND_AT_HA1, laterFragment(), udp()));
        all.add(packet("Mobility Header to a home address at ha1", CORRESPONDENT, BOUND_AT_HA1, update));
        all.add(packet("UDP to a host", CORRESPONDENT, HOST, udp()));
        all.add(packet(
                "tunnelled packet to ha1", CARE_OF, HA1, new OpaquePayload(OpaquePayload.IPV6, OpaqueBytes.zeros(48))));
        all.addAll(ofDelegations(update, homeAddress));
        all.add(new TestPacket(
                "LLDP probe",
                new LinkProbeCodec("key".getBytes(StandardCharsets.UTF_8), Duration.ofSeconds(5))
                        .encode(new LinkProbe(new SwitchPort(HomeLink.S1, 8), Instant.EPOCH), ROUTER)));
        all.add(new TestPacket(
                "ARP request",
                HexFormat.of()
                        .parseHex("ffffffffffff0200000000010806000108000604000102000000000" + "10a000001000000000000"
                                + "0a000002")));
        return all;
    }

    /** What a switch must tell apart where another home agent forwards than the one that signals. */
    private static List<TestPacket> ofDelegations(Payload update, ExtensionHeader homeAddress) {
        Ipv6Address careOf = HomeLink.DELEGATED_CARE_OF;
        Payload tunnelled = new OpaquePayload(OpaquePayload.IPV6, OpaqueBytes.zeros(48));
        return List.of(
                packet("UDP to a home address at ha1 that ha3 forwards for", CORRESPONDENT, HomeLink.DELEGATED, udp()),
                packet("tunnelled packet to ha1 from a mobile node that ha3 forwards for", careOf, HA1, tunnelled),
                packet(
                        "first fragment of one that ha3 forwards for",
                        careOf,
                        HA1,
                        firstFragment(),
                        new OpaquePayload(OpaquePayload.IPV6, OpaqueBytes.zeros(48))),
                packet("later fragment of one that ha3 forwards for", careOf, HA1, laterFragment(), udp()),
                packet(
                        "tunnelled packet to the representative from a mobile node that ha2 forwards for",
                        HomeLink.CARE_OF_AT_REPRESENTATIVE,
                        REPRESENTATIVE,
                        tunnelled),
                packet("tunnelled packet to the representative from a stranger", CARE_OF, REPRESENTATIVE, tunnelled),
                packet(
                        "BU to the representative of one that ha2 forwards for",
                        HomeLink.CARE_OF_AT_REPRESENTATIVE,
                        REPRESENTATIVE,
                        List.of(homeAddress),
                        update),
                packet("BU to ha1 of one that ha3 forwards for", careOf, HA1, List.of(homeAddress), update),
                packet("ICMPv6 error to ha1 about one that ha3 forwards for", careOf, HA1, packetTooBig()),
                packet(
                        "message of the forwarding protocol from ha1 to the representative",
                        HA1,
                        REPRESENTATIVE,
                        spoken()),
                packet("message of the forwarding protocol from ha1 to ha3", HA1, HA3, spoken()));
    }

    private static Payload packetTooBig() {
        return new OpaquePayload(58, OpaqueBytes.of(HexFormat.of().parseHex("02000000000005b4" + "60".repeat(40))));
    }

    private static Payload spoken() {
        return new OpaquePayload(17, OpaqueBytes.of(HexFormat.of().parseHex("153f153f00100000" + "01".repeat(8))));
    }

    static TestPacket named(String name) {
        return all().stream()
                .filter(packet -> packet.name.equals(name))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException(name));
    }

    private static TestPacket solicitation(String name, Ipv6Address target) {
        return packet(name, ROUTER_LINK_LOCAL, target.solicitedNode(), new NeighborSolicitation(target, List.of()));
    }

    private static TestPacket advertisement(String name, Ipv6Address target) {
        return packet(
                name,
                ROUTER_LINK_LOCAL,
                Ipv6Address.ALL_NODES,
                new NeighborAdvertisement(NeighborAdvertisement.OVERRIDE, target, List.of()));
    }

    private static Payload udp() {
        return new OpaquePayload(17, OpaqueBytes.of(HexFormat.of().parseHex("1f901f9100100000")));
    }

    private static Payload discovery() {
        return new OpaquePayload(58, OpaqueBytes.of(HexFormat.of().parseHex("9000000000070000")));
    }

    private static List<ExtensionHeader> firstFragment() {
        return List.of(new FragmentHeader(0, true, 99));
    }

    private static List<ExtensionHeader> laterFragment() {
        return List.of(new FragmentHeader(1448, false, 99));
    }

    private static TestPacket packet(String name, Ipv6Address source, Ipv6Address destination, Payload payload) {
        return packet(name, source, destination, List.of(), payload);
    }

    private static TestPacket packet(
            String name,
            Ipv6Address source,
            Ipv6Address destination,
            List<ExtensionHeader> extensionHeaders,
            Payload payload) {
        Ipv6Packet packet = Ipv6Packet.of(source, destination, extensionHeaders, payload);
        MacAddress nextHop = destination.isMulticast() ? MacAddress.multicastFor(destination) : REPRESENTATIVE_MAC;
        return new TestPacket(name, EthernetFrame.of(ROUTER, nextHop, packet).toBytes());
    }
}
