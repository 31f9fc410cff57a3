package dev.roost.mobilenode.movement;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The asking for a list of home agents.
 *
 * @param identifier of the latest request; the next one has another
 * @param sent requests of this round, 0 while nothing is asked
 * @param visit the link the round is held on
 * @param timeout of the latest request, or the pause after a round without an answer
 * @param deadline when the timeout is over; empty while nothing is asked
 */
record DiscoveryState(
        Optional<Integer> identifier, int sent, long visit, Duration timeout, Optional<Instant> deadline) {

    static final DiscoveryState IDLE = new DiscoveryState(Optional.empty(), 0, 0, Duration.ZERO, Optional.empty());

    boolean isAsking() {
        return sent > 0;
    }

    /** Nothing is asked any more; the identifier is kept, so that no late reply to it fits the next request. */
    DiscoveryState ended() {
        return new DiscoveryState(identifier, 0, visit, Duration.ZERO, Optional.empty());
    }
}
