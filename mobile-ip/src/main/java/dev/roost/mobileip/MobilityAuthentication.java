package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * The Mobility Message Authentication option (RFC 4285, 5); {@link MobilityAuthenticator} computes and verifies it.
 *
 * <pre>
 *                                  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *                                  |   Type = 9    | Option Length |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Subtype      |                  Mobility SPI                 |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Mobility SPI |       Authentication Data ...                 ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param subtype {@link #MN_HA} or {@link #MN_AAA}
 * @param securityParameterIndex 32 bits unsigned; 0 to 255 are reserved
 * @param authenticationData at most 250 octets, 12 with HMAC-SHA1-96
 */
public record MobilityAuthentication(int subtype, long securityParameterIndex, OpaqueBytes authenticationData)
        implements MobilityOption {

    public static final int TYPE = 9;

    /** Between mobile node and home agent. */
    public static final int MN_HA = 1;
    /** Between mobile node and AAA server. */
    public static final int MN_AAA = 2;

    /** Type, length, subtype and SPI: what stands in front of the authentication data. */
    static final int AUTHENTICATION_DATA = 7;

    private static final int SUBTYPE = 2;
    private static final int SPI = 3;
    private static final int LEAST_OPTION_LENGTH = 5;

    public MobilityAuthentication {
        if (subtype >>> 8 != 0 || securityParameterIndex >>> 32 != 0 || authenticationData.length() > 250) {
            throw new IllegalArgumentException("subtype " + subtype + ", SPI " + securityParameterIndex + ", "
                    + authenticationData.length() + " octets");
        }
    }

    static MobilityAuthentication parse(ByteBuffer in, int length) throws MalformedPacketException {
        MobilityOptions.requireAtLeast(in, length, LEAST_OPTION_LENGTH, "authentication option length < 5");
        int start = in.position();
        in.position(start + AUTHENTICATION_DATA);
        return new MobilityAuthentication(
                in.get(start + SUBTYPE) & 0xff,
                in.getInt(start + SPI) & 0xffff_ffffL,
                OpaqueBytes.take(in, length - LEAST_OPTION_LENGTH));
    }

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public int length() {
        return AUTHENTICATION_DATA + authenticationData.length();
    }

    @Override
    public int alignment() {
        return 4;
    }

    @Override
    public int alignmentOffset() {
        return 1;
    }

    @Override
    public void writeTo(ByteBuffer out) {
        out.put((byte) TYPE).put((byte) (LEAST_OPTION_LENGTH + authenticationData.length()));
        out.put((byte) subtype).putInt((int) securityParameterIndex);
        authenticationData.writeTo(out);
    }
}
