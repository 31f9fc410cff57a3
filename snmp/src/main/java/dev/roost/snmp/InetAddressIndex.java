package dev.roost.snmp;

import dev.roost.mobileip.Ipv6Address;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.snmp4j.smi.OID;

/**
 * An IPv6 address as it stands in the index of a table: InetAddressType, then InetAddress, which as a string of variable length is
 * preceded by that length (RFC 4001; RFC 2578, 7.7).
 *
 * <pre>
 *   ipv6(2) . 16 . octet . octet ...
 * </pre>
 */
public final class InetAddressIndex {
    public static final int SUBIDENTIFIERS = 2 + Ipv6Address.LENGTH;
    private static final int OCTETS = 2;
    private static final int MAX_OCTET = 0xff;

    private InetAddressIndex() {}

    public static OID of(Ipv6Address address) {
        int[] numbers = new int[SUBIDENTIFIERS];
        numbers[0] = MobileIpv6Mib.IPV6;
        numbers[1] = Ipv6Address.LENGTH;
        byte[] octets = address.toBytes();
        for (int i = 0; i < Ipv6Address.LENGTH; i++) {
            numbers[OCTETS + i] = octets[i] & MAX_OCTET;
        }
        return new OID(numbers);
    }

    /** The address that an index names, if it names an IPv6 address and nothing else. */
    public static Optional<Ipv6Address> read(OID index) {
        if (index.size() != SUBIDENTIFIERS
                || index.get(0) != MobileIpv6Mib.IPV6
                || index.get(1) != Ipv6Address.LENGTH) {
            return Optional.empty();
        }
        ByteBuffer octets = ByteBuffer.allocate(Ipv6Address.LENGTH);
        for (int i = OCTETS; i < SUBIDENTIFIERS; i++) {
            long number = index.getUnsigned(i);
            if (number > MAX_OCTET) {
                return Optional.empty();
            }
            octets.put((byte) number);
        }
        return Optional.of(Ipv6Address.fromBytes(octets.flip()));
    }

    /**
     * The lowest address whose index is not lower than this one, which a manager may have made of anything; empty if all are lower.
     */
    public static Optional<Ipv6Address> ceiling(OID index) {
        int[] fixed = {MobileIpv6Mib.IPV6, Ipv6Address.LENGTH};
        for (int i = 0; i < fixed.length; i++) {
            if (i >= index.size() || index.getUnsigned(i) < fixed[i]) {
                return Optional.of(Ipv6Address.UNSPECIFIED);
            }
            if (index.getUnsigned(i) > fixed[i]) {
                return Optional.empty();
            }
        }
        byte[] octets = new byte[Ipv6Address.LENGTH];
        for (int i = 0; i < Ipv6Address.LENGTH && OCTETS + i < index.size(); i++) {
            long number = index.getUnsigned(OCTETS + i);
            if (number > MAX_OCTET) {
                // Beyond everything that begins like this.
                return successor(octets, i);
            }
            octets[i] = (byte) number;
        }
        Ipv6Address address = Ipv6Address.fromBytes(ByteBuffer.wrap(octets));
        return index.size() > SUBIDENTIFIERS ? successor(octets, Ipv6Address.LENGTH) : Optional.of(address);
    }

    /** The lowest address above all that begin with the first {@code length} octets. */
    private static Optional<Ipv6Address> successor(byte[] octets, int length) {
        byte[] next = new byte[Ipv6Address.LENGTH];
        System.arraycopy(octets, 0, next, 0, length);
        for (int i = length - 1; i >= 0; i--) {
            next[i]++;
            if (next[i] != 0) {
                return Optional.of(Ipv6Address.fromBytes(ByteBuffer.wrap(next)));
            }
        }
        return Optional.empty();
    }
}
