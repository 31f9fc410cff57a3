package dev.roost.linux;

import dev.roost.mobileip.Ipv6Address;

/**
 * One bidirectional tunnel: packets of {@code homeAddress} travel between {@code careOfAddress} and
 * {@code homeAgentAddress}. Both ends describe it the same way.
 *
 * @param homeAgentAddress outer source of what is put in; at a home agent that forwards for another one, that one's address
 * @param receiveOnly at a home agent: takes out what comes and passes Packet Too Big on, but leaves packets for the home address to
 *     the kernel, which sends them to the home link, where whoever forwards now gets them
 */
public record TunnelBinding(
        Ipv6Address homeAddress, Ipv6Address careOfAddress, Ipv6Address homeAgentAddress, boolean receiveOnly) {
    /** A tunnel for both directions. */
    public TunnelBinding(Ipv6Address homeAddress, Ipv6Address careOfAddress, Ipv6Address homeAgentAddress) {
        this(homeAddress, careOfAddress, homeAgentAddress, false);
    }

    public TunnelBinding {
        requireUnicast("home address", homeAddress);
        requireUnicast("care-of address", careOfAddress);
        requireUnicast("home agent's address", homeAgentAddress);
        if (homeAddress.equals(careOfAddress)) {
            // A mobile node at home has no tunnel (RFC 6275, 10.3.2); this one would never end.
            throw new IllegalArgumentException("home address and care-of address are both " + homeAddress);
        }
    }

    private static void requireUnicast(String what, Ipv6Address address) {
        if (!address.isRoutableUnicast()) {
            throw new IllegalArgumentException(what + " is not a routable unicast address: " + address);
        }
    }
}
