package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * The Mobile Node Identifier option (RFC 4283, 3).
 *
 * <pre>
 *                                  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *                                  |   Type = 8    | Option Length |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Subtype      |          Identifier ...                       ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param subtype {@link #NETWORK_ACCESS_IDENTIFIER} or another of IANA's
 * @param identifier at most 254 octets; in subtype 1 a name like user@realm
 */
public record MobileNodeIdentifier(int subtype, OpaqueBytes identifier) implements MobilityOption {

    public static final int TYPE = 8;

    /** A Network Access Identifier (RFC 7542). */
    public static final int NETWORK_ACCESS_IDENTIFIER = 1;

    private static final int SUBTYPE = 2;

    public MobileNodeIdentifier {
        if (subtype >>> 8 != 0 || identifier.length() > 254) {
            throw new IllegalArgumentException("subtype " + subtype + " with " + identifier.length() + " octets");
        }
    }

    static MobileNodeIdentifier parse(ByteBuffer in, int length) throws MalformedPacketException {
        MobilityOptions.requireAtLeast(in, length, 1, "mobile node identifier length < 1");
        int subtype = in.get(in.position() + SUBTYPE) & 0xff;
        in.position(in.position() + SUBTYPE + 1);
        return new MobileNodeIdentifier(subtype, OpaqueBytes.take(in, length - 1));
    }

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public int length() {
        return SUBTYPE + 1 + identifier.length();
    }

    @Override
    public void writeTo(ByteBuffer out) {
        out.put((byte) TYPE).put((byte) (1 + identifier.length())).put((byte) subtype);
        identifier.writeTo(out);
    }
}
