package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;

/**
 * A UDP datagram (RFC 768) in an IPv6 packet without extension headers. Over IPv6 the checksum is not optional (RFC 8200, 8.1).
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |          Source Port          |       Destination Port        |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |            Length             |           Checksum            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                           octets ...
 * </pre>
 *
 * @param sourcePort 0 to 65535
 * @param destinationPort 0 to 65535
 */
public record UdpDatagram(int sourcePort, int destinationPort, OpaqueBytes octets) {

    public static final int PROTOCOL = 17;
    public static final int HEADER_LENGTH = 8;

    private static final int LENGTH = 4;
    private static final int CHECKSUM = 6;

    public UdpDatagram {
        if (sourcePort >>> 16 != 0 || destinationPort >>> 16 != 0) {
            throw new IllegalArgumentException(
                    "UDP ports: wanted 0 to 65535, got " + sourcePort + " and " + destinationPort);
        }
    }

    /** Reads the payload of a packet and verifies its checksum. */
    public static UdpDatagram parse(Ipv6Packet packet) throws MalformedPacketException {
        if (!(packet.payload() instanceof OpaquePayload payload)
                || payload.protocol() != PROTOCOL
                || !packet.extensionHeaders().isEmpty()) {
            throw new MalformedPacketException(
                    Reason.BAD_VALUE, "protocol != 17", packet.payload().protocol(), 0);
        }
        ByteBuffer in = payload.octets().asBuffer();
        int length = in.remaining();
        MalformedPacketException.requireRemaining(in, HEADER_LENGTH, "UDP header < 8");
        int told = in.getShort(LENGTH) & 0xffff;
        if (told != length) {
            throw new MalformedPacketException(Reason.BAD_LENGTH, "UDP length != " + length, told, LENGTH);
        }
        long sum = pseudoHeader(packet.source(), packet.destination(), length) + InternetChecksum.sum(in, 0, length);
        if (in.getShort(CHECKSUM) == 0 || InternetChecksum.fold(sum) != 0) {
            throw new MalformedPacketException(
                    Reason.BAD_CHECKSUM, "UDP checksum", in.getShort(CHECKSUM) & 0xffff, CHECKSUM);
        }
        int sourcePort = in.getShort() & 0xffff;
        int destinationPort = in.getShort() & 0xffff;
        in.position(HEADER_LENGTH);
        return new UdpDatagram(sourcePort, destinationPort, OpaqueBytes.rest(in));
    }

    /** The payload of a packet between these addresses, checksum filled in. */
    public OpaquePayload toPayload(Ipv6Address source, Ipv6Address destination) {
        int length = HEADER_LENGTH + octets.length();
        if (length > 0xffff) {
            throw new IllegalArgumentException("UDP length: wanted at most 65535, got " + length);
        }
        ByteBuffer out = ByteBuffer.allocate(length);
        out.putShort((short) sourcePort).putShort((short) destinationPort).putShort((short) length);
        out.putShort((short) 0);
        octets.writeTo(out);
        int checksum =
                InternetChecksum.fold(pseudoHeader(source, destination, length) + InternetChecksum.sum(out, 0, length));
        // A sum of zero is sent as all ones: zero means none (RFC 768).
        out.putShort(CHECKSUM, (short) (checksum == 0 ? 0xffff : checksum));
        return new OpaquePayload(PROTOCOL, OpaqueBytes.of(out.array()));
    }

    private static long pseudoHeader(Ipv6Address source, Ipv6Address destination, int length) {
        return InternetChecksum.pseudoHeader(source, destination, length, PROTOCOL);
    }
}
