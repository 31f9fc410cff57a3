package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;

/**
 * The Prefix Information option (RFC 4861, 4.6.2) with the R flag of Mobile IPv6 (RFC 6275, 7.2).
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |   Type = 3    |  Length = 4   | Prefix Length |L|A|R|Reserved1|
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                         Valid Lifetime                        |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                       Preferred Lifetime                      |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                           Reserved2                           |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  ~                          Prefix (16)                          ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param prefixLength 0 to 128
 * @param flags any of {@link #ON_LINK}, {@link #AUTONOMOUS}, {@link #ROUTER_ADDRESS}
 * @param validLifetimeSeconds 0 to {@link #INFINITE}
 * @param preferredLifetimeSeconds 0 to {@link #INFINITE}
 * @param address the Prefix field whole: with {@link #ROUTER_ADDRESS} it is the router's own address, host bits included
 */
public record PrefixInformation(
        int prefixLength, int flags, long validLifetimeSeconds, long preferredLifetimeSeconds, Ipv6Address address)
        implements NdOption {

    public static final int TYPE = 3;

    /** L: the prefix can be used for on-link determination. */
    public static final int ON_LINK = 0x80;
    /** A: the prefix can be used for autonomous address configuration. */
    public static final int AUTONOMOUS = 0x40;
    /** R: the Prefix field is a complete address of the sending router. */
    public static final int ROUTER_ADDRESS = 0x20;

    /** All ones: a lifetime without end. */
    public static final long INFINITE = 0xffff_ffffL;

    private static final int KNOWN_FLAGS = ON_LINK | AUTONOMOUS | ROUTER_ADDRESS;

    private static final int LENGTH = 32;
    private static final int PREFIX_LENGTH = 2;
    private static final int FLAGS = 3;
    private static final int VALID_LIFETIME = 4;
    private static final int PREFERRED_LIFETIME = 8;
    private static final int PREFIX = 16;

    public PrefixInformation {
        if (prefixLength < 0 || prefixLength > 128) {
            throw new IllegalArgumentException("prefix length is 0 to 128, not " + prefixLength);
        }
        if (validLifetimeSeconds >>> 32 != 0 || preferredLifetimeSeconds >>> 32 != 0) {
            throw new IllegalArgumentException(
                    "lifetimes are 32 bits, not " + validLifetimeSeconds + " and " + preferredLifetimeSeconds);
        }
        flags &= KNOWN_FLAGS;
    }

    static PrefixInformation parse(ByteBuffer in) throws MalformedPacketException {
        NdOptions.requireLength(in, LENGTH, "prefix information option length != 32");
        int start = in.position();
        int prefixLength = in.get(start + PREFIX_LENGTH) & 0xff;
        if (prefixLength > 128) {
            throw new MalformedPacketException(
                    Reason.BAD_VALUE, "prefix length > 128", prefixLength, start + PREFIX_LENGTH);
        }
        in.position(start + PREFIX);
        return new PrefixInformation(
                prefixLength,
                in.get(start + FLAGS),
                in.getInt(start + VALID_LIFETIME) & INFINITE,
                in.getInt(start + PREFERRED_LIFETIME) & INFINITE,
                Ipv6Address.fromBytes(in));
    }

    /** The prefix without host bits. */
    public Ipv6Prefix prefix() {
        return Ipv6Prefix.of(address, prefixLength);
    }

    public boolean onLink() {
        return (flags & ON_LINK) != 0;
    }

    public boolean autonomous() {
        return (flags & AUTONOMOUS) != 0;
    }

    /** Whether {@link #address} is a global address of the sender. */
    public boolean routerAddress() {
        return (flags & ROUTER_ADDRESS) != 0;
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
        out.put((byte) TYPE)
                .put((byte) (LENGTH / UNIT))
                .put((byte) prefixLength)
                .put((byte) flags);
        out.putInt((int) validLifetimeSeconds)
                .putInt((int) preferredLifetimeSeconds)
                .putInt(0);
        address.writeTo(out);
    }
}
