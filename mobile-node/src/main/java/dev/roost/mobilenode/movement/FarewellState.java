package dev.roost.mobilenode.movement;

import dev.roost.mobileip.Ipv6Address;
import java.time.Instant;
import java.util.Optional;

/**
 * The end of the node.
 *
 * @param ending nothing else is done any more
 * @param homeAgent who was asked to delete the binding; empty when nobody is, or when all is done
 * @param sent binding updates sent to it
 */
record FarewellState(boolean ending, Optional<Ipv6Address> homeAgent, int sent, Optional<Instant> deadline) {
    static final FarewellState NONE = new FarewellState(false, Optional.empty(), 0, Optional.empty());
    static final FarewellState DONE = new FarewellState(true, Optional.empty(), 0, Optional.empty());
}
