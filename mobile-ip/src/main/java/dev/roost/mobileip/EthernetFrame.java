package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;

/**
 * An Ethernet frame with an IPv6 packet in it (RFC 2464). Frames with a VLAN tag, and all others that are not IPv6, are refused as
 * {@link Reason#NOT_IPV6}: the home link is untagged where a controller or a home agent sees it.
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  ~   Destination (6)             ~           Source (6)          ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |     EtherType = 86dd          |     IPv6 packet, padding ...
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public record EthernetFrame(MacAddress destination, MacAddress source, Ipv6Packet packet) {

    public static final int ETHERTYPE_IPV6 = 0x86dd;

    /** Octets in front of the packet. */
    public static final int HEADER_LENGTH = 14;

    static final int ETHERTYPE = 12;

    /** Reads a frame from the position to the limit and moves to the limit; padding behind the packet is ignored. */
    public static EthernetFrame parse(ByteBuffer in) throws MalformedPacketException {
        requireIpv6(in, in.position(), in.limit());
        MacAddress destination = MacAddress.fromBytes(in);
        MacAddress source = MacAddress.fromBytes(in);
        in.getShort();
        Ipv6Packet packet = Ipv6Packet.parse(in);
        in.position(in.limit());
        return new EthernetFrame(destination, source, packet);
    }

    static void requireIpv6(ByteBuffer in, int start, int limit) throws MalformedPacketException {
        if (limit - start < HEADER_LENGTH) {
            throw new MalformedPacketException(Reason.TRUNCATED, "Ethernet header < 14 octets", limit - start, start);
        }
        int etherType = in.getShort(start + ETHERTYPE) & 0xffff;
        if (etherType != ETHERTYPE_IPV6) {
            throw new MalformedPacketException(Reason.NOT_IPV6, "EtherType != 34525", etherType, start + ETHERTYPE);
        }
    }

    /** To the group's own Ethernet address if the packet is multicast, otherwise to {@code nextHop}. */
    public static EthernetFrame of(MacAddress source, MacAddress nextHop, Ipv6Packet packet) {
        MacAddress destination =
                packet.destination().isMulticast() ? MacAddress.multicastFor(packet.destination()) : nextHop;
        return new EthernetFrame(destination, source, packet);
    }

    public int length() {
        return HEADER_LENGTH + packet.length();
    }

    /** Without padding to the least length of a frame, which the network card adds. */
    public void writeTo(ByteBuffer out) {
        destination.writeTo(out);
        source.writeTo(out);
        out.putShort((short) ETHERTYPE_IPV6);
        packet.writeTo(out);
    }

    public byte[] toBytes() {
        ByteBuffer out = ByteBuffer.allocate(length());
        writeTo(out);
        return out.array();
    }
}
