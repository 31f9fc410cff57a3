package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * The Source Link-Layer Address option on Ethernet (RFC 4861, 4.6.1; RFC 2464, 6).
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |   Type = 1    |  Length = 1   |   Ethernet address (6)        ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public record SourceLinkLayerAddress(MacAddress address) implements NdOption {

    public static final int TYPE = 1;

    private static final int LENGTH = 8;
    private static final int ADDRESS = 2;

    static SourceLinkLayerAddress parse(ByteBuffer in) throws MalformedPacketException {
        NdOptions.requireLength(in, LENGTH, "source link-layer address option length != 8");
        in.position(in.position() + ADDRESS);
        return new SourceLinkLayerAddress(MacAddress.fromBytes(in));
    }

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public int length() {
        return LENGTH;
    }

    @Override
    public void writeTo(ByteBuffer out) {
        out.put((byte) TYPE).put((byte) (LENGTH / UNIT));
        address.writeTo(out);
    }
}
