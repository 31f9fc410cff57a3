package dev.roost.mobileip;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A whole IPv6 packet: header, extension headers, and what they carry.
 *
 * <p>This is where checksums are verified and filled in, since only here both ends of the pseudo-header are known: the home address of
 * a Home Address option counts as the source, that of a type 2 routing header as the destination (RFC 6275, 6.1.1, 6.3 and 6.4).
 *
 * <p>ICMPv6 and the Mobility Header are interpreted; fragments of them, and packets with segments left to visit, are carried as
 * {@link OpaquePayload}. Neighbor discovery in a fragment is refused (RFC 6980). For tens of thousands of packets per second this is
 * right; for a million see {@link PacketView}.
 */
public record Ipv6Packet(Ipv6Header header, List<ExtensionHeader> extensionHeaders, Payload payload) {

    public static final int DEFAULT_HOP_LIMIT = 64;

    public Ipv6Packet {
        extensionHeaders = List.copyOf(extensionHeaders);
    }

    /** Without extension headers; hop limit 255 for neighbor discovery, 64 for all else. */
    public static Ipv6Packet of(Ipv6Address source, Ipv6Address destination, Payload payload) {
        return of(source, destination, List.of(), payload);
    }

    /** Hop limit 255 for neighbor discovery, 64 for all else. */
    public static Ipv6Packet of(
            Ipv6Address source, Ipv6Address destination, List<ExtensionHeader> extensionHeaders, Payload payload) {
        int hopLimit =
                payload instanceof NeighborDiscoveryMessage ? NeighborDiscoveryMessage.HOP_LIMIT : DEFAULT_HOP_LIMIT;
        return new Ipv6Packet(new Ipv6Header(hopLimit, source, destination), extensionHeaders, payload);
    }

    /**
     * Reads one packet at the position and moves behind it; octets behind the payload length are left, as Ethernet pads. After a
     * refusal the position is anywhere.
     */
    public static Ipv6Packet parse(ByteBuffer in) throws MalformedPacketException {
        return parse(in, true);
    }

    /** Like {@link #parse}, but believes the checksum: for packets whose checksum is still to be filled in by a network card. */
    public static Ipv6Packet parseUnverified(ByteBuffer in) throws MalformedPacketException {
        return parse(in, false);
    }

    private static Ipv6Packet parse(ByteBuffer in, boolean verified) throws MalformedPacketException {
        int start = in.position();
        int limit = in.limit();
        HeaderWalk walk = new HeaderWalk();
        walk.walk(in, start, limit - start);
        if (verified) {
            walk.requireChecksum();
        }
        int end = walk.networkEnd;
        int nextHeader = in.get(start + Ipv6Header.NEXT_HEADER) & 0xff;
        in.limit(end);
        try {
            Ipv6Header header = Ipv6Header.parse(in);
            List<ExtensionHeader> extensionHeaders = parseChain(in, nextHeader, walk.payload);
            Payload payload = parsePayload(in, walk);
            in.position(end);
            return new Ipv6Packet(header, extensionHeaders, payload);
        } finally {
            in.limit(limit);
        }
    }

    /** The walk has checked order, number and lengths. */
    private static List<ExtensionHeader> parseChain(ByteBuffer in, int first, int end) throws MalformedPacketException {
        if (in.position() == end) {
            return List.of();
        }
        List<ExtensionHeader> chain = new ArrayList<>(4);
        int nextHeader = first;
        while (in.position() < end) {
            int start = in.position();
            chain.add(ExtensionHeaders.parse(in, nextHeader));
            nextHeader = in.get(start) & 0xff;
        }
        return chain;
    }

    private static Payload parsePayload(ByteBuffer in, HeaderWalk walk) throws MalformedPacketException {
        if (walk.messageType == PacketView.NO_MESSAGE) {
            return new OpaquePayload(walk.protocol, OpaqueBytes.rest(in));
        }
        return walk.protocol == MobilityMessage.PROTOCOL ? MobilityMessage.parse(in) : Icmpv6Message.parse(in);
    }

    public Ipv6Address source() {
        return header.source();
    }

    public Ipv6Address destination() {
        return header.destination();
    }

    /** Who the packet is from: the home address of a Home Address option, else the source address. */
    public Ipv6Address effectiveSource() {
        for (int i = 0; i < extensionHeaders.size(); i++) {
            if (extensionHeaders.get(i) instanceof DestinationOptions options) {
                var homeAddress = options.homeAddressOption();
                if (homeAddress.isPresent()) {
                    return homeAddress.get().homeAddress();
                }
            }
        }
        return header.source();
    }

    /** Who the packet is for: the home address of a type 2 routing header, else the destination address. */
    public Ipv6Address effectiveDestination() {
        for (int i = 0; i < extensionHeaders.size(); i++) {
            if (extensionHeaders.get(i) instanceof Type2RoutingHeader routing) {
                return routing.homeAddress();
            }
        }
        return header.destination();
    }

    /** Octets that {@link #writeTo} writes, the IPv6 header included. */
    public int length() {
        return Ipv6Header.LENGTH + extensionHeadersLength() + payload.length();
    }

    private int extensionHeadersLength() {
        int length = 0;
        for (int i = 0; i < extensionHeaders.size(); i++) {
            length += extensionHeaders.get(i).length();
        }
        return length;
    }

    /** Writes the packet at the position of a big-endian buffer, checksum filled in. */
    public void writeTo(ByteBuffer out) {
        int payloadLength = extensionHeadersLength() + payload.length();
        if (payloadLength > 0xffff || out.order() != ByteOrder.BIG_ENDIAN) {
            throw new IllegalArgumentException("payload of " + payloadLength + " octets, " + out.order());
        }
        header.writeTo(out, payloadLength, protocolAt(0));
        for (int i = 0; i < extensionHeaders.size(); i++) {
            extensionHeaders.get(i).writeTo(out, protocolAt(i + 1));
        }
        int start = out.position();
        payload.writeTo(out);
        if (payload instanceof OpaquePayload) {
            return;
        }
        int field = start + (payload instanceof Icmpv6Message ? Icmpv6Head.CHECKSUM : MobilityHead.CHECKSUM);
        int length = out.position() - start;
        long sum = InternetChecksum.pseudoHeader(effectiveSource(), effectiveDestination(), length, payload.protocol());
        out.putShort(field, (short) InternetChecksum.fold(sum + InternetChecksum.sum(out, start, length)));
    }

    private int protocolAt(int index) {
        return index < extensionHeaders.size() ? extensionHeaders.get(index).protocol() : payload.protocol();
    }

    public byte[] toBytes() {
        ByteBuffer out = ByteBuffer.allocate(length());
        writeTo(out);
        return out.array();
    }
}
