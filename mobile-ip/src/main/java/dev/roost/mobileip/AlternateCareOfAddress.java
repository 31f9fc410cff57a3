package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * The Alternate Care-of Address option (RFC 6275, 6.2.5), in a binding update only: bind to this address instead of the packet's source.
 *
 * <pre>
 *                                  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *                                  |   Type = 3    |  Length = 16  |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  ~                 Alternate Care-of Address (16)                ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public record AlternateCareOfAddress(Ipv6Address careOfAddress) implements MobilityOption {

    public static final int TYPE = 3;

    static AlternateCareOfAddress parse(ByteBuffer in, int length) throws MalformedPacketException {
        AlignedOptions.requireLength(
                in.position(), length, Ipv6Address.LENGTH, "alternate care-of address length != 16");
        in.position(in.position() + 2);
        return new AlternateCareOfAddress(Ipv6Address.fromBytes(in));
    }

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public int length() {
        return 2 + Ipv6Address.LENGTH;
    }

    @Override
    public int alignment() {
        return 8;
    }

    @Override
    public int alignmentOffset() {
        return 6;
    }

    @Override
    public void writeTo(ByteBuffer out) {
        out.put((byte) TYPE).put((byte) Ipv6Address.LENGTH);
        careOfAddress.writeTo(out);
    }
}
