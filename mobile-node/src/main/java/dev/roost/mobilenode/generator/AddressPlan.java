package dev.roost.mobilenode.generator;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;

/**
 * Which addresses the nodes have: node {@code n} has the n-th home address from the first one on, and a care-of address of the foreign
 * prefix that ends like an EUI-64 of the link-layer address 00:52:00:00:00:00 + n.
 */
public record AddressPlan(Ipv6Prefix homePrefix, Ipv6Address firstHomeAddress, Ipv6Prefix careOfPrefix, int nodes) {
    private static final long FIRST_INTERFACE_IDENTIFIER = 0x0252_00ff_fe00_0000L;
    /** The care-of addresses differ in the last 24 bits. */
    public static final int MAX_NODES = 1 << 24;

    static final int NONE = -1;

    public AddressPlan {
        if (nodes < 1 || nodes > MAX_NODES) {
            throw new IllegalArgumentException("wanted 1 to " + MAX_NODES + " nodes");
        }
        Ipv6Address last = new Ipv6Address(firstHomeAddress.high(), firstHomeAddress.low() + nodes - 1);
        if (!homePrefix.contains(firstHomeAddress)
                || !homePrefix.contains(last)
                || Long.compareUnsigned(last.low(), firstHomeAddress.low()) < 0) {
            throw new IllegalArgumentException(
                    "wanted " + nodes + " home addresses from " + firstHomeAddress + " on to be in " + homePrefix);
        }
        if (careOfPrefix.length() != 64) {
            throw new IllegalArgumentException("wanted a care-of prefix of length 64, not " + careOfPrefix);
        }
    }

    long homeHigh() {
        return firstHomeAddress.high();
    }

    long homeLow(int node) {
        return firstHomeAddress.low() + node;
    }

    public Ipv6Address homeAddress(int node) {
        return new Ipv6Address(homeHigh(), homeLow(node));
    }

    long careOfHigh() {
        return careOfPrefix.address().high();
    }

    long careOfLow(int node) {
        return FIRST_INTERFACE_IDENTIFIER + node;
    }

    public Ipv6Address careOfAddress(int node) {
        return new Ipv6Address(careOfHigh(), careOfLow(node));
    }

    /** The node with this home address, or {@link #NONE}. */
    int nodeOfHomeAddress(long high, long low) {
        return node(high == homeHigh(), low - firstHomeAddress.low());
    }

    /** The node with this care-of address, or {@link #NONE}. */
    int nodeOfCareOfAddress(long high, long low) {
        return node(high == careOfHigh(), low - FIRST_INTERFACE_IDENTIFIER);
    }

    private int node(boolean prefixMatches, long offset) {
        return prefixMatches && offset >= 0 && offset < nodes ? (int) offset : NONE;
    }
}
