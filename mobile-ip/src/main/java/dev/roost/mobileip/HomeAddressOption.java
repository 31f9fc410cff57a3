package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * The Home Address destination option (RFC 6275, 6.3): a mobile node away from home says who it is. The home address takes the place of
 * the source address in upper-layer checksums.
 *
 * <pre>
 *                                  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *                                  |  Type = 201   |  Length = 16  |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  ~                        Home Address (16)                      ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public record HomeAddressOption(Ipv6Address homeAddress) implements DestinationOption {

    public static final int TYPE = 0xc9;

    static final String LENGTH_RULE = "home address option length != 16";

    private static final int LENGTH = 18;

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public int length() {
        return LENGTH;
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
        homeAddress.writeTo(out);
    }
}
