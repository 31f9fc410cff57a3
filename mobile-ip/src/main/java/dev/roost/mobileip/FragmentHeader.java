package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * The Fragment header (RFC 8200, 4.5).
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Next Header  |   Reserved    |      Fragment Offset    |Res|M|
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                         Identification                        |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param offset of this fragment in octets, a multiple of 8 up to 65528
 * @param moreFragments the M flag
 * @param identification 32 bits, compared for equality only
 */
public record FragmentHeader(int offset, boolean moreFragments, int identification) implements ExtensionHeader {

    public static final int PROTOCOL = 44;

    static final int LENGTH = 8;
    static final int OFFSET_AND_FLAGS = 2;
    static final int OFFSET_MASK = 0xfff8;
    static final int MORE = 1;

    private static final int IDENTIFICATION = 4;

    public FragmentHeader {
        if ((offset & ~OFFSET_MASK) != 0) {
            throw new IllegalArgumentException("fragment offset is a multiple of 8 up to 65528, not " + offset);
        }
    }

    static FragmentHeader parse(ByteBuffer in) {
        int start = in.position();
        int offsetAndFlags = in.getShort(start + OFFSET_AND_FLAGS) & 0xffff;
        return new FragmentHeader(
                offsetAndFlags & OFFSET_MASK, (offsetAndFlags & MORE) != 0, in.getInt(start + IDENTIFICATION));
    }

    /** A packet that is whole in spite of its fragment header (RFC 6946). */
    public boolean isAtomic() {
        return offset == 0 && !moreFragments;
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
        out.put((byte) nextHeader).put((byte) 0).putShort((short) (offset | (moreFragments ? MORE : 0)));
        out.putInt(identification);
    }
}
