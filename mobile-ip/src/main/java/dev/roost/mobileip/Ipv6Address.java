package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * An IPv6 address as two unsigned 64-bit halves, in network order.
 *
 * <p>A value without identity: no name lookup, no scope id. Compared as an unsigned 128-bit number, so sorted addresses read in the
 * order a person expects. Printed as RFC 5952 wants it.
 */
public record Ipv6Address(long high, long low) implements Comparable<Ipv6Address> {

    /** Octets on the wire. */
    public static final int LENGTH = 16;

    public static final Ipv6Address UNSPECIFIED = new Ipv6Address(0, 0);
    public static final Ipv6Address LOOPBACK = new Ipv6Address(0, 1);
    /** ff02::1 */
    public static final Ipv6Address ALL_NODES = new Ipv6Address(0xff02_0000_0000_0000L, 1);
    /** ff02::2 */
    public static final Ipv6Address ALL_ROUTERS = new Ipv6Address(0xff02_0000_0000_0000L, 2);

    private static final long LINK_LOCAL_HIGH = 0xfe80_0000_0000_0000L;
    private static final long SOLICITED_NODE_LOW = 0x0000_0001_ff00_0000L;

    /**
     * Reads any of the forms of RFC 4291, 2.2.
     *
     * @throws IllegalArgumentException if {@code text} is none of them
     */
    public static Ipv6Address parse(String text) {
        return Ipv6AddressText.parse(text);
    }

    /** Reads 16 octets at the position; the caller has checked that they are there. */
    public static Ipv6Address fromBytes(ByteBuffer in) {
        long high = in.getLong();
        return new Ipv6Address(high, in.getLong());
    }

    /** The link-local address that a modified EUI-64 interface identifier gives. */
    public static Ipv6Address linkLocal(MacAddress interfaceAddress) {
        return new Ipv6Address(LINK_LOCAL_HIGH, interfaceAddress.interfaceIdentifier());
    }

    public void writeTo(ByteBuffer out) {
        out.putLong(high).putLong(low);
    }

    public byte[] toBytes() {
        return ByteBuffer.allocate(LENGTH).putLong(high).putLong(low).array();
    }

    public boolean isUnspecified() {
        return (high | low) == 0;
    }

    public boolean isLoopback() {
        return high == 0 && low == 1;
    }

    public boolean isMulticast() {
        return isMulticast(high);
    }

    /** The same for an address that is at hand as its upper half only. */
    static boolean isMulticast(long high) {
        return high >>> 56 == 0xff;
    }

    /** Unicast of fe80::/10. */
    public boolean isLinkLocal() {
        return isLinkLocal(high);
    }

    static boolean isLinkLocal(long high) {
        return high >>> 54 == LINK_LOCAL_HIGH >>> 54;
    }

    /** Whether a packet may be sent to this address through a router: "unicast routable" of RFC 6275, 6.3. */
    public boolean isRoutableUnicast() {
        return !isMulticast() && !isLinkLocal() && !(high == 0 && Long.compareUnsigned(low, 1) <= 0);
    }

    /** The solicited-node multicast address, ff02::1:ffXX:XXXX (RFC 4291, 2.7.1). */
    public Ipv6Address solicitedNode() {
        return new Ipv6Address(ALL_NODES.high, SOLICITED_NODE_LOW | (low & 0xff_ffff));
    }

    @Override
    public int compareTo(Ipv6Address other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** Mixes all bits: neighbors in one prefix differ in a few low bits only, and tables of 100,000 of them are normal. */
    @Override
    public int hashCode() {
        long mixed = ((high * 0x9e37_79b9_7f4a_7c15L) ^ low) * 0xbf58_476d_1ce4_e5b9L;
        return (int) (mixed >>> 32);
    }

    @Override
    public String toString() {
        return Ipv6AddressText.format(this);
    }
}
