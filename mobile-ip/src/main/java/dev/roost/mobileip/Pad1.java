package dev.roost.mobileip;

import java.nio.ByteBuffer;

/** One octet of padding, the same in extension headers (RFC 8200, 4.2) and in mobility headers (RFC 6275, 6.2.2). */
public record Pad1() implements DestinationOption, MobilityOption {

    public static final int TYPE = 0;

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public int length() {
        return 1;
    }

    @Override
    public void writeTo(ByteBuffer out) {
        out.put((byte) TYPE);
    }
}
