package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * The Internet checksum (RFC 1071) over the IPv6 pseudo-header (RFC 8200, 8.1).
 *
 * <p>Sums are kept unfolded in a long: one's complement addition may be folded from any width, so 32-bit words are added in 64-bit
 * arithmetic, and a datagram of 64 kB comes nowhere near an overflow. Partial sums of parts that start at an even offset add up with
 * {@code +}; {@link #fold} ends the sum. Buffers must be big-endian.
 */
public final class InternetChecksum {

    private static final long LOW_32 = 0xffff_ffffL;

    private InternetChecksum() {}

    /** The unfolded sum of {@code length} octets from index {@code from}; neither position nor limit matters or moves. */
    public static long sum(ByteBuffer in, int from, int length) {
        long sum = 0;
        int at = from;
        int end = from + length;
        for (; end - at >= 8; at += 8) {
            sum += sum(in.getLong(at));
        }
        if (end - at >= 4) {
            sum += in.getInt(at) & LOW_32;
            at += 4;
        }
        if (end - at >= 2) {
            sum += in.getShort(at) & 0xffff;
            at += 2;
        }
        if (at < end) {
            sum += (in.get(at) & 0xff) << 8;
        }
        return sum;
    }

    /** The unfolded sum of eight octets. */
    public static long sum(long eightOctets) {
        return (eightOctets >>> 32) + (eightOctets & LOW_32);
    }

    public static long sum(Ipv6Address address) {
        return sum(address.high()) + sum(address.low());
    }

    /** The unfolded sum of the pseudo-header: both addresses, the upper-layer length and its protocol. */
    public static long pseudoHeader(Ipv6Address source, Ipv6Address destination, int length, int protocol) {
        return sum(source) + sum(destination) + length + protocol;
    }

    /** The 16-bit field that belongs on the wire for an unfolded sum; zero for a sum that includes a right checksum. */
    public static int fold(long sum) {
        long folded = sum(sum);
        folded = sum(folded);
        folded = (folded >>> 16) + (folded & 0xffff);
        folded = (folded >>> 16) + (folded & 0xffff);
        return (int) ~folded & 0xffff;
    }
}
