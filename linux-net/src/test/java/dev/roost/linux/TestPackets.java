package dev.roost.linux;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Frames put together byte by byte, independent of the product's codecs. */
final class TestPackets {
    private TestPackets() {}

    static ByteBuffer frame(MacAddress to, ByteBuffer packet) {
        ByteBuffer frame = ByteBuffer.allocate(14 + packet.remaining());
        to.writeTo(frame);
        new MacAddress(0x0200_0000_0001L).writeTo(frame);
        return frame.putShort((short) 0x86dd).put(packet.duplicate()).flip();
    }

    static ByteBuffer ipv6(String source, String destination, int nextHeader, int hopLimit, ByteBuffer payload) {
        ByteBuffer packet = ByteBuffer.allocate(40 + payload.remaining());
        packet.putInt(0x6000_0000).putShort((short) payload.remaining());
        packet.put((byte) nextHeader).put((byte) hopLimit);
        Ipv6Address.parse(source).writeTo(packet);
        Ipv6Address.parse(destination).writeTo(packet);
        return packet.put(payload.duplicate()).flip();
    }

    /** ICMPv6 with a right checksum. */
    static ByteBuffer icmpV6(String source, String destination, int hopLimit, String hex) {
        ByteBuffer message = ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
        ByteBuffer packet = ipv6(source, destination, 58, hopLimit, message);
        long sum = 58L + message.remaining();
        for (int i = 8; i < packet.limit(); i += 2) {
            sum += i + 1 < packet.limit() ? packet.getShort(i) & 0xffff : (packet.get(i) & 0xff) << 8;
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return packet.putShort(42, (short) ~sum);
    }

    static ByteBuffer echoRequest(String source, String destination, int hopLimit) {
        return icmpV6(source, destination, hopLimit, "80 00 0000 1234 0001 0102030405060708");
    }
}
