package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * The Nonce Indices option (RFC 6275, 6.2.6) of a binding update to a correspondent node; a home agent only has to notice it.
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |   Type = 4    |   Length = 4  |       Home Nonce Index        |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |     Care-of Nonce Index       |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param homeNonceIndex 0 to 65535
 * @param careOfNonceIndex 0 to 65535
 */
public record NonceIndices(int homeNonceIndex, int careOfNonceIndex) implements MobilityOption {

    public static final int TYPE = 4;

    private static final int OPTION_LENGTH = 4;
    private static final int HOME_NONCE_INDEX = 2;
    private static final int CARE_OF_NONCE_INDEX = 4;

    public NonceIndices {
        if (homeNonceIndex >>> 16 != 0 || careOfNonceIndex >>> 16 != 0) {
            throw new IllegalArgumentException(
                    "nonce indices are 16 bits, not " + homeNonceIndex + " and " + careOfNonceIndex);
        }
    }

    static NonceIndices parse(ByteBuffer in, int length) throws MalformedPacketException {
        AlignedOptions.requireLength(in.position(), length, OPTION_LENGTH, "nonce indices length != 4");
        int start = in.position();
        return new NonceIndices(
                in.getShort(start + HOME_NONCE_INDEX) & 0xffff, in.getShort(start + CARE_OF_NONCE_INDEX) & 0xffff);
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
        out.put((byte) TYPE).put((byte) OPTION_LENGTH);
        out.putShort((short) homeNonceIndex).putShort((short) careOfNonceIndex);
    }
}
