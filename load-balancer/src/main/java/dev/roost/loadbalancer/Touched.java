package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Whose flow rules may be different after a change.
 *
 * @param homeAgent index of a home agent: its group, its rules, or whether it has any
 */
public record Touched(Optional<Ipv6Address> homeAddress, OptionalInt homeAgent) {

    public static final Touched NOTHING = new Touched(Optional.empty(), OptionalInt.empty());

    static Touched homeAgent(int index) {
        return new Touched(Optional.empty(), OptionalInt.of(index));
    }

    static Touched binding(Ipv6Address homeAddress, int homeAgent) {
        return new Touched(Optional.of(homeAddress), OptionalInt.of(homeAgent));
    }
}
