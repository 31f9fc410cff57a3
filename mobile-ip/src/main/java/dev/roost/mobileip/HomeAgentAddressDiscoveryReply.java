package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * ICMP Home Agent Address Discovery Reply (RFC 6275, 6.6) with the R flag of NEMO (RFC 3963, 4.4).
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Type = 145   |   Code = 0    |           Checksum            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |           Identifier          |R|          Reserved           |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  ~              Home Agent Addresses (16 octets each)            ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param identifier that of the request
 * @param mobileRouterSupport the R flag: the home agents listed support mobile routers
 * @param homeAgents in the order in which the mobile node shall try them
 */
public record HomeAgentAddressDiscoveryReply(int identifier, boolean mobileRouterSupport, List<Ipv6Address> homeAgents)
        implements Icmpv6Message {

    public static final int TYPE = 145;

    /** As many as fit a packet that every link carries: (1280 - 40 - 8) / 16 (RFC 6275, 10.5). */
    public static final int MAX_HOME_AGENTS = 77;

    static final int HOME_AGENTS = 8;

    private static final int IDENTIFIER = 4;
    private static final int FLAGS = 6;

    public HomeAgentAddressDiscoveryReply {
        if (identifier >>> 16 != 0) {
            throw new IllegalArgumentException("identifier is 16 bits, not " + identifier);
        }
        homeAgents = List.copyOf(homeAgents);
    }

    public HomeAgentAddressDiscoveryReply(int identifier, List<Ipv6Address> homeAgents) {
        this(identifier, false, homeAgents);
    }

    /** Accepts more addresses than {@link #MAX_HOME_AGENTS}: a sender may know that its path carries them. */
    public static HomeAgentAddressDiscoveryReply parse(ByteBuffer in) throws MalformedPacketException {
        Icmpv6Head.require(in, TYPE, HOME_AGENTS, "home agent address discovery reply < 8 octets");
        int start = in.position();
        in.position(start + HOME_AGENTS);
        if (in.remaining() % Ipv6Address.LENGTH != 0) {
            throw new MalformedPacketException(
                    Reason.BAD_LENGTH, "addresses are no multiple of 16 octets", in.remaining(), in.position());
        }
        List<Ipv6Address> homeAgents = new ArrayList<>(in.remaining() / Ipv6Address.LENGTH);
        while (in.hasRemaining()) {
            homeAgents.add(Ipv6Address.fromBytes(in));
        }
        return new HomeAgentAddressDiscoveryReply(
                in.getShort(start + IDENTIFIER) & 0xffff,
                (in.getShort(start + FLAGS) & HomeAgentAddressDiscoveryRequest.MOBILE_ROUTER_SUPPORT) != 0,
                homeAgents);
    }

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public int length() {
        return HOME_AGENTS + homeAgents.size() * Ipv6Address.LENGTH;
    }

    @Override
    public void writeTo(ByteBuffer out) {
        Icmpv6Head.write(out, TYPE, 0);
        out.putShort((short) identifier);
        out.putShort((short) (mobileRouterSupport ? HomeAgentAddressDiscoveryRequest.MOBILE_ROUTER_SUPPORT : 0));
        for (int i = 0; i < homeAgents.size(); i++) {
            homeAgents.get(i).writeTo(out);
        }
    }
}
