package dev.roost.mobileip;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Writes home agent address discovery replies as Ethernet frames, straight into a buffer and without allocating: for a representative
 * that answers hundreds of thousands of requests per second.
 *
 * <p>The octets are those that {@link EthernetFrame#writeTo} gives for the same {@link HomeAgentAddressDiscoveryReply}. What is the same
 * in every reply, addresses of the representative included, is summed once. Immutable; may be shared between threads.
 */
public final class DiscoveryReplyFrame {

    private static final int HEADERS =
            EthernetFrame.HEADER_LENGTH + Ipv6Header.LENGTH + HomeAgentAddressDiscoveryReply.HOME_AGENTS;

    private static final int ICMPV6 = EthernetFrame.HEADER_LENGTH + Ipv6Header.LENGTH;

    private final MacAddress linkLayerSource;
    private final Ipv6Address source;
    private final int hopLimit;
    private final long constantSum;

    /**
     * A writer for the replies of one representative.
     *
     * @param linkLayerSource of the frames
     * @param source of the packets: a unicast address of the representative, never the anycast one (RFC 6275, 10.5)
     */
    public DiscoveryReplyFrame(MacAddress linkLayerSource, Ipv6Address source, int hopLimit) {
        if (hopLimit < 1 || hopLimit > 255) {
            throw new IllegalArgumentException("hop limit is 1 to 255, not " + hopLimit);
        }
        this.linkLayerSource = linkLayerSource;
        this.source = source;
        this.hopLimit = hopLimit;
        constantSum =
                InternetChecksum.sum(source) + Icmpv6Message.PROTOCOL + (HomeAgentAddressDiscoveryReply.TYPE << 8);
    }

    /** Octets of a frame with so many home agents in it. */
    public static int length(int homeAgents) {
        return HEADERS + homeAgents * Ipv6Address.LENGTH;
    }

    /**
     * Writes one frame at the position of a big-endian buffer and moves behind it.
     *
     * @param linkLayerDestination 48 bits as in {@link MacAddress#value()}
     * @param destinationHigh upper half of the care-of address
     * @param destinationLow lower half of the care-of address
     * @param identifier that of the request
     * @param homeAgents in the order in which they shall be tried
     */
    public void write(
            ByteBuffer out,
            long linkLayerDestination,
            long destinationHigh,
            long destinationLow,
            int identifier,
            List<Ipv6Address> homeAgents) {
        if (out.order() != ByteOrder.BIG_ENDIAN) {
            throw new IllegalArgumentException("the network's byte order is big-endian");
        }
        int start = out.position();
        int icmpv6Length = HomeAgentAddressDiscoveryReply.HOME_AGENTS + homeAgents.size() * Ipv6Address.LENGTH;
        out.putLong((linkLayerDestination << 16) | (linkLayerSource.value() >>> 32));
        out.putInt((int) linkLayerSource.value()).putShort((short) EthernetFrame.ETHERTYPE_IPV6);
        out.putLong((6L << 60) | ((long) icmpv6Length << 16) | (Icmpv6Message.PROTOCOL << 8) | hopLimit);
        out.putLong(source.high()).putLong(source.low());
        out.putLong(destinationHigh).putLong(destinationLow);
        out.putInt(HomeAgentAddressDiscoveryReply.TYPE << 24).putInt(identifier << 16);
        long sum = constantSum
                + icmpv6Length
                + (identifier & 0xffff)
                + InternetChecksum.sum(destinationHigh)
                + InternetChecksum.sum(destinationLow);
        for (int i = 0; i < homeAgents.size(); i++) {
            Ipv6Address homeAgent = homeAgents.get(i);
            out.putLong(homeAgent.high()).putLong(homeAgent.low());
            sum += InternetChecksum.sum(homeAgent);
        }
        out.putShort(start + ICMPV6 + Icmpv6Head.CHECKSUM, (short) InternetChecksum.fold(sum));
    }
}
