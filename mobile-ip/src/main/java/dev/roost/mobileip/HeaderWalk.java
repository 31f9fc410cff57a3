package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The walk along the header chain of an IPv6 packet: where the payload begins, what it is, and which addresses count as source and
 * destination. The one place that knows which chains are allowed; {@link PacketView} shows what it found, and {@link Ipv6Packet#parse}
 * reads the headers only after it.
 *
 * <p>Limits: 8 extension headers of at most 64 options each, so that no packet costs more than a walk over its own octets.
 */
final class HeaderWalk {

    private static final ByteBuffer NOTHING_READ = ByteBuffer.allocate(0);

    ByteBuffer buffer = NOTHING_READ;
    /** Index of the IPv6 header. */
    int network;
    /** Index behind the packet. */
    int networkEnd;
    /** Index of what stands behind the extension headers. */
    int payload;
    /** The Next Header value of the payload. */
    int protocol;
    /** ICMPv6 or MH type; {@link PacketView#NO_MESSAGE} for others, for fragments, and with segments left to visit. */
    int messageType;
    /** Index of the 16 octets that count as the source: those of the header, or of the Home Address option. */
    int effectiveSource;
    /** Index of the 16 octets that count as the destination: those of the header, or of the type 2 routing header. */
    int effectiveDestination;

    private int extensionHeaders;
    private boolean fragment;
    /** The payload begins here, though a fragment header stands in front: the only fragment or the first. */
    private boolean startsInFragment;

    private boolean segmentsLeft;

    void walk(ByteBuffer in, int offset, int length) throws MalformedPacketException {
        if (in.order() != ByteOrder.BIG_ENDIAN) {
            throw new IllegalArgumentException("the network's byte order is big-endian");
        }
        buffer = in;
        network = offset;
        networkEnd = Ipv6Header.requirePacket(in, offset, offset + length);
        effectiveSource = offset + Ipv6Header.SOURCE;
        effectiveDestination = offset + Ipv6Header.DESTINATION;
        protocol = in.get(offset + Ipv6Header.NEXT_HEADER) & 0xff;
        payload = offset + Ipv6Header.LENGTH;
        extensionHeaders = 0;
        fragment = false;
        startsInFragment = false;
        segmentsLeft = false;
        while (!fragment && ExtensionHeaders.isExtensionHeader(protocol)) {
            stepOver();
        }
        messageType = fragment || segmentsLeft ? PacketView.NO_MESSAGE : findMessage();
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

    private void walkOptions(int from, int end, boolean homeAddressCounts) throws MalformedPacketException {
        int at = from;
        for (int count = 0; at < end; count++) {
            int length = AlignedOptions.requireOption(buffer, at, end, count);
            if (length >= 0 && (buffer.get(at) & 0xff) == HomeAddressOption.TYPE) {
                AlignedOptions.requireLength(at, length, Ipv6Address.LENGTH, HomeAddressOption.LENGTH_RULE);
                if (homeAddressCounts) {
                    takeHomeAddress(at);
                }
            }
            at += length < 0 ? 1 : 2 + length;
        }
    }

    private void takeHomeAddress(int option) throws MalformedPacketException {
        if (effectiveSource != network + Ipv6Header.SOURCE) {
            throw new MalformedPacketException(Reason.BAD_ORDER, "home address options > 1", 2, option);
        }
        effectiveSource = option + 2;
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
        startsInFragment |= (offsetAndFlags & FragmentHeader.OFFSET_MASK) == 0;
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
        return PacketView.NO_MESSAGE;
    }

    /** RFC 6980: in the first fragment, or in the only one. */
    private void refuseFragmentedNeighborDiscovery() throws MalformedPacketException {
        if (startsInFragment && !segmentsLeft && protocol == Icmpv6Message.PROTOCOL && payload < networkEnd) {
            int type = buffer.get(payload) & 0xff;
            if (Icmpv6Head.isNeighborDiscovery(type)) {
                throw new MalformedPacketException(
                        Reason.FRAGMENTED, "neighbor discovery in a fragment, type", type, payload);
            }
        }
    }

    /** Verifies the checksum of an ICMPv6 or mobility message; does nothing for other payloads. */
    void requireChecksum() throws MalformedPacketException {
        if (messageType == PacketView.NO_MESSAGE) {
            return;
        }
        int length = protocol == MobilityMessage.PROTOCOL
                ? MobilityHead.requireLength(buffer, payload, networkEnd)
                : networkEnd - payload;
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
