package dev.roost.mobilenode.movement;

import dev.roost.mobileip.Ipv6Address;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The asking for the prefixes of the home link.
 *
 * @param homeAgent who is asked; empty while nothing is
 * @param identifier of the latest solicitation
 */
record PrefixState(
        Optional<Ipv6Address> homeAgent, int identifier, int sent, Duration timeout, Optional<Instant> deadline) {
    static final PrefixState IDLE = new PrefixState(Optional.empty(), 0, 0, Duration.ZERO, Optional.empty());
}
