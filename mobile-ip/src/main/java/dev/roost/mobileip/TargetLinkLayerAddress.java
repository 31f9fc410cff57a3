package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * The Target Link-Layer Address option on Ethernet (RFC 4861, 4.6.1; RFC 2464, 6).
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |   Type = 2    |  Length = 1   |   Ethernet address (6)        ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public record TargetLinkLayerAddress(MacAddress address) implements NdOption {

    public static final int TYPE = 2;

    private static final int LENGTH = 8;
    private static final int ADDRESS = 2;

    static TargetLinkLayerAddress parse(ByteBuffer in) throws MalformedPacketException {
        NdOptions.requireLength(in, LENGTH, "target link-layer address option length != 8");
        in.position(in.position() + ADDRESS);
        return new TargetLinkLayerAddress(MacAddress.fromBytes(in));
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
