package dev.roost.mobilenode.movement;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The way back home.
 *
 * @param deregistration under way while a home agent may hold a binding
 * @param announcementsLeft neighbor advertisements still to be sent
 * @param announceAt when the next one leaves
 */
record ReturnState(Optional<Deregistration> deregistration, int announcementsLeft, Optional<Instant> announceAt) {
    static final ReturnState IDLE = new ReturnState(Optional.empty(), 0, Optional.empty());

    /**
     * @param linkLayerAddress of the home agent, once known
     * @param solicited neighbor solicitations sent to find it out
     * @param sent binding updates sent
     * @param timeout to wait after the latest one
     * @param deadline when the next packet leaves
     */
    record Deregistration(
            Ipv6Address homeAgent,
            Optional<MacAddress> linkLayerAddress,
            int solicited,
            int sent,
            Duration timeout,
            Instant deadline) {}
}
