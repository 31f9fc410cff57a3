package dev.roost.loadbalancer;

import dev.roost.loadbalancer.Effect.ForwardPacket;
import dev.roost.loadbalancer.Effect.SendEchoReply;
import dev.roost.loadbalancer.Effect.SendNeighborAdvertisement;
import dev.roost.mobileip.EchoRequest;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.TargetLinkLayerAddress;
import java.util.List;

/**
 * Answers on the home link for the anycast address, for the representative, and for mobile nodes that are away.
 *
 * <pre>
 *   target              asked by                          answer
 *   anycast             anybody                           R, S, not O: a router keeps its entry a router, and another
 *                                                         answer is as good (RFC 4861, 7.2.7)
 *   representative      anybody                           R, S, O
 *   bound home address  its home agent                    none, goes on: is the mobile node back? (RFC 6275, 10.3.2)
 *                       a home agent, source unspecified  none at all: a registration that moves over must not find its
 *                                                         home address in use
 *                       anybody else                      S, O
 * </pre>
 *
 * <p>A source that is unspecified detects duplicates: the answer goes to all nodes without S (RFC 4861, 7.2.4).
 */
final class NeighborAnswers {

    private final HomeNetworkConfig config;
    private final Ipv6Address anycastAddress;
    private final Tables tables;

    NeighborAnswers(Tables tables) {
        this.config = tables.config;
        this.anycastAddress = config.anycastAddress();
        this.tables = tables;
    }

    boolean answersTo(Ipv6Address target) {
        return target.equals(anycastAddress)
                || target.equals(config.representativeAddress())
                || tables.bindings.isBound(target);
    }

    Decision onNeighborSolicitation(PacketOrigin origin, NeighborSolicitation solicitation) {
        Ipv6Address target = solicitation.target();
        if (origin.source().isMulticast()) {
            return Reason.SOLICITATION_SOURCE_MULTICAST.decision();
        }
        if (target.equals(anycastAddress)) {
            return advertise(origin, target, NeighborAdvertisement.ROUTER);
        }
        if (target.equals(config.representativeAddress())) {
            return advertise(origin, target, NeighborAdvertisement.ROUTER | NeighborAdvertisement.OVERRIDE);
        }
        Binding binding = tables.bindings.of(target);
        if (binding == null) {
            return new Decision(List.of(), List.of(Reason.TARGET_NOT_OURS.count(), ForwardPacket.INSTANCE));
        }
        return forMobileNode(origin, target, binding);
    }

    Decision onEchoRequest(PacketOrigin origin, EchoRequest request) {
        if (!origin.destination().equals(config.representativeAddress())) {
            return Reason.ECHO_NOT_TO_REPRESENTATIVE.decision();
        }
        if (!origin.source().isRoutableUnicast()) {
            return Reason.ECHO_SOURCE_NOT_ROUTABLE.decision();
        }
        return Decision.of(new SendEchoReply(
                origin.port(),
                origin.linkLayerSource(),
                config.representativeAddress(),
                origin.source(),
                request.reply()));
    }

    private Decision forMobileNode(PacketOrigin origin, Ipv6Address target, Binding binding) {
        if (!origin.source().isUnspecified()) {
            HomeAgent holder = tables.homeAgents.at(binding.homeAgent());
            return holder != null && holder.facts().attachment().equals(origin.port())
                    ? Decision.of(ForwardPacket.INSTANCE)
                    : advertise(origin, target, NeighborAdvertisement.OVERRIDE);
        }
        for (HomeAgent homeAgent : tables.homeAgents.all()) {
            if (homeAgent.steerable(tables.bindings)
                    && homeAgent.facts().attachment().equals(origin.port())) {
                return Reason.SWALLOWED_DUPLICATE_ADDRESS_DETECTION.decision();
            }
        }
        return advertise(origin, target, NeighborAdvertisement.OVERRIDE);
    }

    private Decision advertise(PacketOrigin origin, Ipv6Address target, int flags) {
        boolean solicited = !origin.source().isUnspecified();
        Ipv6Address destination = solicited ? origin.source() : Ipv6Address.ALL_NODES;
        return Decision.of(new SendNeighborAdvertisement(
                origin.port(),
                solicited ? origin.linkLayerSource() : MacAddress.multicastFor(destination),
                config.representativeAddress(),
                destination,
                new NeighborAdvertisement(
                        flags | (solicited ? NeighborAdvertisement.SOLICITED : 0),
                        target,
                        List.of(new TargetLinkLayerAddress(config.representativeLinkLayerAddress())))));
    }
}
