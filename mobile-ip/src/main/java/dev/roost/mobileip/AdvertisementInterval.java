package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * The Advertisement Interval option (RFC 6275, 7.3): the longest time between two unsolicited router advertisements.
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |   Type = 7    |  Length = 1   |           Reserved            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                     Advertisement Interval                    |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param milliseconds 32 bits unsigned
 */
public record AdvertisementInterval(long milliseconds) implements NdOption {

    public static final int TYPE = 7;

    private static final int LENGTH = 8;
    private static final int INTERVAL = 4;

    public AdvertisementInterval {
        if (milliseconds >>> 32 != 0) {
            throw new IllegalArgumentException("interval is 32 bits of milliseconds, not " + milliseconds);
        }
    }

    static AdvertisementInterval parse(ByteBuffer in) throws MalformedPacketException {
        NdOptions.requireLength(in, LENGTH, "advertisement interval option length != 8");
        return new AdvertisementInterval(in.getInt(in.position() + INTERVAL) & 0xffff_ffffL);
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
        out.put((byte) TYPE).put((byte) (LENGTH / UNIT)).putShort((short) 0).putInt((int) milliseconds);
    }
}
