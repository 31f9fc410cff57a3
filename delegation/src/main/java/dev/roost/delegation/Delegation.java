package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import java.util.List;
import java.util.Optional;

/**
 * What a {@link Primary} knows of one mobile node's forwarding. Immutable: a change brings another one.
 *
 * @param registration as granted last; empty once it was released or has expired, while secondaries are still being stopped
 * @param epoch the last one given for this home address, compared unsigned
 * @param holder who is to forward; the primary itself until it delegates
 * @param others who may still forward beside the holder, in no order: the primary, secondaries, a candidate that was asked
 * @param reported the controller has acknowledged that switches steer to the holder, or there is nobody to tell
 * @param progress what is under way; lost with the process
 */
public record Delegation(
        Ipv6Address homeAddress,
        Optional<Registration> registration,
        long epoch,
        Ipv6Address holder,
        List<Ipv6Address> others,
        boolean reported,
        DelegationProgress progress) {

    /** How many beside the holder may forward at a time; an order beyond that is refused. */
    public static final int MAX_OTHERS = 7;

    public Delegation {
        others = List.copyOf(others);
    }

    /** The states of {@link Primary}'s table. */
    public enum State {
        OWN,
        STARTING,
        REPORTING,
        SETTLING,
        DELEGATED,
        RELEASED
    }

    /** Where it stands; a candidate that is being asked shows before what goes on meanwhile. */
    public State state(Ipv6Address primary) {
        if (registration.isEmpty()) {
            return State.RELEASED;
        } else if (progress.candidate().isPresent()) {
            return State.STARTING;
        } else if (!reported) {
            return State.REPORTING;
        } else if (progress.settleAtMillis() != DeadlineOrder.NEVER) {
            return State.SETTLING;
        }
        return holder.equals(primary) ? State.OWN : State.DELEGATED;
    }

    public boolean mayForward(Ipv6Address homeAgent) {
        return holder.equals(homeAgent) || others.contains(homeAgent);
    }

    /** Whether what outlives the process is the same in both. */
    boolean isDurablyEqual(Delegation other) {
        return epoch == other.epoch
                && holder.equals(other.holder)
                && reported == other.reported
                && others.equals(other.others);
    }

    /** Whether there is nothing to remember: the primary forwards, and nobody else may. */
    boolean isPlain(Ipv6Address primary) {
        return reported && others.isEmpty() && holder.equals(primary);
    }
}
