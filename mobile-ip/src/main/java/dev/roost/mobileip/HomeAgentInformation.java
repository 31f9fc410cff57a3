package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * The Home Agent Information option (RFC 6275, 7.4) with the R flag of NEMO (RFC 3963, 4.2).
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |   Type = 8    |  Length = 1   |R|          Reserved           |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |     Home Agent Preference     |      Home Agent Lifetime      |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param mobileRouterSupport the R flag
 * @param preference 0 to 65535, unsigned: higher is preferred (some old implementations read it as signed)
 * @param lifetimeSeconds 0 to 65535
 */
public record HomeAgentInformation(boolean mobileRouterSupport, int preference, int lifetimeSeconds)
        implements NdOption {

    public static final int TYPE = 8;

    private static final int LENGTH = 8;
    private static final int FLAGS = 2;
    private static final int PREFERENCE = 4;
    private static final int LIFETIME = 6;
    private static final int MOBILE_ROUTER_SUPPORT = 0x8000;

    public HomeAgentInformation {
        if (preference >>> 16 != 0 || lifetimeSeconds >>> 16 != 0) {
            throw new IllegalArgumentException(
                    "preference and lifetime are 0 to 65535, not " + preference + " and " + lifetimeSeconds);
        }
    }

    public HomeAgentInformation(int preference, int lifetimeSeconds) {
        this(false, preference, lifetimeSeconds);
    }

    static HomeAgentInformation parse(ByteBuffer in) throws MalformedPacketException {
        NdOptions.requireLength(in, LENGTH, "home agent information option length != 8");
        int start = in.position();
        return new HomeAgentInformation(
                (in.getShort(start + FLAGS) & MOBILE_ROUTER_SUPPORT) != 0,
                in.getShort(start + PREFERENCE) & 0xffff,
                in.getShort(start + LIFETIME) & 0xffff);
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
        out.put((byte) TYPE).put((byte) (LENGTH / UNIT));
        out.putShort((short) (mobileRouterSupport ? MOBILE_ROUTER_SUPPORT : 0));
        out.putShort((short) preference).putShort((short) lifetimeSeconds);
    }
}
