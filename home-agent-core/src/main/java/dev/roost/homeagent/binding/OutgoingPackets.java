package dev.roost.homeagent.binding;

import dev.roost.mobileip.AdvertisementInterval;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingError;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.ExtensionHeader;
import dev.roost.mobileip.HomeAgentInformation;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.MobilePrefixAdvertisement;
import dev.roost.mobileip.NdOption;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborDiscoveryMessage;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.Payload;
import dev.roost.mobileip.PrefixInformation;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.mobileip.SequenceNumber;
import dev.roost.mobileip.SourceLinkLayerAddress;
import dev.roost.mobileip.TargetLinkLayerAddress;
import dev.roost.mobileip.Type2RoutingHeader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Every packet that a home agent sends, and to whom. Knows how they look, not when they are due. */
final class OutgoingPackets {
    private static final int CUR_HOP_LIMIT = 64;

    private final HomeAgentSettings settings;
    private final BindingAuthenticator authenticator;
    private final List<NdOption> targetLinkLayerAddress;

    OutgoingPackets(HomeAgentSettings settings, BindingAuthenticator authenticator) {
        this.settings = settings;
        this.authenticator = authenticator;
        this.targetLinkLayerAddress = List.of(new TargetLinkLayerAddress(settings.linkLayerAddress()));
    }

    /** Answers a binding update where it came from (RFC 6275, 9.5.4). */
    Effect acknowledgement(
            BindingRequest request, BindingStatus status, SequenceNumber sequence, BindingLifetime lifetime) {
        BindingAcknowledgement bare = BindingAcknowledgement.of(status, 0, sequence, lifetime, List.of());
        return reply(request.origin(), authenticator.sign(request, bare));
    }

    /** Answers what could not be verified: for a person's eyes, since no mobile node with a key believes it. */
    Effect unsignedRefusal(BindingRequest request, BindingStatus status) {
        return reply(
                request.origin(),
                BindingAcknowledgement.of(
                        status, 0, request.update().sequenceNumber(), BindingLifetime.ZERO, List.of()));
    }

    /** Status 144, with the time that would have been right. */
    Effect identifierMismatch(Instant now, BindingRequest request) {
        BindingAcknowledgement bare = BindingAcknowledgement.of(
                BindingStatus.MIPV6_ID_MISMATCH, 0, request.update().sequenceNumber(), BindingLifetime.ZERO, List.of());
        return reply(request.origin(), authenticator.signWithTime(now, request, bare));
    }

    /** With a type 2 routing header for a mobile node that is away (RFC 6275, 9.3.2), and plainly for one at home. */
    private Effect reply(Origin origin, Payload payload) {
        List<ExtensionHeader> headers = origin.homeAddressOption().isPresent()
                ? List.of(new Type2RoutingHeader(origin.homeAddressOption().orElseThrow()))
                : List.of();
        return new Effect.Send(
                origin.linkLayerSource(), Ipv6Packet.of(settings.address(), origin.source(), headers, payload));
    }

    /** Makes a mobile node whose binding is lost send a binding update with the next sequence number. */
    Effect registerAgain(Origin origin, Optional<SequenceNumber> last) {
        BindingAcknowledgement bare = BindingAcknowledgement.of(
                BindingStatus.SEQUENCE_NUMBER_OUT_OF_WINDOW,
                0,
                last.orElse(new SequenceNumber(0)),
                BindingLifetime.ZERO,
                List.of());
        return reply(origin, bare);
    }

    /** RFC 6275, 9.3.3: to the source of the packet, without a routing header. */
    Effect bindingError(int status, Origin origin) {
        Ipv6Address homeAddress = origin.homeAddressOption().orElse(Ipv6Address.UNSPECIFIED);
        return new Effect.Send(
                origin.linkLayerSource(),
                Ipv6Packet.of(settings.address(), origin.source(), new BindingError(status, homeAddress)));
    }

    /** RFC 4862, 5.4.2: from the unspecified address, without options. */
    Effect duplicateAddressProbe(Ipv6Address target) {
        return multicast(Ipv6Address.UNSPECIFIED, target.solicitedNode(), new NeighborSolicitation(target, List.of()));
    }

    /** RFC 6275, 10.4.1: all hosts send packets for the mobile node to this home agent from now on. */
    Effect proxyAnnouncement(Ipv6Address target) {
        return multicast(
                settings.address(),
                Ipv6Address.ALL_NODES,
                new NeighborAdvertisement(NeighborAdvertisement.OVERRIDE, target, targetLinkLayerAddress));
    }

    /** RFC 4861, 7.2.4, with the flags of RFC 6275, 10.4.1: no router, and no override against the mobile node's own answer. */
    Effect proxyAnswer(MacAddress linkLayerDestination, Ipv6Address destination, Ipv6Address target) {
        return new Effect.Send(
                linkLayerDestination,
                Ipv6Packet.of(
                        settings.linkLocalAddress(),
                        destination,
                        new NeighborAdvertisement(NeighborAdvertisement.SOLICITED, target, targetLinkLayerAddress)));
    }

    /**
     * Answers a solicitation by unicast: without a link-layer address (RFC 4861, 7.2.4), since who asks goes on with the one that has
     * led here. It may be the representative's, and with another one, O being zero, the answer would be ignored (7.2.5).
     */
    Effect reachabilityConfirmation(MacAddress linkLayerDestination, Ipv6Address destination, Ipv6Address target) {
        return new Effect.Send(
                linkLayerDestination,
                Ipv6Packet.of(
                        settings.linkLocalAddress(),
                        destination,
                        new NeighborAdvertisement(NeighborAdvertisement.SOLICITED, target, List.of())));
    }

    /** Answers a duplicate address detection: all nodes, S = 0 (RFC 4861, 7.2.4). */
    Effect proxyDefence(Ipv6Address target) {
        return multicast(
                settings.linkLocalAddress(),
                Ipv6Address.ALL_NODES,
                new NeighborAdvertisement(0, target, targetLinkLayerAddress));
    }

    /** RFC 6275, 10.6.3. */
    Effect prefixAdvertisement(Origin origin, int identifier) {
        return reply(origin, new MobilePrefixAdvertisement(identifier, 0, List.of(prefixInformation())));
    }

    /**
     * RFC 6275, 7: H bit, the home agent's own address in the prefix, the interval, and preference and lifetime.
     *
     * <p>The router lifetime is 0 unless configured otherwise: beside the home link's own router a home agent is none by default.
     * It never falls to 0 while the home agent lives, so a listener may take such a fall for its end.
     *
     * <p>When ceasing it says so in the two ways that the RFCs have: router lifetime 0 (RFC 4861, 6.2.5) and no H bit, upon which it
     * leaves every home agents list at once (RFC 6275, 10.5.1). A home agent lifetime of 0 must not be sent (RFC 6275, 7.4).
     */
    Effect routerAdvertisement(int preference, boolean ceasing) {
        List<NdOption> options = new ArrayList<>(4);
        options.add(prefixInformation());
        options.add(new SourceLinkLayerAddress(settings.linkLayerAddress()));
        options.add(
                new AdvertisementInterval(settings.routerAdvertisementInterval().toMillis()));
        int routerLifetime = ceasing ? 0 : settings.routerLifetime();
        boolean bothDefault = preference == 0 && settings.homeAgentLifetime() == routerLifetime;
        if (!ceasing && !bothDefault) {
            options.add(new HomeAgentInformation(preference, settings.homeAgentLifetime()));
        }
        return multicast(
                settings.linkLocalAddress(),
                Ipv6Address.ALL_NODES,
                new RouterAdvertisement(
                        CUR_HOP_LIMIT, ceasing ? 0 : RouterAdvertisement.HOME_AGENT, routerLifetime, 0, 0, options));
    }

    private PrefixInformation prefixInformation() {
        return new PrefixInformation(
                settings.prefix().length(),
                PrefixInformation.ON_LINK | PrefixInformation.AUTONOMOUS | PrefixInformation.ROUTER_ADDRESS,
                seconds(settings.prefixValidLifetime()),
                seconds(settings.prefixPreferredLifetime()),
                settings.address());
    }

    private static long seconds(Duration lifetime) {
        return Math.min(lifetime.toSeconds(), PrefixInformation.INFINITE);
    }

    private static Effect multicast(Ipv6Address source, Ipv6Address group, NeighborDiscoveryMessage message) {
        return new Effect.Send(MacAddress.multicastFor(group), Ipv6Packet.of(source, group, message));
    }
}
