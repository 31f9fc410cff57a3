package dev.roost.mobileip;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** An Ethernet address: the low 48 bits of a long, first octet on the wire uppermost. */
public record MacAddress(long value) implements Comparable<MacAddress> {

    /** Octets on the wire. */
    public static final int LENGTH = 6;

    public static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);

    private static final long GROUP_BIT = 0x0100_0000_0000L;
    private static final long UNIVERSAL_LOCAL_BIT = 0x0200_0000_0000_0000L;

    public MacAddress {
        if (value >>> 48 != 0) {
            throw new IllegalArgumentException("more than 48 bits: " + Long.toHexString(value));
        }
    }

    /**
     * Reads the form {@code 02:00:5e:00:00:01}.
     *
     * @throws IllegalArgumentException unless {@code text} is six pairs of hexadecimal digits between colons
     */
    public static MacAddress parse(String text) {
        boolean wellFormed = text.length() == 17;
        long value = 0;
        for (int i = 0; wellFormed && i < 17; i++) {
            char c = text.charAt(i);
            if (i % 3 == 2) {
                wellFormed = c == ':';
            } else {
                wellFormed = HexFormat.isHexDigit(c);
                value = (value << 4) | (wellFormed ? HexFormat.fromHexDigit(c) : 0);
            }
        }
        if (!wellFormed) {
            throw new IllegalArgumentException("'" + text + "' is not a link-layer address: wanted 02:00:5e:00:00:01");
        }
        return new MacAddress(value);
    }

    /** Reads 6 octets at the position; the caller has checked that they are there. */
    public static MacAddress fromBytes(ByteBuffer in) {
        long upper = in.getShort() & 0xffffL;
        return new MacAddress((upper << 32) | (in.getInt() & 0xffff_ffffL));
    }

    /** 33:33 and the last four octets of the group (RFC 2464, 7). */
    public static MacAddress multicastFor(Ipv6Address group) {
        return new MacAddress(0x3333_0000_0000L | (group.low() & 0xffff_ffffL));
    }

    public void writeTo(ByteBuffer out) {
        out.putShort((short) (value >>> 32)).putInt((int) value);
    }

    public byte[] toBytes() {
        ByteBuffer out = ByteBuffer.allocate(LENGTH);
        writeTo(out);
        return out.array();
    }

    /** True for broadcast as well. */
    public boolean isMulticast() {
        return (value & GROUP_BIT) != 0;
    }

    /** Modified EUI-64: ff:fe in the middle, universal/local bit inverted (RFC 4291, appendix A). */
    public long interfaceIdentifier() {
        long vendor = (value >>> 24) << 40;
        return (vendor | 0xff_fe00_0000L | (value & 0xff_ffff)) ^ UNIVERSAL_LOCAL_BIT;
    }

    @Override
    public int compareTo(MacAddress other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            HexFormat.of().toHexDigits(out, (byte) (value >>> shift));
            if (shift > 0) {
                out.append(':');
            }
        }
        return out.toString();
    }
}
