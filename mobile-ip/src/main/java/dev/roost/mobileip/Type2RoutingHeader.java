package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;

/**
 * The type 2 routing header (RFC 6275, 6.4): a packet sent to a mobile node's care-of address is for its home address, which takes the
 * place of the destination in upper-layer checksums.
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Next Header  | Hdr Ext Len=2 | Routing Type=2|Segments Left=1|
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                            Reserved                           |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  ~                        Home Address (16)                      ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public record Type2RoutingHeader(Ipv6Address homeAddress) implements ExtensionHeader {

    public static final int PROTOCOL = OtherRoutingHeader.PROTOCOL;

    static final int TYPE = 2;
    static final int ROUTING_TYPE = 2;
    static final int HOME_ADDRESS = 8;

    private static final int LENGTH = 24;
    private static final int HDR_EXT_LEN = 1;
    private static final int SEGMENTS_LEFT = 3;

    static Type2RoutingHeader parse(ByteBuffer in) throws MalformedPacketException {
        int start = in.position();
        require(in, start);
        in.position(start + HOME_ADDRESS);
        return new Type2RoutingHeader(Ipv6Address.fromBytes(in));
    }

    /** RFC 6275, 6.4.1 allows one length and one number of segments; the header at {@code start} is known to be whole. */
    static void require(ByteBuffer in, int start) throws MalformedPacketException {
        int units = in.get(start + HDR_EXT_LEN) & 0xff;
        if (units != LENGTH / 8 - 1) {
            throw new MalformedPacketException(
                    Reason.BAD_LENGTH, "type 2 routing header, length != 2", units, start + HDR_EXT_LEN);
        }
        int segmentsLeft = in.get(start + SEGMENTS_LEFT) & 0xff;
        if (segmentsLeft != 1) {
            throw new MalformedPacketException(
                    Reason.BAD_VALUE, "type 2 routing header, segments left != 1", segmentsLeft, start + SEGMENTS_LEFT);
        }
    }

    @Override
    public int protocol() {
        return PROTOCOL;
    }

    @Override
    public int length() {
        return LENGTH;
    }

    @Override
    public void writeTo(ByteBuffer out, int nextHeader) {
        out.put((byte) nextHeader).put((byte) (LENGTH / 8 - 1)).put((byte) TYPE).put((byte) 1);
        out.putInt(0);
        homeAddress.writeTo(out);
    }
}
