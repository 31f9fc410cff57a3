package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * A routing header of another type than 2 (RFC 8200, 4.4), kept as it came. While it has segments left, the destination in the IPv6
 * header is not the final one; what the packet carries is then not interpreted, since its checksum cannot be verified.
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Next Header  |  Hdr Ext Len  |  Routing Type | Segments Left |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |   type-specific data ...
 * </pre>
 *
 * @param data 8n + 4 octets
 */
public record OtherRoutingHeader(int routingType, int segmentsLeft, OpaqueBytes data) implements ExtensionHeader {

    public static final int PROTOCOL = 43;

    static final int SEGMENTS_LEFT = 3;

    private static final int ROUTING_TYPE = 2;
    private static final int DATA = 4;

    public OtherRoutingHeader {
        if (routingType >>> 8 != 0 || routingType == Type2RoutingHeader.TYPE || segmentsLeft >>> 8 != 0) {
            throw new IllegalArgumentException("routing type " + routingType + ", segments left " + segmentsLeft);
        }
        if ((DATA + data.length()) % 8 != 0 || data.length() > 256 * 8 - DATA) {
            throw new IllegalArgumentException("routing header data of " + data.length() + " octets");
        }
    }

    static OtherRoutingHeader parse(ByteBuffer in, int end) {
        int start = in.position();
        in.position(start + DATA);
        return new OtherRoutingHeader(
                in.get(start + ROUTING_TYPE) & 0xff,
                in.get(start + SEGMENTS_LEFT) & 0xff,
                OpaqueBytes.take(in, end - start - DATA));
    }

    @Override
    public int protocol() {
        return PROTOCOL;
    }

    @Override
    public int length() {
        return DATA + data.length();
    }

    @Override
    public void writeTo(ByteBuffer out, int nextHeader) {
        out.put((byte) nextHeader)
                .put((byte) (length() / 8 - 1))
                .put((byte) routingType)
                .put((byte) segmentsLeft);
        data.writeTo(out);
    }
}
