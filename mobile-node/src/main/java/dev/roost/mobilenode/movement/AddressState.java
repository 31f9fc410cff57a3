package dev.roost.mobilenode.movement;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.time.Instant;
import java.util.Optional;

/**
 * The address the node has, or is about to have, on the link it visits.
 *
 * @param visit the visit of {@link LinkState} this belongs to
 * @param prefix the one the address was made from
 * @param solicited neighbor solicitations sent to find the address's other users
 * @param collisions addresses that others had already, on this visit
 * @param deadline when the next solicitation leaves, or the address is taken for unique
 * @param installed the care-of address that the kernel has, possibly one of an earlier visit
 */
record AddressState(
        Phase phase,
        long visit,
        Optional<Ipv6Address> address,
        Optional<Ipv6Prefix> prefix,
        int solicited,
        int collisions,
        Optional<Instant> deadline,
        Optional<Ipv6Address> installed) {

    /**
     * <pre>
     *   NONE -> TENTATIVE       a prefix to make an address from, or at home without a binding
     *   TENTATIVE -> CARE_OF    nobody answered, away
     *   TENTATIVE -> HOME       nobody answered, at home; or the home agent has let go of the address
     *   TENTATIVE -> TENTATIVE  somebody answered: another interface identifier
     *   any -> UNAVAILABLE      no prefix to make an address from, or too many collisions
     *   any -> NONE             another link
     * </pre>
     */
    enum Phase {
        NONE,
        TENTATIVE,
        CARE_OF,
        HOME,
        UNAVAILABLE
    }

    static final AddressState NONE = new AddressState(
            Phase.NONE, 0, Optional.empty(), Optional.empty(), 0, 0, Optional.empty(), Optional.empty());

    boolean isTentative(Ipv6Address candidate) {
        return phase == Phase.TENTATIVE && address.filter(candidate::equals).isPresent();
    }

    /** Whether the first address of this visit is being tested, and the link-local one with it. */
    boolean isFirstTested() {
        return phase == Phase.TENTATIVE && solicited > 0 && collisions == 0;
    }

    /** The care-of address, when it is ready for use on the present link. */
    Optional<Ipv6Address> careOfAddress(LinkState link) {
        return phase == Phase.CARE_OF && visit == link.visit() ? address : Optional.empty();
    }

    boolean isHome(LinkState link) {
        return phase == Phase.HOME && visit == link.visit();
    }

    AddressState reset(long newVisit) {
        return new AddressState(
                Phase.NONE, newVisit, Optional.empty(), Optional.empty(), 0, 0, Optional.empty(), installed);
    }

    AddressState tentative(Ipv6Address candidate, Ipv6Prefix from, Instant firstSolicitationAt) {
        return new AddressState(
                Phase.TENTATIVE,
                visit,
                Optional.of(candidate),
                Optional.of(from),
                0,
                collisions,
                Optional.of(firstSolicitationAt),
                installed);
    }

    AddressState solicitedAgain(Instant nextDeadline) {
        return new AddressState(
                phase, visit, address, prefix, solicited + 1, collisions, Optional.of(nextDeadline), installed);
    }

    AddressState collided(int nowCollisions) {
        return new AddressState(
                Phase.NONE, visit, Optional.empty(), prefix, 0, nowCollisions, Optional.empty(), installed);
    }

    AddressState settled(Phase settledAs, Optional<Ipv6Address> nowInstalled) {
        return new AddressState(
                settledAs, visit, address, prefix, solicited, collisions, Optional.empty(), nowInstalled);
    }

    /** @param retryAt when to try again although nothing has changed */
    AddressState unavailable(Optional<Instant> retryAt) {
        return new AddressState(
                Phase.UNAVAILABLE, visit, Optional.empty(), Optional.empty(), 0, collisions, retryAt, installed);
    }
}
