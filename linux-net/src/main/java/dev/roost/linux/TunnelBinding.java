package dev.roost.linux;

import dev.roost.mobileip.Ipv6Address;

/**
 * One bidirectional tunnel: packets of {@code homeAddress} travel between {@code careOfAddress} and
 * {@code homeAgentAddress}. Both ends describe it the same way.
 */
public record TunnelBinding(Ipv6Address homeAddress, Ipv6Address careOfAddress, Ipv6Address homeAgentAddress) {
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
