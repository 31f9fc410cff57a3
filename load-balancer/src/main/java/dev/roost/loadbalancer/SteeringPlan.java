package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Which home agent forwards for which home address. A live, read-only view of the state, for the same thread: it is
 * different after the next change.
 */
public interface SteeringPlan {

    /** One bound home address. */
    record Pin(Ipv6Address homeAddress, SteeredHomeAgent forwarder) {}

    /** All that need a group, by index. */
    List<SteeredHomeAgent> homeAgents();

    /** The one with that index, if packets may have to be steered to it. */
    Optional<SteeredHomeAgent> homeAgent(int index);

    Optional<SteeredHomeAgent> forwarderOf(Ipv6Address homeAddress);

    /** Every bound home address, in no particular order; apply nothing meanwhile. */
    void forEachPin(Consumer<Pin> consumer);

    /** The first {@code most} bound home addresses after one of them, or from the beginning, in order. */
    List<Pin> pinsAfter(Optional<Ipv6Address> homeAddress, int most);

    int pinCount();
}
