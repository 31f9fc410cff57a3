package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import java.util.OptionalLong;

/** What a secondary asks about mobile nodes that are registered with the same home agent. */
@FunctionalInterface
public interface LocalBindings {

    LocalBindings NONE = homeAddress -> OptionalLong.empty();

    /** When this home address was last registered here, in milliseconds of the loop's clock; empty if it is not bound here. */
    OptionalLong refreshedAtMillis(Ipv6Address homeAddress);
}
