package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * The Binding Refresh Advice option (RFC 6275, 6.2.4), in a binding acknowledgement only: refresh after this long.
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |   Type = 2    |   Length = 2  |       Refresh Interval        |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public record BindingRefreshAdvice(BindingLifetime refreshInterval) implements MobilityOption {

    public static final int TYPE = 2;

    private static final int OPTION_LENGTH = 2;
    private static final int REFRESH_INTERVAL = 2;

    static BindingRefreshAdvice parse(ByteBuffer in, int length) throws MalformedPacketException {
        AlignedOptions.requireLength(in.position(), length, OPTION_LENGTH, "binding refresh advice length != 2");
        return new BindingRefreshAdvice(new BindingLifetime(in.getShort(in.position() + REFRESH_INTERVAL) & 0xffff));
    }

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public int length() {
        return 2 + OPTION_LENGTH;
    }

    @Override
    public int alignment() {
        return 2;
    }

    @Override
    public void writeTo(ByteBuffer out) {
        out.put((byte) TYPE).put((byte) OPTION_LENGTH).putShort((short) refreshInterval.units());
    }
}
