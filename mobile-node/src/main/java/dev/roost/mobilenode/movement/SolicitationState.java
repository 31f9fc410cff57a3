package dev.roost.mobilenode.movement;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The asking for router advertisements.
 *
 * @param nextAt when the next solicitation leaves; empty while nothing is asked for
 * @param sent solicitations since the asking began
 * @param interval from the latest solicitation to the next
 */
record SolicitationState(Optional<Instant> nextAt, int sent, Duration interval) {
    static final SolicitationState QUIET = new SolicitationState(Optional.empty(), 0, Duration.ZERO);
}
