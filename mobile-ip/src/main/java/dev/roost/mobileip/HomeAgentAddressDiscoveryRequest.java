package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * ICMP Home Agent Address Discovery Request (RFC 6275, 6.5) with the R flag of NEMO (RFC 3963, 4.3).
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Type = 144   |   Code = 0    |           Checksum            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |           Identifier          |R|          Reserved           |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Octets behind these eight are ignored.
 *
 * @param identifier 0 to 65535
 * @param mobileRouterSupport the R flag: only home agents that support mobile routers are wanted
 */
public record HomeAgentAddressDiscoveryRequest(int identifier, boolean mobileRouterSupport) implements Icmpv6Message {

    public static final int TYPE = 144;

    static final int MOBILE_ROUTER_SUPPORT = 0x8000;

    private static final int LENGTH = 8;
    private static final int IDENTIFIER = 4;
    private static final int FLAGS = 6;

    public HomeAgentAddressDiscoveryRequest {
        if (identifier >>> 16 != 0) {
            throw new IllegalArgumentException("identifier is 16 bits, not " + identifier);
        }
    }

    public HomeAgentAddressDiscoveryRequest(int identifier) {
        this(identifier, false);
    }

    public static HomeAgentAddressDiscoveryRequest parse(ByteBuffer in) throws MalformedPacketException {
        Icmpv6Head.require(in, TYPE, LENGTH, "home agent address discovery request < 8 octets");
        int start = in.position();
        in.position(in.limit());
        return new HomeAgentAddressDiscoveryRequest(
                in.getShort(start + IDENTIFIER) & 0xffff, (in.getShort(start + FLAGS) & MOBILE_ROUTER_SUPPORT) != 0);
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
        Icmpv6Head.write(out, TYPE, 0);
        out.putShort((short) identifier).putShort((short) (mobileRouterSupport ? MOBILE_ROUTER_SUPPORT : 0));
    }
}
