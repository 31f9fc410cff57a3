package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * Two or more octets of padding, the same in extension headers (RFC 8200, 4.2) and in mobility headers (RFC 6275, 6.2.3). What the
 * padding holds is ignored on receipt and zero when written.
 *
 * @param length octets in all, 2 to 257
 */
public record PadN(int length) implements DestinationOption, MobilityOption {

    public static final int TYPE = 1;

    private static final int HEAD = 2;

    public PadN {
        if (length < HEAD || length > HEAD + 255) {
            throw new IllegalArgumentException("PadN is 2 to 257 octets, not " + length);
        }
    }

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public void writeTo(ByteBuffer out) {
        out.put((byte) TYPE).put((byte) (length - HEAD));
        for (int i = HEAD; i < length; i++) {
            out.put((byte) 0);
        }
    }
}
