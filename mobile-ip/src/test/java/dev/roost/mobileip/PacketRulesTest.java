package dev.roost.mobileip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which packets are refused although each of their octets is where it belongs, and for which reason. */
class PacketRulesTest {

    private static final Ipv6Address ROUTER = Ipv6Address.parse("fe80::1");
    private static final Ipv6Address HOST = Ipv6Address.parse("2001:db8:1::5");
    private static final Ipv6Address OTHER = Ipv6Address.parse("2001:db8:1::6");
    private static final Ipv6Address HOME_ADDRESS = Ipv6Address.parse("2001:db8:1::100");
    private static final Ipv6Address GROUP = Ipv6Address.parse("ff02::1:ff00:6");
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:05");
    private static final EchoRequest ECHO = new EchoRequest(1, 2, OpaqueBytes.EMPTY);
    private static final FragmentHeader ATOMIC = new FragmentHeader(0, false, 7);
    private static final FragmentHeader FIRST = new FragmentHeader(0, true, 7);
    private static final FragmentHeader SECOND = new FragmentHeader(8, false, 7);

    private static void assertAccepted(Ipv6Packet packet) throws MalformedPacketException {
        Ipv6Packet parsed = Ipv6Packet.parse(ByteBuffer.wrap(packet.toBytes()));

        assertThat(parsed).isEqualTo(packet);
        if (parsed.payload() instanceof NeighborDiscoveryMessage message) {
            message.requireValid(parsed.header());
        }
    }

    private static void assertRefused(Ipv6Packet packet, Reason reason) {
        assertRefused(packet.toBytes(), reason);
    }

    private static void assertRefused(byte[] octets, Reason reason) {
        MalformedPacketException refusal = catchThrowableOfType(MalformedPacketException.class, () -> {
            Ipv6Packet parsed = Ipv6Packet.parse(ByteBuffer.wrap(octets));
            if (parsed.payload() instanceof NeighborDiscoveryMessage message) {
                message.requireValid(parsed.header());
            }
        });

        assertThat(refusal).as("refusal of %s", OpaqueBytes.of(octets)).isNotNull();
        assertThat(refusal.reason()).as(refusal.getMessage()).isEqualTo(reason);
    }

    private static Ipv6Packet withHopLimit(int hopLimit, Ipv6Packet packet) {
        return new Ipv6Packet(
                new Ipv6Header(hopLimit, packet.source(), packet.destination()),
                packet.extensionHeaders(),
                packet.payload());
    }

    private static Ipv6Packet solicitation(Ipv6Address source, Ipv6Address destination, Ipv6Address target) {
        List<NdOption> options = source.isUnspecified() ? List.of() : List.of(new SourceLinkLayerAddress(MAC));
        return Ipv6Packet.of(source, destination, new NeighborSolicitation(target, options));
    }

    @Test
    void neighborSolicitations() throws MalformedPacketException {
        assertAccepted(solicitation(HOST, GROUP, OTHER));
        assertAccepted(solicitation(HOST, OTHER, OTHER));
        assertAccepted(solicitation(Ipv6Address.UNSPECIFIED, GROUP, OTHER));

        assertRefused(withHopLimit(254, solicitation(HOST, GROUP, OTHER)), Reason.BAD_HOP_LIMIT);
        assertRefused(solicitation(HOST, GROUP, GROUP), Reason.BAD_TARGET);
        assertRefused(solicitation(Ipv6Address.UNSPECIFIED, OTHER, OTHER), Reason.BAD_DESTINATION);
        assertRefused(solicitation(Ipv6Address.UNSPECIFIED, Ipv6Address.ALL_NODES, OTHER), Reason.BAD_DESTINATION);
        assertRefused(
                Ipv6Packet.of(
                        Ipv6Address.UNSPECIFIED,
                        GROUP,
                        new NeighborSolicitation(OTHER, List.of(new SourceLinkLayerAddress(MAC)))),
                Reason.BAD_VALUE);
    }

    @Test
    void neighborAdvertisements() throws MalformedPacketException {
        var solicited = new NeighborAdvertisement(NeighborAdvertisement.SOLICITED, OTHER, List.of());
        var unsolicited = new NeighborAdvertisement(NeighborAdvertisement.OVERRIDE, OTHER, List.of());

        assertAccepted(Ipv6Packet.of(OTHER, HOST, solicited));
        assertAccepted(Ipv6Packet.of(OTHER, Ipv6Address.ALL_NODES, unsolicited));
        // Real hosts answer from another of their addresses than the target.
        assertAccepted(Ipv6Packet.of(ROUTER, HOST, solicited));

        assertRefused(Ipv6Packet.of(OTHER, Ipv6Address.ALL_NODES, solicited), Reason.BAD_DESTINATION);
        assertRefused(withHopLimit(64, Ipv6Packet.of(OTHER, HOST, solicited)), Reason.BAD_HOP_LIMIT);
        assertRefused(Ipv6Packet.of(OTHER, HOST, new NeighborAdvertisement(0, GROUP, List.of())), Reason.BAD_TARGET);
    }

    @Test
    void routerAdvertisementsAndSolicitations() throws MalformedPacketException {
        var advertisement = new RouterAdvertisement(64, 0, 1800, 0, 0, List.of());

        assertAccepted(Ipv6Packet.of(ROUTER, Ipv6Address.ALL_NODES, advertisement));
        assertAccepted(
                Ipv6Packet.of(Ipv6Address.UNSPECIFIED, Ipv6Address.ALL_ROUTERS, new RouterSolicitation(List.of())));

        assertRefused(Ipv6Packet.of(HOST, Ipv6Address.ALL_NODES, advertisement), Reason.BAD_SOURCE);
        assertRefused(
                withHopLimit(254, Ipv6Packet.of(ROUTER, Ipv6Address.ALL_NODES, advertisement)), Reason.BAD_HOP_LIMIT);
        assertRefused(
                Ipv6Packet.of(
                        Ipv6Address.UNSPECIFIED,
                        Ipv6Address.ALL_ROUTERS,
                        new RouterSolicitation(List.of(new SourceLinkLayerAddress(MAC)))),
                Reason.BAD_VALUE);
    }

    @Test
    void codesOtherThanZero() {
        for (int type : List.of(128, 129, 133, 134, 135, 136, 144, 145, 146, 147)) {
            var message = new UnknownIcmpv6(type, 1, OpaqueBytes.zeros(20));
            assertRefused(Ipv6Packet.of(HOST, OTHER, message), Reason.BAD_CODE);
        }
    }

    @Test
    void optionsOfNeighborDiscovery() {
        assertRefused(Ipv6Packet.of(HOST, OTHER, options("0100")), Reason.ZERO_LENGTH_OPTION);
        assertRefused(Ipv6Packet.of(HOST, OTHER, options("01")), Reason.TRUNCATED);
        assertRefused(Ipv6Packet.of(HOST, OTHER, options("0101020000")), Reason.TRUNCATED);
        assertRefused(Ipv6Packet.of(HOST, OTHER, options("0102" + "00".repeat(14))), Reason.BAD_LENGTH);
        assertRefused(Ipv6Packet.of(HOST, OTHER, options("0304" + "81" + "00".repeat(29))), Reason.BAD_VALUE);
        assertRefused(Ipv6Packet.of(HOST, OTHER, options("f001000000000000".repeat(65))), Reason.TOO_MANY_OPTIONS);
    }

    /** A solicitation for {@link #OTHER} with these octets for options. */
    private static UnknownIcmpv6 options(String hex) {
        ByteBuffer body = ByteBuffer.allocate(20 + hex.length() / 2).putInt(0);
        OTHER.writeTo(body);
        body.put(java.util.HexFormat.of().parseHex(hex));
        return new UnknownIcmpv6(NeighborSolicitation.TYPE, 0, OpaqueBytes.of(body.array()));
    }

    @Test
    void fragments() throws MalformedPacketException {
        NeighborSolicitation solicitation = new NeighborSolicitation(OTHER, List.of());
        OpaquePayload firstPart = new OpaquePayload(
                Icmpv6Message.PROTOCOL, OpaqueBytes.of(new byte[] {(byte) NeighborSolicitation.TYPE, 0, 0, 0}));
        OpaquePayload laterPart = new OpaquePayload(Icmpv6Message.PROTOCOL, firstPart.octets());

        assertRefused(Ipv6Packet.of(HOST, GROUP, List.of(ATOMIC), solicitation), Reason.FRAGMENTED);
        assertRefused(Ipv6Packet.of(HOST, GROUP, List.of(FIRST), firstPart), Reason.FRAGMENTED);
        assertAccepted(Ipv6Packet.of(HOST, GROUP, List.of(SECOND), laterPart));
        assertAccepted(Ipv6Packet.of(HOST, OTHER, List.of(ATOMIC), ECHO));
    }

    @Test
    void aFragmentOfAMobilityHeaderIsNotInterpreted() throws MalformedPacketException {
        BindingUpdate update = BindingUpdate.of(new SequenceNumber(1), 0, BindingLifetime.ZERO, List.of());
        byte[] octets = Ipv6Packet.of(HOST, OTHER, List.of(ATOMIC), update).toBytes();
        octets[43] = 1;

        assertThat(Ipv6Packet.parse(ByteBuffer.wrap(octets)).payload()).isInstanceOf(OpaquePayload.class);
    }

    @Test
    void extensionHeaderChains() throws MalformedPacketException {
        DestinationOptions empty = DestinationOptions.of();
        HopByHop routerAlert = HopByHop.of(new UnknownDestinationOption(5, OpaqueBytes.zeros(2)));

        assertAccepted(Ipv6Packet.of(HOST, OTHER, Collections.nCopies(8, empty), ECHO));
        assertAccepted(Ipv6Packet.of(HOST, OTHER, List.of(routerAlert, empty), ECHO));

        assertRefused(Ipv6Packet.of(HOST, OTHER, Collections.nCopies(9, empty), ECHO), Reason.TOO_MANY_HEADERS);
        assertRefused(Ipv6Packet.of(HOST, OTHER, List.of(empty, routerAlert), ECHO), Reason.BAD_ORDER);
        List<DestinationOption> padding = new ArrayList<>(Collections.nCopies(70, new Pad1()));
        assertRefused(
                Ipv6Packet.of(HOST, OTHER, List.of(new DestinationOptions(padding)), ECHO), Reason.TOO_MANY_OPTIONS);
    }

    @Test
    void onlyOneHomeAddressEach() throws MalformedPacketException {
        DestinationOptions homeAddress = DestinationOptions.of(new HomeAddressOption(HOME_ADDRESS));
        Type2RoutingHeader routing = new Type2RoutingHeader(HOME_ADDRESS);

        assertAccepted(Ipv6Packet.of(HOST, OTHER, List.of(routing, homeAddress), ECHO));

        assertRefused(Ipv6Packet.of(HOST, OTHER, List.of(homeAddress, homeAddress), ECHO), Reason.BAD_ORDER);
        assertRefused(Ipv6Packet.of(HOST, OTHER, List.of(routing, routing), ECHO), Reason.BAD_ORDER);
        assertRefused(
                Ipv6Packet.of(
                        HOST,
                        OTHER,
                        List.of(DestinationOptions.of(
                                new HomeAddressOption(HOME_ADDRESS), new HomeAddressOption(HOME_ADDRESS))),
                        ECHO),
                Reason.BAD_ORDER);
    }

    @Test
    void homeAddressesStandInForSourceAndDestination() {
        Ipv6Packet packet = Ipv6Packet.of(
                HOST,
                OTHER,
                List.of(
                        DestinationOptions.of(new HomeAddressOption(HOME_ADDRESS)),
                        new Type2RoutingHeader(Ipv6Address.parse("2001:db8:1::200"))),
                ECHO);

        assertThat(packet.effectiveSource()).isEqualTo(HOME_ADDRESS);
        assertThat(packet.effectiveDestination()).hasToString("2001:db8:1::200");
        assertThat(Ipv6Packet.of(HOST, OTHER, ECHO).effectiveSource()).isEqualTo(HOST);
        assertThat(Ipv6Packet.of(HOST, OTHER, ECHO).effectiveDestination()).isEqualTo(OTHER);
    }

    @Test
    void nothingIsReadBehindSegmentsThatAreLeft() throws MalformedPacketException {
        OtherRoutingHeader passed = new OtherRoutingHeader(4, 0, OpaqueBytes.zeros(20));
        OtherRoutingHeader pending = new OtherRoutingHeader(4, 1, OpaqueBytes.zeros(20));
        byte[] octets = Ipv6Packet.of(HOST, OTHER, List.of(pending), ECHO).toBytes();

        assertAccepted(Ipv6Packet.of(HOST, OTHER, List.of(passed), ECHO));
        assertThat(Ipv6Packet.parse(ByteBuffer.wrap(octets)).payload()).isInstanceOf(OpaquePayload.class);
    }

    @Test
    void mobilityHeaders() {
        BindingError error = new BindingError(BindingError.UNKNOWN_BINDING, HOME_ADDRESS);

        assertRefused(patched(error, 40, 58), Reason.BAD_PAYLOAD_PROTOCOL);
        assertRefused(patched(error, 41, 9), Reason.TRUNCATED);
        // A binding error that claims to be as short as a binding refresh request.
        assertRefused(patched(new BindingRefreshRequest(List.of()), 42, BindingError.TYPE), Reason.BAD_LENGTH);
        assertRefused(
                Ipv6Packet.of(
                        HOST,
                        OTHER,
                        new BindingRefreshRequest(
                                List.of(new UnknownMobilityOption(AlternateCareOfAddress.TYPE, OpaqueBytes.zeros(6))))),
                Reason.BAD_LENGTH);
        assertRefused(
                Ipv6Packet.of(HOST, OTHER, new BindingRefreshRequest(Collections.nCopies(72, new Pad1()))),
                Reason.TOO_MANY_OPTIONS);
    }

    /** One octet changed, and the checksum made right again. */
    private static byte[] patched(MobilityMessage message, int at, int value) {
        byte[] octets = Ipv6Packet.of(HOST, OTHER, message).toBytes();
        octets[at] = (byte) value;
        ByteBuffer buffer = ByteBuffer.wrap(octets).putShort(44, (short) 0);
        long sum = InternetChecksum.pseudoHeader(HOST, OTHER, octets.length - 40, MobilityMessage.PROTOCOL);
        buffer.putShort(44, (short) InternetChecksum.fold(sum + InternetChecksum.sum(buffer, 40, octets.length - 40)));
        return octets;
    }

    @Test
    void framesThatAreNotIpv6() {
        byte[] frame = new EthernetFrame(MAC, MAC, Ipv6Packet.of(HOST, OTHER, ECHO)).toBytes();
        byte[] tagged = frame.clone();
        ByteBuffer.wrap(tagged).putShort(12, (short) 0x8100);

        assertThat(refusalOfFrame(tagged)).isEqualTo(Reason.NOT_IPV6);
        assertThat(refusalOfFrame(new byte[13])).isEqualTo(Reason.TRUNCATED);
        frame[14] = 0x45;
        assertThat(refusalOfFrame(frame)).isEqualTo(Reason.BAD_VERSION);
    }

    private static Reason refusalOfFrame(byte[] frame) {
        return catchThrowableOfType(MalformedPacketException.class, () -> EthernetFrame.parse(ByteBuffer.wrap(frame)))
                .reason();
    }

    @Test
    void paddingBehindAPacketIsIgnored() throws MalformedPacketException {
        Ipv6Packet packet = Ipv6Packet.of(HOST, OTHER, ECHO);
        ByteBuffer padded = ByteBuffer.allocate(60).put(packet.toBytes()).position(0);

        assertThat(Ipv6Packet.parse(padded)).isEqualTo(packet);
        assertThat(padded.position()).isEqualTo(packet.length());
        assertThat(padded.limit()).isEqualTo(60);
    }

    @Test
    void reservedBitsAreIgnoredAndNotSent() throws MalformedPacketException {
        byte[] octets = Ipv6Packet.of(OTHER, HOST, new NeighborAdvertisement(0, OTHER, List.of()))
                .toBytes();
        octets[44] = 0x1f;
        octets[47] = (byte) 0xff;

        Ipv6Packet parsed = Ipv6Packet.parseUnverified(ByteBuffer.wrap(octets));

        assertThat(parsed.payload()).isEqualTo(new NeighborAdvertisement(0, OTHER, List.of()));
    }

    @Test
    void optionsAreAlignedWhenBuilt() {
        BindingUpdate update = BindingUpdate.of(
                new SequenceNumber(1),
                0,
                BindingLifetime.MAX,
                List.of(
                        new MobileNodeIdentifier(MobileNodeIdentifier.NETWORK_ACCESS_IDENTIFIER, OpaqueBytes.zeros(6)),
                        new NonceIndices(1, 2),
                        new AlternateCareOfAddress(HOST),
                        new BindingAuthorizationData(OpaqueBytes.zeros(12))));

        int at = 12;
        for (MobilityOption option : update.options()) {
            assertThat(Math.floorMod(at - option.alignmentOffset(), option.alignment()))
                    .as("%s at %s", option, at)
                    .isZero();
            at += option.length();
        }
        assertThat(at % 8).isZero();
        assertThat(update.withOptions(update.options())).isEqualTo(update);
    }
}
