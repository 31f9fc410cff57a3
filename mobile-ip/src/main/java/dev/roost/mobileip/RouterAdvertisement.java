package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Router Advertisement (RFC 4861, 4.2) with the H flag of Mobile IPv6 (RFC 6275, 7.1) and the preference of RFC 4191.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Type = 134   |   Code = 0    |           Checksum            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  | Cur Hop Limit |M|O|H|Prf|Resvd|       Router Lifetime         |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                         Reachable Time                        |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                          Retrans Timer                        |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |   Options ...
 * </pre>
 *
 * @param curHopLimit 0 to 255; 0 says nothing
 * @param flags any of {@link #MANAGED}, {@link #OTHER}, {@link #HOME_AGENT} and the two bits of {@link #PREFERENCE}
 * @param routerLifetimeSeconds 0 to 65535; 0 for no default router
 * @param reachableTimeMillis 32 bits unsigned; 0 says nothing
 * @param retransTimerMillis 32 bits unsigned; 0 says nothing
 */
public record RouterAdvertisement(
        int curHopLimit,
        int flags,
        int routerLifetimeSeconds,
        long reachableTimeMillis,
        long retransTimerMillis,
        List<NdOption> options)
        implements NeighborDiscoveryMessage {

    public static final int TYPE = 134;

    /** M: addresses are available by DHCPv6. */
    public static final int MANAGED = 0x80;
    /** O: other configuration is available by DHCPv6. */
    public static final int OTHER = 0x40;
    /** H: the sender serves as a home agent on this link. */
    public static final int HOME_AGENT = 0x20;
    /** Mask of the default router preference (RFC 4191, 2.2): 01 high, 00 medium, 11 low. */
    public static final int PREFERENCE = 0x18;

    private static final int KNOWN_FLAGS = MANAGED | OTHER | HOME_AGENT | PREFERENCE;

    private static final int CUR_HOP_LIMIT = 4;
    private static final int FLAGS = 5;
    private static final int ROUTER_LIFETIME = 6;
    private static final int REACHABLE_TIME = 8;
    private static final int RETRANS_TIMER = 12;
    private static final int OPTIONS = 16;

    public RouterAdvertisement {
        if (curHopLimit >>> 8 != 0 || routerLifetimeSeconds >>> 16 != 0) {
            throw new IllegalArgumentException(
                    "hop limit is 8 bits and lifetime 16, not " + curHopLimit + " and " + routerLifetimeSeconds);
        }
        if (reachableTimeMillis >>> 32 != 0 || retransTimerMillis >>> 32 != 0) {
            throw new IllegalArgumentException(
                    "timers are 32 bits, not " + reachableTimeMillis + " and " + retransTimerMillis);
        }
        flags &= KNOWN_FLAGS;
        options = List.copyOf(options);
    }

    public static RouterAdvertisement parse(ByteBuffer in) throws MalformedPacketException {
        Icmpv6Head.require(in, TYPE, OPTIONS, "router advertisement < 16 octets");
        int start = in.position();
        in.position(start + OPTIONS);
        return new RouterAdvertisement(
                in.get(start + CUR_HOP_LIMIT) & 0xff,
                in.get(start + FLAGS),
                in.getShort(start + ROUTER_LIFETIME) & 0xffff,
                in.getInt(start + REACHABLE_TIME) & 0xffff_ffffL,
                in.getInt(start + RETRANS_TIMER) & 0xffff_ffffL,
                NdOptions.parse(in));
    }

    /** Whether the sender serves as a home agent on this link. */
    public boolean homeAgent() {
        return (flags & HOME_AGENT) != 0;
    }

    public boolean managed() {
        return (flags & MANAGED) != 0;
    }

    public boolean other() {
        return (flags & OTHER) != 0;
    }

    @Override
    public void requireValid(Ipv6Header header) throws MalformedPacketException {
        NeighborDiscoveryMessage.requireUntouchedHopLimit(header);
        if (!header.source().isLinkLocal()) {
            throw new MalformedPacketException(
                    Reason.BAD_SOURCE,
                    "source not link-local, upper half",
                    header.source().high(),
                    Ipv6Header.SOURCE);
        }
    }

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public int length() {
        return OPTIONS + NdOptions.length(options);
    }

    @Override
    public void writeTo(ByteBuffer out) {
        Icmpv6Head.write(out, TYPE, 0);
        out.put((byte) curHopLimit).put((byte) flags).putShort((short) routerLifetimeSeconds);
        out.putInt((int) reachableTimeMillis).putInt((int) retransTimerMillis);
        NdOptions.write(options, out);
    }
}
