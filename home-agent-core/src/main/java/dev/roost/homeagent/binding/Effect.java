package dev.roost.homeagent.binding;

import dev.roost.delegation.DelegationEffect;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MacAddress;

/** Something that leaves a {@link HomeAgent}: a packet, or a count. */
public sealed interface Effect {

    /** A packet to put on the home link as it is: no route and no neighbor cache has a say in where it goes. */
    record Send(MacAddress linkLayerDestination, Ipv6Packet packet) implements Effect {}

    /**
     * It is time for a router advertisement: read the preference, build it with {@link HomeAgent#routerAdvertisement}, send it.
     *
     * @param ceasing one of the last, which says that this is no home agent any more
     */
    record AdvertiseRouter(boolean ceasing) implements Effect {}

    /** Something happened that is worth a count. */
    record Count(Counter counter) implements Effect {}

    /** A message of the forwarding protocol to send, a count of it, or news of a home agent that speaks it; never anything else. */
    record OfDelegation(DelegationEffect effect) implements Effect {}
}
