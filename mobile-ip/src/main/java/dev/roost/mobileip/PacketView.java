package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;

/**
 * A reusable window on an Ethernet frame that lies somewhere in a buffer: finds what a packet is, without allocating.
 *
 * <p>For the path where a controller sorts hundreds of thousands of frames per second and most need three fields. It does the walk along
 * the header chain that {@link Ipv6Packet#parse} begins with, so both refuse the same chains; it does not look into the payload beyond
 * what the accessors return, and verifies the checksum only when {@link #requireChecksum} is called. Everything else is for
 * {@link EthernetFrame#parse} on the same octets.
 *
 * <p>Mutable and bound to one thread. The accessors read the buffer, so it must not change until the next {@link #read}; after a refusal
 * they mean nothing.
 */
public final class PacketView {

    /** What {@link #messageType()} says when there is no message that can be looked at. */
    public static final int NO_MESSAGE = -1;

    private static final int LEAST_MESSAGE = 8;

    private final HeaderWalk walk = new HeaderWalk();
    private int frame;

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
        frame = offset;
        walk.walk(in, offset, length);
    }

    /** The Next Header value of the payload: {@link Icmpv6Message#PROTOCOL}, {@link MobilityMessage#PROTOCOL} or another. */
    public int protocol() {
        return walk.protocol;
    }

    /** The ICMPv6 or MH type, by {@link #protocol()}; {@link #NO_MESSAGE} for other payloads and for fragments. */
    public int messageType() {
        return walk.messageType;
    }

    /** Whether this is an ICMPv6 message of this type. */
    public boolean isIcmpv6(int type) {
        return walk.protocol == Icmpv6Message.PROTOCOL && walk.messageType == type;
    }

    /** Whether this is a Mobility Header message, of whatever type. */
    public boolean isMobility() {
        return walk.protocol == MobilityMessage.PROTOCOL && walk.messageType != NO_MESSAGE;
    }

    /** The code of an ICMPv6 message. */
    public int code() {
        return walk.buffer.get(walk.payload + 1) & 0xff;
    }

    public int hopLimit() {
        return walk.buffer.get(walk.network + Ipv6Header.HOP_LIMIT) & 0xff;
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
        return ((walk.buffer.getShort(at) & 0xffffL) << 32) | (walk.buffer.getInt(at + 2) & 0xffff_ffffL);
    }

    public long sourceHigh() {
        return walk.buffer.getLong(walk.network + Ipv6Header.SOURCE);
    }

    public long sourceLow() {
        return walk.buffer.getLong(walk.network + Ipv6Header.SOURCE + 8);
    }

    public long destinationHigh() {
        return walk.buffer.getLong(walk.network + Ipv6Header.DESTINATION);
    }

    public long destinationLow() {
        return walk.buffer.getLong(walk.network + Ipv6Header.DESTINATION + 8);
    }

    public Ipv6Address source() {
        return addressAt(walk.network + Ipv6Header.SOURCE);
    }

    public Ipv6Address destination() {
        return addressAt(walk.network + Ipv6Header.DESTINATION);
    }

    /** As {@link Ipv6Packet#effectiveSource()}. */
    public Ipv6Address effectiveSource() {
        return addressAt(walk.effectiveSource);
    }

    /** As {@link Ipv6Packet#effectiveDestination()}. */
    public Ipv6Address effectiveDestination() {
        return addressAt(walk.effectiveDestination);
    }

    /** Whether a Home Address option stands in for the source. */
    public boolean hasHomeAddressOption() {
        return walk.effectiveSource != walk.network + Ipv6Header.SOURCE;
    }

    /** Whether the message is long enough for {@link #target()}, as every valid solicitation or advertisement is. */
    public boolean hasTarget() {
        return payloadLength() >= NeighborSolicitation.TARGET + Ipv6Address.LENGTH;
    }

    /** The target of a neighbor solicitation or advertisement that {@link #hasTarget()}. */
    public Ipv6Address target() {
        return addressAt(walk.payload + NeighborSolicitation.TARGET);
    }

    public long targetHigh() {
        return walk.buffer.getLong(walk.payload + NeighborSolicitation.TARGET);
    }

    public long targetLow() {
        return walk.buffer.getLong(walk.payload + NeighborSolicitation.TARGET + 8);
    }

    /** The identifier of an echo or discovery message of at least 8 octets. */
    public int identifier() {
        return walk.buffer.getShort(walk.payload + Icmpv6Head.LENGTH) & 0xffff;
    }

    private Ipv6Address addressAt(int at) {
        return new Ipv6Address(walk.buffer.getLong(at), walk.buffer.getLong(at + 8));
    }

    /** Index of the IPv6 header. */
    public int networkOffset() {
        return walk.network;
    }

    /** Octets of the IPv6 packet, padding of the frame not counted. */
    public int networkLength() {
        return walk.networkEnd - walk.network;
    }

    /** Index of what stands behind the extension headers. */
    public int payloadOffset() {
        return walk.payload;
    }

    public int payloadLength() {
        return walk.networkEnd - walk.payload;
    }

    /**
     * Checks all that a home agent address discovery request needs before it is answered: length, code and checksum.
     *
     * @throws MalformedPacketException as parsing the whole packet would
     */
    public void requireDiscoveryRequest() throws MalformedPacketException {
        if (!isIcmpv6(HomeAgentAddressDiscoveryRequest.TYPE)) {
            throw new MalformedPacketException(Reason.BAD_VALUE, "message type != 144", walk.messageType, walk.payload);
        }
        if (payloadLength() < LEAST_MESSAGE) {
            throw new MalformedPacketException(
                    Reason.TRUNCATED, "home agent address discovery request < 8 octets", payloadLength(), walk.payload);
        }
        requireChecksum();
        if (code() != 0) {
            throw new MalformedPacketException(Reason.BAD_CODE, "ICMPv6 code != 0", code(), walk.payload + 1);
        }
    }

    /** Verifies the checksum of an ICMPv6 or mobility message; does nothing for other payloads. */
    public void requireChecksum() throws MalformedPacketException {
        walk.requireChecksum();
    }
}
