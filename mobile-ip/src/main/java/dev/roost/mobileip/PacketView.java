package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A reusable window on an Ethernet frame that lies somewhere in a buffer: finds what a packet is, without allocating.
 *
 * <p>For the path where a controller sorts hundreds of thousands of frames per second and most need three fields. It does the walk along the
 * header chain that {@link Ipv6Packet#parse} uses it for, so both refuse the same chains; it does not look into the payload beyond
 * what the accessors return, and verifies the checksum only when {@link #requireChecksum} is called. Everything else is for
 * {@link EthernetFrame#parse} on the same octets.
 *
 * <p>Mutable and bound to one thread; after a refusal the accessors mean nothing. They read the buffer, so it must not change until the next {@link #read}.
 */
public final class PacketView {

    /** What {@link #messageType()} says when there is no message that can be looked at. */
    public static final int NO_MESSAGE = -1;

    private static final int LEAST_MESSAGE = 8;

    private static final ByteBuffer NOTHING_READ = ByteBuffer.allocate(0);

    private ByteBuffer buffer = NOTHING_READ;
    private int frame;
    private int network;
    private int networkEnd;
    private int payload;
    private int protocol;
    private int messageType;
    private int extensionHeaders;
    private boolean fragment;
    private boolean atomicFragment;
    private boolean segmentsLeft;
    /** Index of the 16 octets that count as the source: those of the header, or of the Home Address option. */
    private int effectiveSource;
    /** Index of the 16 octets that count as the destination: those of the header, or of the type 2 routing header. */
    private int effectiveDestination;

    /**
     * Looks at an Ethernet frame.
     *
     * @param in big-endian; neither position nor limit matters or moves
     * @param offset index of the frame's first octet
     * @param length octets of the frame
     */
    public void read(ByteBuffer in, int offset, int length) throws MalformedPacketException {
        EthernetFrame.requireIpv6(in, offset, offset + length);
        readPacket(in, offset + EthernetFrame.HEADER_LENGTH, length - EthernetFrame.HEADER_LENGTH);
        frame = offset;
    }

    /** Looks at an IPv6 packet without a frame around it; the link-layer accessors then mean nothing. */
    public void readPacket(ByteBuffer in, int offset, int length) throws MalformedPacketException {
        if (in.order() != ByteOrder.BIG_ENDIAN) {
            throw new IllegalArgumentException("the network's byte order is big-endian");
        }
        buffer = in;
        frame = offset;
        network = offset;
        networkEnd = Ipv6Header.requirePacket(in, offset, offset + length);
        effectiveSource = offset + Ipv6Header.SOURCE;
        effectiveDestination = offset + Ipv6Header.DESTINATION;
        protocol = in.get(offset + Ipv6Header.NEXT_HEADER) & 0xff;
        payload = offset + Ipv6Header.LENGTH;
        extensionHeaders = 0;
        fragment = false;
        atomicFragment = false;
        segmentsLeft = false;
        while (!fragment && ExtensionHeaders.isExtensionHeader(protocol)) {
            stepOver();
        }
        messageType = fragment || segmentsLeft ? NO_MESSAGE : findMessage();
        refuseFragmentedNeighborDiscovery();
    }

    private void stepOver() throws MalformedPacketException {
        int start = payload;
        int length = ExtensionHeaders.requireLength(buffer, start, networkEnd, protocol);
        ExtensionHeaders.requireAllowed(protocol, extensionHeaders, start);
        switch (protocol) {
            case HopByHop.PROTOCOL -> walkOptions(start + 2, start + length, false);
            case DestinationOptions.PROTOCOL -> walkOptions(start + 2, start + length, true);
            case OtherRoutingHeader.PROTOCOL -> readRouting(start);
            case FragmentHeader.PROTOCOL -> readFragment(start);
            default -> {
                // Authentication and the like: nothing in them that matters here.
            }
        }
        extensionHeaders++;
        protocol = buffer.get(start) & 0xff;
        payload = start + length;
    }

    private void walkOptions(int from, int end, boolean homeAddressAllowed) throws MalformedPacketException {
        int at = from;
        for (int count = 0; at < end; count++) {
            int length = AlignedOptions.requireOption(buffer, at, end, count);
            if (length >= 0 && homeAddressAllowed && (buffer.get(at) & 0xff) == HomeAddressOption.TYPE) {
                AlignedOptions.requireLength(at, length, Ipv6Address.LENGTH, HomeAddressOption.LENGTH_RULE);
                if (effectiveSource != network + Ipv6Header.SOURCE) {
                    throw new MalformedPacketException(Reason.BAD_ORDER, "home address options > 1", 2, at);
                }
                effectiveSource = at + 2;
            } else if (length >= 0 && (buffer.get(at) & 0xff) == HomeAddressOption.TYPE) {
                AlignedOptions.requireLength(at, length, Ipv6Address.LENGTH, HomeAddressOption.LENGTH_RULE);
            }
            at += length < 0 ? 1 : 2 + length;
        }
    }

    private void readRouting(int start) throws MalformedPacketException {
        if (buffer.get(start + Type2RoutingHeader.ROUTING_TYPE) != Type2RoutingHeader.TYPE) {
            segmentsLeft |= buffer.get(start + OtherRoutingHeader.SEGMENTS_LEFT) != 0;
            return;
        }
        Type2RoutingHeader.require(buffer, start);
        if (effectiveDestination != network + Ipv6Header.DESTINATION) {
            throw new MalformedPacketException(Reason.BAD_ORDER, "type 2 routing headers > 1", 2, start);
        }
        effectiveDestination = start + Type2RoutingHeader.HOME_ADDRESS;
    }

    private void readFragment(int start) {
        int offsetAndFlags = buffer.getShort(start + FragmentHeader.OFFSET_AND_FLAGS) & 0xffff;
        boolean atomic = (offsetAndFlags & (FragmentHeader.OFFSET_MASK | FragmentHeader.MORE)) == 0;
        fragment = !atomic;
        atomicFragment |= atomic || (offsetAndFlags & FragmentHeader.OFFSET_MASK) == 0;
    }

    private int findMessage() throws MalformedPacketException {
        if (protocol == Icmpv6Message.PROTOCOL) {
            if (networkEnd - payload < Icmpv6Head.LENGTH) {
                throw new MalformedPacketException(
                        Reason.TRUNCATED, "ICMPv6 message < 4 octets", networkEnd - payload, payload);
            }
            return buffer.get(payload) & 0xff;
        }
        if (protocol == MobilityMessage.PROTOCOL) {
            MobilityHead.requireLength(buffer, payload, networkEnd);
            return buffer.get(payload + MobilityHead.MH_TYPE) & 0xff;
        }
        return NO_MESSAGE;
    }

    /** RFC 6980: in the first fragment, or in the only one. */
    private void refuseFragmentedNeighborDiscovery() throws MalformedPacketException {
        if (atomicFragment && !segmentsLeft && protocol == Icmpv6Message.PROTOCOL && payload < networkEnd) {
            int type = buffer.get(payload) & 0xff;
            if (Icmpv6Head.isNeighborDiscovery(type)) {
                throw new MalformedPacketException(
                        Reason.FRAGMENTED, "neighbor discovery in a fragment, type", type, payload);
            }
        }
    }

    /** The Next Header value of the payload: {@link Icmpv6Message#PROTOCOL}, {@link MobilityMessage#PROTOCOL} or another. */
    public int protocol() {
        return protocol;
    }

    /** The ICMPv6 or MH type, by {@link #protocol()}; {@link #NO_MESSAGE} for other payloads and for fragments. */
    public int messageType() {
        return messageType;
    }

    /** Whether this is an ICMPv6 message of this type. */
    public boolean isIcmpv6(int type) {
        return protocol == Icmpv6Message.PROTOCOL && messageType == type;
    }

    /** Whether this is a Mobility Header message, of whatever type. */
    public boolean isMobility() {
        return protocol == MobilityMessage.PROTOCOL && messageType != NO_MESSAGE;
    }

    /** The code of an ICMPv6 message. */
    public int code() {
        return buffer.get(payload + 1) & 0xff;
    }

    public int hopLimit() {
        return buffer.get(network + Ipv6Header.HOP_LIMIT) & 0xff;
    }

    /** The frame's destination, 48 bits as in {@link MacAddress#value()}. */
    public long linkLayerDestination() {
        return linkLayerAddress(frame);
    }

    /** The frame's source, 48 bits as in {@link MacAddress#value()}. */
    public long linkLayerSource() {
        return linkLayerAddress(frame + MacAddress.LENGTH);
    }

    private long linkLayerAddress(int at) {
        return ((buffer.getShort(at) & 0xffffL) << 32) | (buffer.getInt(at + 2) & 0xffff_ffffL);
    }

    public long sourceHigh() {
        return buffer.getLong(network + Ipv6Header.SOURCE);
    }

    public long sourceLow() {
        return buffer.getLong(network + Ipv6Header.SOURCE + 8);
    }

    public long destinationHigh() {
        return buffer.getLong(network + Ipv6Header.DESTINATION);
    }

    public long destinationLow() {
        return buffer.getLong(network + Ipv6Header.DESTINATION + 8);
    }

    public Ipv6Address source() {
        return addressAt(network + Ipv6Header.SOURCE);
    }

    public Ipv6Address destination() {
        return addressAt(network + Ipv6Header.DESTINATION);
    }

    /** As {@link Ipv6Packet#effectiveSource()}. */
    public Ipv6Address effectiveSource() {
        return addressAt(effectiveSource);
    }

    /** As {@link Ipv6Packet#effectiveDestination()}. */
    public Ipv6Address effectiveDestination() {
        return addressAt(effectiveDestination);
    }

    /** Whether a Home Address option stands in for the source. */
    public boolean hasHomeAddressOption() {
        return effectiveSource != network + Ipv6Header.SOURCE;
    }

    /** Whether the message is long enough for {@link #target()}, as every valid solicitation or advertisement is. */
    public boolean hasTarget() {
        return payloadLength() >= NeighborSolicitation.TARGET + Ipv6Address.LENGTH;
    }

    /** The target of a neighbor solicitation or advertisement that {@link #hasTarget()}. */
    public Ipv6Address target() {
        return addressAt(payload + NeighborSolicitation.TARGET);
    }

    public long targetHigh() {
        return buffer.getLong(payload + NeighborSolicitation.TARGET);
    }

    public long targetLow() {
        return buffer.getLong(payload + NeighborSolicitation.TARGET + 8);
    }

    /** The identifier of an echo or discovery message of at least 8 octets. */
    public int identifier() {
        return buffer.getShort(payload + Icmpv6Head.LENGTH) & 0xffff;
    }

    private Ipv6Address addressAt(int at) {
        return new Ipv6Address(buffer.getLong(at), buffer.getLong(at + 8));
    }

    /** Index of the IPv6 header. */
    public int networkOffset() {
        return network;
    }

    /** Octets of the IPv6 packet, padding of the frame not counted. */
    public int networkLength() {
        return networkEnd - network;
    }

    /** Index of what stands behind the extension headers. */
    public int payloadOffset() {
        return payload;
    }

    public int payloadLength() {
        return networkEnd - payload;
    }

    /**
     * Checks all that a home agent address discovery request needs before it is answered: length, code and checksum.
     *
     * @throws MalformedPacketException as parsing the whole packet would
     */
    public void requireDiscoveryRequest() throws MalformedPacketException {
        if (!isIcmpv6(HomeAgentAddressDiscoveryRequest.TYPE)) {
            throw new MalformedPacketException(Reason.BAD_VALUE, "message type != 144", messageType, payload);
        }
        if (payloadLength() < LEAST_MESSAGE) {
            throw new MalformedPacketException(
                    Reason.TRUNCATED, "home agent address discovery request < 8 octets", payloadLength(), payload);
        }
        requireChecksum();
        if (code() != 0) {
            throw new MalformedPacketException(Reason.BAD_CODE, "ICMPv6 code != 0", code(), payload + 1);
        }
    }

    /** Verifies the checksum of an ICMPv6 or mobility message; does nothing for other payloads. */
    public void requireChecksum() throws MalformedPacketException {
        if (messageType == NO_MESSAGE) {
            return;
        }
        int length = protocol == MobilityMessage.PROTOCOL
                ? MobilityHead.requireLength(buffer, payload, networkEnd)
                : payloadLength();
        long sum = InternetChecksum.sum(buffer, effectiveSource, Ipv6Address.LENGTH)
                + InternetChecksum.sum(buffer, effectiveDestination, Ipv6Address.LENGTH)
                + InternetChecksum.sum(buffer, payload, length)
                + length
                + protocol;
        int difference = InternetChecksum.fold(sum);
        if (difference != 0) {
            throw new MalformedPacketException(Reason.BAD_CHECKSUM, "checksum is off by", difference, payload);
        }
    }
}
