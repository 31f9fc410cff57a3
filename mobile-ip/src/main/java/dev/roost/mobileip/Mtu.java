package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * The MTU option (RFC 4861, 4.6.4).
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |   Type = 5    |  Length = 1   |           Reserved            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                              MTU                              |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param octets 32 bits unsigned
 */
public record Mtu(long octets) implements NdOption {

    public static final int TYPE = 5;

    private static final int LENGTH = 8;
    private static final int MTU = 4;

    public Mtu {
        if (octets >>> 32 != 0) {
            throw new IllegalArgumentException("MTU is 32 bits, not " + octets);
        }
    }

    static Mtu parse(ByteBuffer in) throws MalformedPacketException {
        NdOptions.requireLength(in, LENGTH, "MTU option length != 8");
        return new Mtu(in.getInt(in.position() + MTU) & 0xffff_ffffL);
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
        out.put((byte) TYPE).put((byte) (LENGTH / UNIT)).putShort((short) 0).putInt((int) octets);
    }
}
