package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Effect.SendPacketTooBig;
import dev.roost.mobileip.Icmpv6Error;
import dev.roost.mobileip.Ipv6Address;
import java.nio.ByteBuffer;

/**
 * Packet Too Big about what another home agent tunnels in the representative's name (RFC 2473, 7.1 and 8.1): it comes to the outer source,
 * which is the representative, and goes on, as it is, to who tunnels. That home agent tells the sender, as it does for tunnels of its own.
 *
 * <p>The quoted outer addresses must be those of the binding of the quoted inner packet, so that only who sees the tunnel's packets can
 * have a say.
 */
final class TunnelErrors {

    private static final int IPV6_HEADER = 40;
    private static final int NEXT_HEADER = 6;
    private static final int SOURCE = 8;
    private static final int DESTINATION = 24;
    private static final int IPV6_IN_IPV6 = 41;

    private final Tables tables;

    TunnelErrors(Tables tables) {
        this.tables = tables;
    }

    Decision onPacketTooBig(PacketOrigin origin, Icmpv6Error error) {
        ByteBuffer quoted = error.invokingPacket().asBuffer();
        if (error.type() != Icmpv6Error.PACKET_TOO_BIG
                || quoted.remaining() < 2 * IPV6_HEADER
                || quoted.get(quoted.position() + NEXT_HEADER) != IPV6_IN_IPV6
                || !address(quoted, SOURCE).equals(tables.config.representativeAddress())
                || !origin.destination().equals(tables.config.representativeAddress())) {
            return Reason.FORWARDING_ERROR_ABOUT_NO_TUNNEL.decision();
        }
        Binding binding = tables.bindings.of(address(quoted, IPV6_HEADER + DESTINATION));
        if (binding == null
                || binding.homeAgent() != Representative.INDEX
                || !binding.facts().careOfAddress().equals(address(quoted, DESTINATION))) {
            return Reason.FORWARDING_ERROR_ABOUT_NO_TUNNEL.decision();
        }
        HomeAgent forwarder = tables.homeAgents.at(binding.forwarder());
        return forwarder == null
                ? Reason.FORWARDING_ERROR_ABOUT_NO_TUNNEL.decision()
                : Decision.of(new SendPacketTooBig(
                        forwarder.facts().attachment(),
                        forwarder.facts().linkLayerAddress(),
                        origin.source(),
                        tables.config.representativeAddress(),
                        error));
    }

    private static Ipv6Address address(ByteBuffer quoted, int at) {
        return new Ipv6Address(
                quoted.getLong(quoted.position() + at), quoted.getLong(quoted.position() + at + Long.BYTES));
    }
}
