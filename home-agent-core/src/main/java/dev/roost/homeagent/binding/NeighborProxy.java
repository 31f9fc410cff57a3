package dev.roost.homeagent.binding;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import java.util.Optional;

/**
 * Stands in for absent mobile nodes in neighbor discovery on the home link (RFC 6275, 10.4.1), in user space: it answers
 * solicitations for bound home addresses, defends them against duplicate address detection, and hears who else uses an address
 * that is being tested.
 *
 * <p>A mobile node for which another home agent forwards is that one's to speak for, but for its link-local address: packets to that are
 * tunnelled by nobody.
 *
 * <p>It speaks for bound addresses only, and for those it forwards for; so never for the Mobile IPv6 Home-Agents anycast address, which cannot be bound and
 * belongs to the representative. The kernel answers for the home agent's own addresses.
 */
final class NeighborProxy {
    private final HomeAgentSettings settings;
    private final BindingCache cache;
    private final Detections detections;
    private final Delegations delegations;
    private final BindingUpdateProcessor updates;
    private final OutgoingPackets packets;

    NeighborProxy(
            HomeAgentSettings settings,
            BindingCache cache,
            Detections detections,
            Delegations delegations,
            BindingUpdateProcessor updates,
            OutgoingPackets packets) {
        this.settings = settings;
        this.cache = cache;
        this.detections = detections;
        this.delegations = delegations;
        this.updates = updates;
        this.packets = packets;
    }

    Decision onNeighborSolicitation(MacAddress linkLayerSource, Ipv6Address source, Ipv6Address target) {
        if (linkLayerSource.equals(settings.linkLayerAddress())) {
            return Decision.NOTHING;
        }
        if (source.isUnspecified()) {
            Optional<Detection> detection = detectionOf(target);
            if (detection.isPresent()) {
                // Two nodes test the address at once: neither gets it (RFC 4862, 5.4.3).
                return updates.onDuplicateAddress(detection.orElseThrow());
            }
            if (!speaksFor(target)) {
                return Decision.NOTHING;
            }
            return delegations.defends(target)
                    ? Decision.of(new Effect.Count(Counter.DUPLICATE_DETECTIONS_DEFENDED), packets.proxyDefence(target))
                    : Decision.count(Counter.DUPLICATE_DETECTIONS_CONCEDED);
        }
        return speaksFor(target)
                ? Decision.of(
                        new Effect.Count(Counter.NEIGHBOR_SOLICITATIONS_ANSWERED),
                        packets.proxyAnswer(linkLayerSource, source, target))
                : Decision.NOTHING;
    }

    /**
     * Neighbor unreachability detection (RFC 4861, 7.3): asked by unicast, so whoever asks has a link-layer address already, and
     * what it sends there comes here. That is confirmed by whoever tunnels it, also before or after it is this one's to speak for
     * the mobile node: switches may lead here longer than that, above all without their controller.
     */
    Decision onUnicastSolicitation(MacAddress linkLayerSource, Ipv6Address source, Ipv6Address target) {
        boolean reached = target.isLinkLocal() ? speaksFor(target) : delegations.tunnelsTo(target);
        return reached
                ? Decision.of(
                        new Effect.Count(Counter.NEIGHBOR_SOLICITATIONS_ANSWERED),
                        packets.reachabilityConfirmation(linkLayerSource, source, target))
                : Decision.NOTHING;
    }

    Decision onNeighborAdvertisement(MacAddress linkLayerSource, Ipv6Address target) {
        if (linkLayerSource.equals(settings.linkLayerAddress())) {
            return Decision.NOTHING;
        }
        Optional<Detection> detection = detectionOf(target);
        if (detection.isPresent()) {
            return updates.onDuplicateAddress(detection.orElseThrow());
        }
        return speaksFor(target) ? Decision.count(Counter.CONFLICTING_ADVERTISEMENTS) : Decision.NOTHING;
    }

    private Optional<Detection> detectionOf(Ipv6Address target) {
        if (!target.isLinkLocal()) {
            return detections.find(target);
        }
        return detections
                .find(settings.homeAddressOf(target))
                .filter(detection -> detection.update().update().linkLocalAddressCompatibility());
    }

    private boolean speaksFor(Ipv6Address target) {
        if (!target.isLinkLocal()) {
            return delegations.speaksFor(target);
        }
        return cache.find(settings.homeAddressOf(target))
                .filter(Binding::coversLinkLocal)
                .isPresent();
    }
}
