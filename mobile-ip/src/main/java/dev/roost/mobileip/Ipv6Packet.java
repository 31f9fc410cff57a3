package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
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

    /** More than one of each kind serves nothing; the limit keeps a packet of empty headers cheap. */
    public static final int MAX_EXTENSION_HEADERS = 8;

    public static final int DEFAULT_HOP_LIMIT = 64;

    /** The last of the five types of neighbor discovery, which begin with {@link RouterSolicitation#TYPE}. */
    private static final int REDIRECT = 137;

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

    /** Reads one packet at the position and moves behind it; octets behind the payload length are left, as Ethernet pads. */
    public static Ipv6Packet parse(ByteBuffer in) throws MalformedPacketException {
        return parse(in, true);
    }

    /** Like {@link #parse}, but believes the checksum: for packets whose checksum is still to be filled in by a network card. */
    public static Ipv6Packet parseUnverified(ByteBuffer in) throws MalformedPacketException {
        return parse(in, false);
    }

    private static Ipv6Packet parse(ByteBuffer in, boolean verified) throws MalformedPacketException {
        if (in.order() != ByteOrder.BIG_ENDIAN) {
            throw new IllegalArgumentException("the network's byte order is big-endian");
        }
        int start = in.position();
        int limit = in.limit();
        int end = Ipv6Header.requirePacket(in, start, limit);
        int nextHeader = in.get(start + Ipv6Header.NEXT_HEADER) & 0xff;
        in.limit(end);
        Ipv6Header header = Ipv6Header.parse(in);
        Ipv6Packet packet = ExtensionHeaders.isExtensionHeader(nextHeader)
                ? parseChain(in, header, nextHeader, verified)
                : new Ipv6Packet(
                        header,
                        List.of(),
                        parsePayload(in, nextHeader, verified, header.source(), header.destination()));
        in.limit(limit).position(end);
        return packet;
    }

    private static Ipv6Packet parseChain(ByteBuffer in, Ipv6Header header, int first, boolean verified)
            throws MalformedPacketException {
        List<ExtensionHeader> chain = new ArrayList<>(4);
        int nextHeader = first;
        boolean atomicFragment = false;
        while (ExtensionHeaders.isExtensionHeader(nextHeader)) {
            int start = in.position();
            ExtensionHeader parsed = ExtensionHeaders.parse(in, nextHeader);
            requireAllowed(chain, parsed, start);
            chain.add(parsed);
            nextHeader = in.get(start) & 0xff;
            if (parsed instanceof FragmentHeader fragment) {
                if (!fragment.isAtomic()) {
                    return new Ipv6Packet(header, chain, parseFragment(in, fragment, nextHeader));
                }
                atomicFragment = true;
            }
        }
        Ipv6Packet unfinished = new Ipv6Packet(header, chain, OpaquePayload.NOTHING);
        if (unfinished.hasSegmentsLeft()) {
            return new Ipv6Packet(header, chain, new OpaquePayload(nextHeader, OpaqueBytes.rest(in)));
        }
        int at = in.position();
        Payload payload =
                parsePayload(in, nextHeader, verified, unfinished.effectiveSource(), unfinished.effectiveDestination());
        if (atomicFragment && payload instanceof NeighborDiscoveryMessage message) {
            throw new MalformedPacketException(
                    Reason.FRAGMENTED, "neighbor discovery with a fragment header, type", message.type(), at);
        }
        return new Ipv6Packet(header, chain, payload);
    }

    /** Order and number: RFC 8200, 4.1 for hop-by-hop options, RFC 6275, 6.3 and 6.4 for the two of Mobile IPv6. */
    private static void requireAllowed(List<ExtensionHeader> before, ExtensionHeader next, int at)
            throws MalformedPacketException {
        if (before.size() == MAX_EXTENSION_HEADERS) {
            throw new MalformedPacketException(Reason.TOO_MANY_HEADERS, "extension headers > 8", before.size() + 1, at);
        }
        if (next instanceof HopByHop && !before.isEmpty()) {
            throw new MalformedPacketException(Reason.BAD_ORDER, "hop-by-hop options not first but", before.size(), at);
        }
        int homeAddresses = homeAddressOptions(next);
        int type2 = next instanceof Type2RoutingHeader ? 1 : 0;
        if (homeAddresses + type2 == 0) {
            return;
        }
        for (ExtensionHeader header : before) {
            homeAddresses += homeAddressOptions(header);
            type2 += header instanceof Type2RoutingHeader ? 1 : 0;
        }
        if (homeAddresses > 1) {
            throw new MalformedPacketException(Reason.BAD_ORDER, "home address options > 1", homeAddresses, at);
        }
        if (type2 > 1) {
            throw new MalformedPacketException(Reason.BAD_ORDER, "type 2 routing headers > 1", type2, at);
        }
    }

    private static int homeAddressOptions(ExtensionHeader header) {
        int count = 0;
        if (header instanceof DestinationOptions destinationOptions) {
            for (DestinationOption option : destinationOptions.options()) {
                count += option instanceof HomeAddressOption ? 1 : 0;
            }
        }
        return count;
    }

    private static Payload parseFragment(ByteBuffer in, FragmentHeader fragment, int protocol)
            throws MalformedPacketException {
        int at = in.position();
        if (fragment.offset() == 0 && protocol == Icmpv6Message.PROTOCOL && in.hasRemaining()) {
            int type = in.get(at) & 0xff;
            if (type >= RouterSolicitation.TYPE && type <= REDIRECT) {
                throw new MalformedPacketException(
                        Reason.FRAGMENTED, "neighbor discovery in a fragment, type", type, at);
            }
        }
        return new OpaquePayload(protocol, OpaqueBytes.rest(in));
    }

    private static Payload parsePayload(
            ByteBuffer in, int protocol, boolean verified, Ipv6Address source, Ipv6Address destination)
            throws MalformedPacketException {
        int start = in.position();
        if (protocol == Icmpv6Message.PROTOCOL) {
            MalformedPacketException.requireRemaining(in, Icmpv6Head.LENGTH, "ICMPv6 message < 4 octets");
            if (verified) {
                requireChecksum(in, start, in.remaining(), protocol, source, destination);
            }
            return Icmpv6Message.parse(in);
        }
        if (protocol == MobilityMessage.PROTOCOL) {
            int length = MobilityHead.requireLength(in);
            if (verified) {
                requireChecksum(in, start, length, protocol, source, destination);
            }
            return MobilityMessage.parse(in);
        }
        return new OpaquePayload(protocol, OpaqueBytes.rest(in));
    }

    private static void requireChecksum(
            ByteBuffer in, int start, int length, int protocol, Ipv6Address source, Ipv6Address destination)
            throws MalformedPacketException {
        int difference = InternetChecksum.fold(InternetChecksum.pseudoHeader(source, destination, length, protocol)
                + InternetChecksum.sum(in, start, length));
        if (difference != 0) {
            throw new MalformedPacketException(Reason.BAD_CHECKSUM, "checksum is off by", difference, start);
        }
    }

    private boolean hasSegmentsLeft() {
        for (ExtensionHeader extension : extensionHeaders) {
            if (extension instanceof OtherRoutingHeader routing && routing.segmentsLeft() > 0) {
                return true;
            }
        }
        return false;
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
