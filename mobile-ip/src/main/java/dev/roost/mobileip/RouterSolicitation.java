package dev.roost.mobileip;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Router Solicitation (RFC 4861, 4.1).
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Type = 133   |   Code = 0    |           Checksum            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                            Reserved                           |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |   Options ...
 * </pre>
 */
public record RouterSolicitation(List<NdOption> options) implements NeighborDiscoveryMessage {

    public static final int TYPE = 133;

    private static final int OPTIONS = 8;

    public RouterSolicitation {
        options = List.copyOf(options);
    }

    public static RouterSolicitation parse(ByteBuffer in) throws MalformedPacketException {
        Icmpv6Head.require(in, TYPE, OPTIONS, "router solicitation < 8 octets");
        in.position(in.position() + OPTIONS);
        return new RouterSolicitation(NdOptions.parse(in));
    }

    @Override
    public void requireValid(Ipv6Header header) throws MalformedPacketException {
        NeighborDiscoveryMessage.requireUntouchedHopLimit(header);
        if (header.source().isUnspecified()) {
            requireNoSourceLinkLayerAddress();
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
        out.putInt(0);
        NdOptions.write(options, out);
    }
}
