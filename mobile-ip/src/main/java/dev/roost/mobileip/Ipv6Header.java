package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;

/**
 * The fixed IPv6 header (RFC 8200, 3), without the two fields that follow from what stands behind it.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |Version| Traffic Class |           Flow Label                  |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |         Payload Length        |  Next Header  |   Hop Limit   |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  ~                       Source Address (16)                     ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  ~                    Destination Address (16)                   ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param trafficClass 8 bits
 * @param flowLabel 20 bits
 * @param hopLimit 8 bits
 */
public record Ipv6Header(int trafficClass, int flowLabel, int hopLimit, Ipv6Address source, Ipv6Address destination) {

    /** Octets on the wire. */
    public static final int LENGTH = 40;

    static final int PAYLOAD_LENGTH = 4;
    static final int NEXT_HEADER = 6;
    static final int HOP_LIMIT = 7;
    static final int SOURCE = 8;
    static final int DESTINATION = 24;

    public Ipv6Header {
        if (trafficClass >>> 8 != 0 || flowLabel >>> 20 != 0 || hopLimit >>> 8 != 0) {
            throw new IllegalArgumentException(
                    "traffic class " + trafficClass + ", flow label " + flowLabel + ", hop limit " + hopLimit);
        }
    }

    /** Traffic class and flow label zero. */
    public Ipv6Header(int hopLimit, Ipv6Address source, Ipv6Address destination) {
        this(0, 0, hopLimit, source, destination);
    }

    /**
     * Checks that a whole packet begins at an index.
     *
     * @return the index where the packet ends by its own account, at most {@code limit}
     */
    static int requirePacket(ByteBuffer in, int start, int limit) throws MalformedPacketException {
        if (limit - start < LENGTH) {
            throw new MalformedPacketException(Reason.TRUNCATED, "IPv6 header < 40 octets", limit - start, start);
        }
        int version = (in.get(start) >>> 4) & 0xf;
        if (version != 6) {
            throw new MalformedPacketException(Reason.BAD_VERSION, "version != 6", version, start);
        }
        int end = start + LENGTH + (in.getShort(start + PAYLOAD_LENGTH) & 0xffff);
        if (end > limit) {
            throw new MalformedPacketException(
                    Reason.TRUNCATED, "payload length beyond the end by", end - limit, start + PAYLOAD_LENGTH);
        }
        return end;
    }

    /** Reads 40 octets at the position, which are known to be there. */
    static Ipv6Header parse(ByteBuffer in) {
        int start = in.position();
        int first = in.getInt(start);
        in.position(start + SOURCE);
        return new Ipv6Header(
                (first >>> 20) & 0xff,
                first & 0xf_ffff,
                in.get(start + HOP_LIMIT) & 0xff,
                Ipv6Address.fromBytes(in),
                Ipv6Address.fromBytes(in));
    }

    void writeTo(ByteBuffer out, int payloadLength, int nextHeader) {
        out.putInt((6 << 28) | (trafficClass << 20) | flowLabel);
        out.putShort((short) payloadLength).put((byte) nextHeader).put((byte) hopLimit);
        source.writeTo(out);
        destination.writeTo(out);
    }
}
