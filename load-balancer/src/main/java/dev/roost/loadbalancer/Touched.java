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
 * @param everyHomeAgent whether the rules of all home agents may be
 */
public record Touched(
        Optional<Ipv6Address> homeAddress,
        OptionalInt homeAgent,
        Optional<ReverseTunnel> reverseTunnel,
        boolean everyHomeAgent) {

    public static final Touched NOTHING = new Touched(Optional.empty(), OptionalInt.empty(), Optional.empty(), false);

    static final Touched EVERY_HOME_AGENT = new Touched(Optional.empty(), OptionalInt.empty(), Optional.empty(), true);

    static Touched homeAgent(int index) {
        return new Touched(Optional.empty(), OptionalInt.of(index), Optional.empty(), false);
    }

    static Touched binding(Ipv6Address homeAddress, int homeAgent) {
        return new Touched(Optional.of(homeAddress), OptionalInt.of(homeAgent), Optional.empty(), false);
    }

    static Touched reverseTunnel(ReverseTunnel tunnel) {
        return new Touched(Optional.empty(), OptionalInt.empty(), Optional.of(tunnel), false);
    }
}
