package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import java.util.Collection;
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

    /** What is tunnelled from a care-of address to the home agent address at which it is bound. */
    record ReverseTunnel(Ipv6Address careOfAddress, Ipv6Address homeAgentAddress) {}

    /** All that need a group, by index. */
    List<SteeredHomeAgent> homeAgents();

    /** The one with that index, if packets may have to be steered to it. */
    Optional<SteeredHomeAgent> homeAgent(int index);

    Optional<SteeredHomeAgent> forwarderOf(Ipv6Address homeAddress);

    /** By which tunnels leave and come back, those that are known. */
    Collection<Router> routers();

    /**
     * The tunnel that a bound home address shares with all others at its care-of address and home agent address, if another home agent
     * than that one forwards for any of them.
     */
    Optional<ReverseTunnel> reverseTunnelOf(Ipv6Address homeAddress);

    /**
     * Where a reverse tunnel leads: empty where the packets go to their destination, since it forwards itself, or since home
     * addresses that share the tunnel have different forwarders.
     */
    Optional<SteeredHomeAgent> forwarderOf(ReverseTunnel tunnel);

    /** Every reverse tunnel for which there may be a forwarder, in no particular order; apply nothing meanwhile. */
    void forEachReverseTunnel(Consumer<ReverseTunnel> consumer);

    /** Every bound home address, in no particular order; apply nothing meanwhile. */
    void forEachPin(Consumer<Pin> consumer);

    /** The first {@code most} bound home addresses after one of them, or from the beginning, in order. */
    List<Pin> pinsAfter(Optional<Ipv6Address> homeAddress, int most);

    int pinCount();
}
