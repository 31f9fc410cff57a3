package dev.roost.loadbalancer;

import dev.roost.loadbalancer.SteeringPlan.ReverseTunnel;
import dev.roost.mobileip.Ipv6Address;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Whose flow rules may be different after a change.
 *
 * @param homeAgent index of a home agent: its group, its rules, or whether it has any
 * @param reverseTunnel one that no bound home address need have any more
 */
public record Touched(Optional<Ipv6Address> homeAddress, OptionalInt homeAgent, Optional<ReverseTunnel> reverseTunnel) {

    public static final Touched NOTHING = new Touched(Optional.empty(), OptionalInt.empty(), Optional.empty());

    static Touched homeAgent(int index) {
        return new Touched(Optional.empty(), OptionalInt.of(index), Optional.empty());
    }

    static Touched binding(Ipv6Address homeAddress, int homeAgent) {
        return new Touched(Optional.of(homeAddress), OptionalInt.of(homeAgent), Optional.empty());
    }

    static Touched reverseTunnel(ReverseTunnel tunnel) {
        return new Touched(Optional.empty(), OptionalInt.empty(), Optional.of(tunnel));
    }
}
