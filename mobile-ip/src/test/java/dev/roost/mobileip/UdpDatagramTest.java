package dev.roost.mobileip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class UdpDatagramTest {

    private static final Ipv6Address SOURCE = Ipv6Address.parse("2001:db8:1::11");
    private static final Ipv6Address DESTINATION = Ipv6Address.parse("2001:db8:1::fe");

    private static Ipv6Packet packet(String hex) {
        return Ipv6Packet.of(
                SOURCE,
                DESTINATION,
                new OpaquePayload(17, OpaqueBytes.of(HexFormat.of().parseHex(hex))));
    }

    /** scapy: IPv6(src="2001:db8:1::11", dst="2001:db8:1::fe")/UDP(sport=5439, dport=5440)/b"roost" */
    @Test
    void writesAndReadsWhatScapyWrites() throws MalformedPacketException {
        UdpDatagram datagram = new UdpDatagram(5439, 5440, OpaqueBytes.of("roost".getBytes(StandardCharsets.US_ASCII)));

        assertThat(HexFormat.of()
                        .formatHex(
                                datagram.toPayload(SOURCE, DESTINATION).octets().toBytes()))
                .isEqualTo("153f1540000d22ef726f6f7374");
        assertThat(UdpDatagram.parse(packet("153f1540000d22ef726f6f7374"))).isEqualTo(datagram);
    }

    /** scapy: the same with bytes.fromhex("a354") and ports 1 and 2, whose sum is zero. */
    @Test
    void sendsAllOnesForASumOfZero() throws MalformedPacketException {
        OpaqueBytes octets = OpaqueBytes.of(HexFormat.of().parseHex("a354"));
        OpaquePayload payload = new UdpDatagram(1, 2, octets).toPayload(SOURCE, DESTINATION);

        assertThat(payload.octets().asBuffer().getShort(6)).isEqualTo((short) 0xffff);
        assertThat(UdpDatagram.parse(Ipv6Packet.of(SOURCE, DESTINATION, payload))
                        .octets())
                .isEqualTo(octets);
    }

    @Test
    void refusesWhatIsNoDatagram() {
        for (String hex : List.of(
                "",
                "153f1540000d",
                "153f1540000c0000726f6f7374",
                "153f1540000d0000726f6f7374",
                "153f1540000d0001726f6f7374")) {
            assertThatThrownBy(() -> UdpDatagram.parse(packet(hex)))
                    .as(hex)
                    .isInstanceOf(MalformedPacketException.class);
        }
        Ipv6Packet withHeader = Ipv6Packet.of(
                SOURCE,
                DESTINATION,
                List.of(DestinationOptions.of(new HomeAddressOption(SOURCE))),
                new OpaquePayload(17, OpaqueBytes.of(ByteBuffer.allocate(8).array())));
        assertThatThrownBy(() -> UdpDatagram.parse(withHeader)).isInstanceOf(MalformedPacketException.class);
    }
}
