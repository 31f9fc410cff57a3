package dev.roost.mobileip;

/**
 * An IPv6 prefix, host bits zero. {@link #of} masks them off, so that the address of an interface and its prefix length are enough.
 */
public record Ipv6Prefix(Ipv6Address address, int length) implements Comparable<Ipv6Prefix> {

    public static final Ipv6Prefix LINK_LOCAL = new Ipv6Prefix(Ipv6Address.parse("fe80::"), 10);

    /** RFC 2526: the anycast identifier 0x7e takes 7 bits, so no longer prefix leaves room for it. */
    private static final int LONGEST_WITH_ANYCAST = 121;

    /** RFC 2526, 2: with an EUI-64 interface identifier the universal/local bit, 0x02 of the first octet, must be zero. */
    private static final long EUI64_HOME_AGENTS = 0xfdff_ffff_ffff_fffeL;

    public Ipv6Prefix {
        if (length < 0 || length > 128) {
            throw new IllegalArgumentException("prefix length is 0 to 128, not " + length);
        }
        if (!address.equals(masked(address, length))) {
            throw new IllegalArgumentException(address + "/" + length + " has bits set behind the prefix length");
        }
    }

    public static Ipv6Prefix of(Ipv6Address address, int length) {
        if (length < 0 || length > 128) {
            throw new IllegalArgumentException("prefix length is 0 to 128, not " + length);
        }
        return new Ipv6Prefix(masked(address, length), length);
    }

    /**
     * Reads the form {@code 2001:db8:1::/64}.
     *
     * @throws IllegalArgumentException unless {@code text} is an address without host bits, "/" and 0 to 128
     */
    public static Ipv6Prefix parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("'" + text + "' is not a prefix: no /length");
        }
        String length = text.substring(slash + 1);
        if (length.isEmpty() || length.length() > 3 || !length.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a prefix: length is 0 to 128, not '" + length + "'");
        }
        return new Ipv6Prefix(Ipv6Address.parse(text.substring(0, slash)), Integer.parseInt(length));
    }

    public boolean contains(Ipv6Address candidate) {
        return contains(candidate.high(), candidate.low());
    }

    /** The same without an {@link Ipv6Address}, for code that reads halves out of a frame. */
    public boolean contains(long high, long low) {
        return ((high ^ address.high()) & highMask(length)) == 0 && ((low ^ address.low()) & lowMask(length)) == 0;
    }

    /**
     * The Mobile IPv6 Home-Agents anycast address of this prefix (RFC 2526, 2 and 3; RFC 6275, 8.4): with 64 bits of prefix the
     * interface identifier is fdff:ffff:ffff:fffe, with any other length all ones and then the 7 bits 0x7e.
     *
     * @throws IllegalStateException if the prefix is too long to have one
     */
    public Ipv6Address homeAgentsAnycast() {
        if (length > LONGEST_WITH_ANYCAST) {
            throw new IllegalStateException("/" + length + " leaves no room for the anycast identifier");
        }
        if (length == 64) {
            return new Ipv6Address(address.high(), EUI64_HOME_AGENTS);
        }
        return new Ipv6Address(address.high() | ~highMask(length), address.low() | (~lowMask(length) & ~1L));
    }

    /** The address that stateless autoconfiguration gives in a 64-bit prefix (RFC 4862, 5.5.3). */
    public Ipv6Address withInterfaceIdentifier(long interfaceIdentifier) {
        if (length != 64) {
            throw new IllegalStateException("autoconfiguration needs a /64, not a /" + length);
        }
        return new Ipv6Address(address.high(), interfaceIdentifier);
    }

    @Override
    public int compareTo(Ipv6Prefix other) {
        int byAddress = address.compareTo(other.address);
        return byAddress != 0 ? byAddress : Integer.compare(length, other.length);
    }

    @Override
    public String toString() {
        return address + "/" + length;
    }

    private static Ipv6Address masked(Ipv6Address address, int length) {
        return new Ipv6Address(address.high() & highMask(length), address.low() & lowMask(length));
    }

    private static long highMask(int length) {
        return length == 0 ? 0 : length >= 64 ? -1L : -1L << (64 - length);
    }

    private static long lowMask(int length) {
        return length <= 64 ? 0 : -1L << (128 - length);
    }
}
