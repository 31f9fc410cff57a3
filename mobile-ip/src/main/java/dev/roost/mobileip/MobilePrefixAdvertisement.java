package dev.roost.mobileip;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * ICMP Mobile Prefix Advertisement (RFC 6275, 6.8).
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Type = 147   |   Code = 0    |           Checksum            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |           Identifier          |M|O|        Reserved           |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |   Options ...
 * </pre>
 *
 * @param identifier that of the solicitation, 0 to 65535
 * @param flags {@link #MANAGED} and {@link #OTHER}
 * @param options prefix information
 */
public record MobilePrefixAdvertisement(int identifier, int flags, List<NdOption> options) implements Icmpv6Message {

    public static final int TYPE = 147;

    /** M: addresses are available by DHCPv6. */
    public static final int MANAGED = 0x8000;
    /** O: other configuration is available by DHCPv6. */
    public static final int OTHER = 0x4000;

    private static final int IDENTIFIER = 4;
    private static final int FLAGS = 6;
    private static final int OPTIONS = 8;

    public MobilePrefixAdvertisement {
        if (identifier >>> 16 != 0) {
            throw new IllegalArgumentException("identifier is 16 bits, not " + identifier);
        }
        flags &= MANAGED | OTHER;
        options = List.copyOf(options);
    }

    public static MobilePrefixAdvertisement parse(ByteBuffer in) throws MalformedPacketException {
        Icmpv6Head.require(in, TYPE, OPTIONS, "mobile prefix advertisement < 8 octets");
        int start = in.position();
        in.position(start + OPTIONS);
        return new MobilePrefixAdvertisement(
                in.getShort(start + IDENTIFIER) & 0xffff, in.getShort(start + FLAGS), NdOptions.parse(in));
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
        out.putShort((short) identifier).putShort((short) flags);
        NdOptions.write(options, out);
    }
}
