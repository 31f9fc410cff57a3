package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * An ICMPv6 message (RFC 4443).
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |     Type      |     Code      |           Checksum            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                             ...                               ~
 * </pre>
 *
 * <p>{@link #parse} neither knows nor checks the pseudo-header; see {@link Ipv6Packet}. Messages whose type defines code 0 only are
 * refused with any other, as RFC 4861 wants it.
 */
public sealed interface Icmpv6Message extends Payload
        permits NeighborDiscoveryMessage,
                EchoRequest,
                EchoReply,
                HomeAgentAddressDiscoveryRequest,
                HomeAgentAddressDiscoveryReply,
                MobilePrefixSolicitation,
                MobilePrefixAdvertisement,
                Icmpv6Error,
                UnknownIcmpv6 {

    /** The Next Header value of ICMPv6. */
    int PROTOCOL = 58;

    int type();

    default int code() {
        return 0;
    }

    @Override
    default int protocol() {
        return PROTOCOL;
    }

    /** Reads a message that ends at the limit. */
    static Icmpv6Message parse(ByteBuffer in) throws MalformedPacketException {
        MalformedPacketException.requireRemaining(in, Icmpv6Head.LENGTH, "ICMPv6 message < 4 octets");
        int type = in.get(in.position()) & 0xff;
        return switch (type) {
            case RouterSolicitation.TYPE -> RouterSolicitation.parse(in);
            case RouterAdvertisement.TYPE -> RouterAdvertisement.parse(in);
            case NeighborSolicitation.TYPE -> NeighborSolicitation.parse(in);
            case NeighborAdvertisement.TYPE -> NeighborAdvertisement.parse(in);
            case EchoRequest.TYPE -> EchoRequest.parse(in);
            case EchoReply.TYPE -> EchoReply.parse(in);
            case HomeAgentAddressDiscoveryRequest.TYPE -> HomeAgentAddressDiscoveryRequest.parse(in);
            case HomeAgentAddressDiscoveryReply.TYPE -> HomeAgentAddressDiscoveryReply.parse(in);
            case MobilePrefixSolicitation.TYPE -> MobilePrefixSolicitation.parse(in);
            case MobilePrefixAdvertisement.TYPE -> MobilePrefixAdvertisement.parse(in);
            case Icmpv6Error.DESTINATION_UNREACHABLE,
                    Icmpv6Error.PACKET_TOO_BIG,
                    Icmpv6Error.TIME_EXCEEDED,
                    Icmpv6Error.PARAMETER_PROBLEM -> Icmpv6Error.parse(in);
            default -> UnknownIcmpv6.parse(in);
        };
    }
}
