package dev.roost.mobileip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Packets of a real mobile node, home agents, routers and hosts: read, checksums verified, and written again octet for octet. */
class CapturesRoundTripTest {

    static Iterable<String> captures() {
        return Captures.NAMES;
    }

    @ParameterizedTest
    @MethodSource("captures")
    void everyFrameIsWrittenAsItCame(String capture) throws MalformedPacketException {
        assertThat(Captures.frames(capture)).isNotEmpty();
        for (Captures.Frame frame : Captures.frames(capture)) {
            ByteBuffer in = ByteBuffer.wrap(frame.bytes());

            EthernetFrame parsed = EthernetFrame.parse(in);

            assertThat(in.hasRemaining()).isFalse();
            assertThat(parsed.length()).as("length of %s", frame).isEqualTo(frame.bytes().length);
            assertThat(parsed.toBytes()).as("%s: %s", frame, parsed).isEqualTo(frame.bytes());
            checkTunnelled(parsed.packet().payload(), frame);
        }
    }

    /** IPv6 in IPv6 is opaque to the outer packet; the inner one is a packet like any other. */
    private static void checkTunnelled(Payload payload, Captures.Frame frame) throws MalformedPacketException {
        if (payload instanceof OpaquePayload tunnelled && tunnelled.protocol() == OpaquePayload.IPV6) {
            Ipv6Packet inner = Ipv6Packet.parse(tunnelled.octets().asBuffer());

            assertThat(inner.toBytes())
                    .as("inside %s: %s", frame, inner)
                    .isEqualTo(tunnelled.octets().toBytes());
        }
    }

    @ParameterizedTest
    @MethodSource("captures")
    void neighborDiscoveryOfLinuxIsValid(String capture) throws MalformedPacketException {
        for (Captures.Frame frame : Captures.frames(capture)) {
            Ipv6Packet packet =
                    EthernetFrame.parse(ByteBuffer.wrap(frame.bytes())).packet();
            if (packet.payload() instanceof NeighborDiscoveryMessage message) {
                message.requireValid(packet.header());
            }
        }
    }

    /** Guards the test above against reading everything as opaque: counted with tshark's display filters. */
    @Test
    void everyKindOfMessageIsThere() throws MalformedPacketException {
        Map<String, Integer> counts = new TreeMap<>();
        for (Captures.Frame frame : Captures.all().toList()) {
            Ipv6Packet packet =
                    EthernetFrame.parse(ByteBuffer.wrap(frame.bytes())).packet();
            counts.merge(packet.payload().getClass().getSimpleName(), 1, Integer::sum);
        }

        assertThat(counts).isEqualTo(EXPECTED_COUNTS);
    }

    private static final Map<String, Integer> EXPECTED_COUNTS = Map.ofEntries(
            Map.entry("BindingAcknowledgement", 29),
            Map.entry("BindingUpdate", 41),
            Map.entry("EchoReply", 1136),
            Map.entry("EchoRequest", 1190),
            Map.entry("HomeAgentAddressDiscoveryReply", 6),
            Map.entry("HomeAgentAddressDiscoveryRequest", 6),
            Map.entry("Icmpv6Error", 2),
            Map.entry("MobilePrefixAdvertisement", 8),
            Map.entry("MobilePrefixSolicitation", 8),
            Map.entry("NeighborAdvertisement", 53),
            Map.entry("NeighborSolicitation", 120),
            Map.entry("OpaquePayload", 3043),
            Map.entry("RouterAdvertisement", 328),
            Map.entry("RouterSolicitation", 24),
            Map.entry("UnknownIcmpv6", 320));
}
