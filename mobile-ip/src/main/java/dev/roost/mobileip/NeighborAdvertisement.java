package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Neighbor Advertisement (RFC 4861, 4.4).
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Type = 136   |   Code = 0    |           Checksum            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |R|S|O|                     Reserved                            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  ~                      Target Address (16)                      ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |   Options ...
 * </pre>
 *
 * @param flags any of {@link #ROUTER}, {@link #SOLICITED}, {@link #OVERRIDE}
 */
public record NeighborAdvertisement(int flags, Ipv6Address target, List<NdOption> options)
        implements NeighborDiscoveryMessage {

    public static final int TYPE = 136;

    /** R: the sender is a router. */
    public static final int ROUTER = 0x8000_0000;
    /** S: sent in response to a solicitation from the destination. */
    public static final int SOLICITED = 0x4000_0000;
    /** O: replaces what a neighbor cache already holds. */
    public static final int OVERRIDE = 0x2000_0000;

    private static final int KNOWN_FLAGS = ROUTER | SOLICITED | OVERRIDE;

    private static final int FLAGS = 4;
    private static final int TARGET = 8;
    private static final int OPTIONS = 24;

    public NeighborAdvertisement {
        flags &= KNOWN_FLAGS;
        options = List.copyOf(options);
    }

    public static NeighborAdvertisement parse(ByteBuffer in) throws MalformedPacketException {
        Icmpv6Head.require(in, TYPE, OPTIONS, "neighbor advertisement < 24 octets");
        int flags = in.getInt(in.position() + FLAGS);
        in.position(in.position() + TARGET);
        Ipv6Address target = Ipv6Address.fromBytes(in);
        return new NeighborAdvertisement(flags, target, NdOptions.parse(in));
    }

    public boolean router() {
        return (flags & ROUTER) != 0;
    }

    public boolean solicited() {
        return (flags & SOLICITED) != 0;
    }

    public boolean override() {
        return (flags & OVERRIDE) != 0;
    }

    @Override
    public void requireValid(Ipv6Header header) throws MalformedPacketException {
        NeighborDiscoveryMessage.requireUntouchedHopLimit(header);
        if (target.isMulticast()) {
            throw new MalformedPacketException(
                    Reason.BAD_TARGET, "target is multicast, upper half", target.high(), Ipv6Header.LENGTH + TARGET);
        }
        if (header.destination().isMulticast() && solicited()) {
            throw new MalformedPacketException(
                    Reason.BAD_DESTINATION,
                    "solicited, but to a multicast destination, upper half",
                    header.destination().high(),
                    Ipv6Header.DESTINATION);
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
        out.putInt(flags);
        target.writeTo(out);
        NdOptions.write(options, out);
    }
}
