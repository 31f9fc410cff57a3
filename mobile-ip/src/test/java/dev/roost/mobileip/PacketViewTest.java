package dev.roost.mobileip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The paths without allocation say and write the same as the codecs. */
class PacketViewTest {

    private static final MacAddress REPRESENTATIVE_MAC = MacAddress.parse("02:00:5e:00:00:fe");
    private static final Ipv6Address REPRESENTATIVE = Ipv6Address.parse("2001:db8:1::fe");
    private static final MacAddress ROUTER_MAC = MacAddress.parse("fe:ff:80:00:00:01");
    private static final Ipv6Address CARE_OF_ADDRESS = Ipv6Address.parse("2001:db8:3::ffff:ffff:fffe");

    @Test
    void seesInEveryCapturedFrameWhatTheCodecsSee() throws MalformedPacketException {
        PacketView view = new PacketView();
        for (Captures.Frame frame : Captures.all().toList()) {
            ByteBuffer buffer = ByteBuffer.allocate(frame.octets().length() + 5);
            buffer.position(3).put(frame.bytes());
            EthernetFrame parsed = EthernetFrame.parse(ByteBuffer.wrap(frame.bytes()));

            view.read(buffer, 3, frame.octets().length());

            view.requireChecksum();
            assertSame(view, parsed);
        }
    }

    private static void assertSame(PacketView view, EthernetFrame parsed) {
        Ipv6Packet packet = parsed.packet();
        assertThat(view.linkLayerDestination()).isEqualTo(parsed.destination().value());
        assertThat(view.linkLayerSource()).isEqualTo(parsed.source().value());
        assertThat(new Ipv6Address(view.sourceHigh(), view.sourceLow()))
                .isEqualTo(packet.source())
                .isEqualTo(view.source());
        assertThat(new Ipv6Address(view.destinationHigh(), view.destinationLow()))
                .isEqualTo(packet.destination())
                .isEqualTo(view.destination());
        assertThat(view.effectiveSource()).isEqualTo(packet.effectiveSource());
        assertThat(view.effectiveDestination()).isEqualTo(packet.effectiveDestination());
        assertThat(view.hopLimit()).isEqualTo(packet.header().hopLimit());
        assertThat(view.networkLength()).isEqualTo(packet.length());
        assertThat(view.payloadLength()).isEqualTo(packet.payload().length());
        assertThat(view.protocol()).isEqualTo(packet.payload().protocol());
        if (packet.payload() instanceof Icmpv6Message message) {
            assertThat(view.isIcmpv6(message.type())).isTrue();
            assertThat(view.code()).isEqualTo(message.code());
        }
        if (packet.payload() instanceof MobilityMessage message) {
            assertThat(view.isMobility()).isTrue();
            assertThat(view.messageType()).isEqualTo(message.type());
        }
        if (packet.payload() instanceof NeighborSolicitation solicitation) {
            assertThat(view.hasTarget()).isTrue();
            assertThat(new Ipv6Address(view.targetHigh(), view.targetLow()))
                    .isEqualTo(solicitation.target())
                    .isEqualTo(view.target());
        }
        if (packet.payload() instanceof HomeAgentAddressDiscoveryRequest request) {
            assertThat(view.identifier()).isEqualTo(request.identifier());
        }
    }

    @Test
    void requestsAreCheckedAsTheCodecChecksThem() throws MalformedPacketException {
        EthernetFrame frame = new EthernetFrame(
                REPRESENTATIVE_MAC,
                ROUTER_MAC,
                Ipv6Packet.of(
                        CARE_OF_ADDRESS,
                        Ipv6Prefix.parse("2001:db8:1::/64").homeAgentsAnycast(),
                        new HomeAgentAddressDiscoveryRequest(0xbeef)));
        byte[] octets = frame.toBytes();
        PacketView view = new PacketView();

        view.read(ByteBuffer.wrap(octets), 0, octets.length);
        view.requireDiscoveryRequest();

        assertThat(view.identifier()).isEqualTo(0xbeef);
        for (int at = 54; at < octets.length; at++) {
            octets[at] ^= 1;
            view.read(ByteBuffer.wrap(octets), 0, octets.length);
            assertThatThrownBy(view::requireDiscoveryRequest)
                    .as("octet %s", at)
                    .isInstanceOf(MalformedPacketException.class);
            octets[at] ^= 1;
        }
    }

    @Test
    void repliesAreThoseOfTheCodec() {
        DiscoveryReplyFrame writer = new DiscoveryReplyFrame(REPRESENTATIVE_MAC, REPRESENTATIVE, 64);
        for (int count : List.of(0, 1, 2, 3, 77)) {
            for (int identifier : List.of(0, 1, 0x8000, 0xffff)) {
                List<Ipv6Address> homeAgents = IntStream.range(0, count)
                        .mapToObj(i -> new Ipv6Address(0x2001_0db8_ffff_ff00L + i, -1L - i))
                        .toList();
                EthernetFrame expected = new EthernetFrame(
                        ROUTER_MAC,
                        REPRESENTATIVE_MAC,
                        Ipv6Packet.of(
                                REPRESENTATIVE,
                                CARE_OF_ADDRESS,
                                new HomeAgentAddressDiscoveryReply(identifier, homeAgents)));
                ByteBuffer out = ByteBuffer.allocate(3 + DiscoveryReplyFrame.length(count))
                        .position(3);

                writer.write(
                        out, ROUTER_MAC.value(), CARE_OF_ADDRESS.high(), CARE_OF_ADDRESS.low(), identifier, homeAgents);

                assertThat(out.hasRemaining()).isFalse();
                assertThat(OpaqueBytes.rest(out.position(3))).isEqualTo(OpaqueBytes.of(expected.toBytes()));
            }
        }
    }
}
