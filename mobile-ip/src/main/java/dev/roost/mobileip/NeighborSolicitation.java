package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Neighbor Solicitation (RFC 4861, 4.3). With an unspecified source it asks whether anybody has the address already: duplicate address
 * detection (RFC 4862, 5.4).
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Type = 135   |   Code = 0    |           Checksum            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                            Reserved                           |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  ~                      Target Address (16)                      ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |   Options ...
 * </pre>
 */
public record NeighborSolicitation(Ipv6Address target, List<NdOption> options) implements NeighborDiscoveryMessage {

    public static final int TYPE = 135;

    static final int TARGET = 8;

    private static final int OPTIONS = 24;

    public NeighborSolicitation {
        options = List.copyOf(options);
    }

    public static NeighborSolicitation parse(ByteBuffer in) throws MalformedPacketException {
        Icmpv6Head.require(in, TYPE, OPTIONS, "neighbor solicitation < 24 octets");
        in.position(in.position() + TARGET);
        Ipv6Address target = Ipv6Address.fromBytes(in);
        return new NeighborSolicitation(target, NdOptions.parse(in));
    }

    @Override
    public void requireValid(Ipv6Header header) throws MalformedPacketException {
        NeighborDiscoveryMessage.requireUntouchedHopLimit(header);
        if (target.isMulticast()) {
            throw new MalformedPacketException(
                    Reason.BAD_TARGET, "target is multicast, upper half", target.high(), Ipv6Header.LENGTH + TARGET);
        }
        if (header.source().isUnspecified()) {
            if (!header.destination().equals(header.destination().solicitedNode())) {
                throw new MalformedPacketException(
                        Reason.BAD_DESTINATION,
                        "unspecified source and no solicited-node destination, upper half",
                        header.destination().high(),
                        Ipv6Header.DESTINATION);
            }
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
        target.writeTo(out);
        NdOptions.write(options, out);
    }
}
