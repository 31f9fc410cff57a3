package dev.roost.mobileip;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * ICMP Mobile Prefix Solicitation (RFC 6275, 6.7).
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Type = 146   |   Code = 0    |           Checksum            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |           Identifier          |            Reserved           |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |   Options ...
 * </pre>
 *
 * @param identifier 0 to 65535
 */
public record MobilePrefixSolicitation(int identifier, List<NdOption> options) implements Icmpv6Message {

    public static final int TYPE = 146;

    private static final int IDENTIFIER = 4;
    private static final int OPTIONS = 8;

    public MobilePrefixSolicitation {
        if (identifier >>> 16 != 0) {
            throw new IllegalArgumentException("identifier is 16 bits, not " + identifier);
        }
        options = List.copyOf(options);
    }

    public static MobilePrefixSolicitation parse(ByteBuffer in) throws MalformedPacketException {
        Icmpv6Head.require(in, TYPE, OPTIONS, "mobile prefix solicitation < 8 octets");
        int start = in.position();
        in.position(start + OPTIONS);
        return new MobilePrefixSolicitation(in.getShort(start + IDENTIFIER) & 0xffff, NdOptions.parse(in));
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
        out.putShort((short) identifier).putShort((short) 0);
        NdOptions.write(options, out);
    }
}
