package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MalformedPacketException;
import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The options of a message: type, length of the value, value. Unknown ones are skipped; a known one that stands twice, or has a length
 * that no version of it has, makes the message malformed.
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
 *  |     Type      |    Length     |  Value ...
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
 * </pre>
 */
final class MessageOptions {
    static final int HOME_ADDRESS = 1;
    static final int CARE_OF_ADDRESS = 2;
    static final int TUNNEL_SOURCE = 3;
    static final int FORWARDER = 4;
    static final int PACKETS_TRANSMITTED = 5;
    static final int FORWARDING_ENTRIES = 6;
    static final int ALL_FORWARDING_ENTRIES = 7;

    private static final int HEAD = 2;
    private static final int LAST_ADDRESS = FORWARDER;
    private static final int LAST_KNOWN = ALL_FORWARDING_ENTRIES;
    private static final int IPV4_LENGTH = 4;
    /** Octets of an address option with its head. */
    static final int ADDRESS_OPTION = HEAD + Ipv6Address.LENGTH;
    /** Octets of an option with a 64-bit value. */
    static final int LONG_OPTION = HEAD + Long.BYTES;
    /** Octets of an option with a 32-bit value. */
    static final int INT_OPTION = HEAD + Integer.BYTES;

    private final @Nullable Ipv6Address[] addresses = new @Nullable Ipv6Address[LAST_ADDRESS + 1];
    /** A bit by type. */
    private int seen;

    /** A bit by type of addresses that are of another family. */
    private int otherFamily;

    private long packetsTransmitted;
    private long forwardingEntries;
    private long allForwardingEntries;

    /** Reads all from the position to the limit. */
    static MessageOptions parse(ByteBuffer in) throws MalformedPacketException {
        MessageOptions options = new MessageOptions();
        while (in.hasRemaining()) {
            int at = in.position();
            if (in.remaining() < HEAD) {
                throw new MalformedPacketException(Reason.TRUNCATED, "option < 2 octets", in.remaining(), at);
            }
            int type = in.get() & 0xff;
            int length = in.get() & 0xff;
            if (length > in.remaining()) {
                throw new MalformedPacketException(Reason.TRUNCATED, "option longer than the message", length, at);
            }
            if (type == 0 || type > LAST_KNOWN) {
                in.position(in.position() + length);
            } else {
                options.take(type, length, in, at);
            }
        }
        return options;
    }

    private void take(int type, int length, ByteBuffer in, int at) throws MalformedPacketException {
        if (has(type)) {
            throw new MalformedPacketException(Reason.BAD_ORDER, "option stands twice", type, at);
        }
        seen |= 1 << type;
        if (type <= LAST_ADDRESS) {
            if (length == Ipv6Address.LENGTH) {
                addresses[type] = Ipv6Address.fromBytes(in);
            } else if (length == IPV4_LENGTH) {
                otherFamily |= 1 << type;
                in.position(in.position() + length);
            } else {
                throw new MalformedPacketException(Reason.BAD_LENGTH, "address of 16 or 4 octets", length, at);
            }
        } else if (length != (type == PACKETS_TRANSMITTED ? Long.BYTES : Integer.BYTES)) {
            throw new MalformedPacketException(Reason.BAD_LENGTH, "counter of another length", length, at);
        } else if (type == PACKETS_TRANSMITTED) {
            packetsTransmitted = in.getLong();
        } else if (type == FORWARDING_ENTRIES) {
            forwardingEntries = in.getInt() & 0xffff_ffffL;
        } else {
            allForwardingEntries = in.getInt() & 0xffff_ffffL;
        }
    }

    boolean has(int type) {
        return (seen & 1 << type) != 0;
    }

    /** Whether an address, of this type or any, is one of another family. */
    boolean isOtherFamily() {
        return otherFamily != 0;
    }

    /** The address of an option; unspecified if it is not there. */
    Ipv6Address address(int type) {
        Ipv6Address address = addresses[type];
        return address == null ? Ipv6Address.UNSPECIFIED : address;
    }

    long packetsTransmitted() {
        return packetsTransmitted;
    }

    long forwardingEntries() {
        return forwardingEntries;
    }

    long allForwardingEntries() {
        return allForwardingEntries;
    }

    static void write(int type, Ipv6Address address, ByteBuffer out) {
        out.put((byte) type).put((byte) Ipv6Address.LENGTH);
        address.writeTo(out);
    }

    static void writeLong(int type, long value, ByteBuffer out) {
        out.put((byte) type).put((byte) Long.BYTES).putLong(value);
    }

    static void writeInt(int type, long value, ByteBuffer out) {
        out.put((byte) type).put((byte) Integer.BYTES).putInt((int) Math.min(value, 0xffff_ffffL));
    }
}
