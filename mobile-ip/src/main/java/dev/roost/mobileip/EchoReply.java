package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * Echo Reply (RFC 4443, 4.2).
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Type = 129   |   Code = 0    |           Checksum            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |           Identifier          |        Sequence Number        |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |     Data ...
 * </pre>
 *
 * @param identifier 0 to 65535
 * @param sequenceNumber 0 to 65535
 */
public record EchoReply(int identifier, int sequenceNumber, OpaqueBytes data) implements Icmpv6Message {

    public static final int TYPE = 129;

    private static final int IDENTIFIER = 4;
    private static final int SEQUENCE_NUMBER = 6;
    private static final int DATA = 8;

    public EchoReply {
        if (identifier >>> 16 != 0 || sequenceNumber >>> 16 != 0) {
            throw new IllegalArgumentException(
                    "identifier and sequence number are 16 bits, not " + identifier + " and " + sequenceNumber);
        }
    }

    public static EchoReply parse(ByteBuffer in) throws MalformedPacketException {
        Icmpv6Head.require(in, TYPE, DATA, "echo reply < 8 octets");
        int start = in.position();
        in.position(start + DATA);
        return new EchoReply(
                in.getShort(start + IDENTIFIER) & 0xffff,
                in.getShort(start + SEQUENCE_NUMBER) & 0xffff,
                OpaqueBytes.rest(in));
    }

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public int length() {
        return DATA + data.length();
    }

    @Override
    public void writeTo(ByteBuffer out) {
        Icmpv6Head.write(out, TYPE, 0);
        out.putShort((short) identifier).putShort((short) sequenceNumber);
        data.writeTo(out);
    }
}
