package dev.roost.mobileip;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * Bytes from the network that are not what their place in the packet says they must be.
 *
 * <p>Bad input is expected, so this is checked and cheap: it has no stack trace, and its message is put together only when somebody
 * asks for it. Callers count by {@link #reason()} in one place and drop the packet.
 */
public final class MalformedPacketException extends Exception {

    /** Why a packet was refused: a closed set, so that a counter per reason has a limit. */
    public enum Reason {
        /** Fewer octets than the fixed part, or than a length field promises. */
        TRUNCATED,
        /** A length field that contradicts the format. */
        BAD_LENGTH,
        /** An Ethernet frame that carries something else than IPv6. */
        NOT_IPV6,
        /** The version field of the IPv6 header is not 6. */
        BAD_VERSION,
        /** The upper-layer checksum does not match. */
        BAD_CHECKSUM,
        /** Neighbor discovery that may have passed a router: hop limit below 255. */
        BAD_HOP_LIMIT,
        /** An ICMPv6 code that its type does not define. */
        BAD_CODE,
        /** A source address that the message does not allow. */
        BAD_SOURCE,
        /** A destination address that the message does not allow. */
        BAD_DESTINATION,
        /** A neighbor discovery target that is multicast. */
        BAD_TARGET,
        /** A field or an option with a value that is not allowed where it stands. */
        BAD_VALUE,
        /** A neighbor discovery option of length zero, which would never end (RFC 4861, 4.6). */
        ZERO_LENGTH_OPTION,
        /** More options than any honest sender uses. */
        TOO_MANY_OPTIONS,
        /** More extension headers than any honest sender uses. */
        TOO_MANY_HEADERS,
        /** An extension header, or an option, where the RFC does not allow it or for a second time. */
        BAD_ORDER,
        /** Neighbor discovery inside a fragment (RFC 6980). */
        FRAGMENTED,
        /** A Mobility Header with something behind it: Payload Proto is not 59 (RFC 6275, 9.2). */
        BAD_PAYLOAD_PROTOCOL;

        private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

        /** The name in lower case with hyphens: the stable word for metrics, logs and answers. */
        public String word() {
            return word;
        }
    }

    private static final long serialVersionUID = 1;

    private final Reason reason;
    private final int offset;
    private final String expectation;
    private final long found;

    /**
     * Refuses a packet; costs no stack trace.
     *
     * @param expectation what was not met, as in {@code "header length < 8"}; a constant, so that refusing costs no formatting
     * @param found the value that came instead
     * @param offset index in the parsed buffer of the field that was refused
     */
    public MalformedPacketException(Reason reason, String expectation, long found, int offset) {
        super(null, null, false, false);
        this.reason = reason;
        this.expectation = expectation;
        this.found = found;
        this.offset = offset;
    }

    /** Refuses a buffer with fewer octets left than the fixed part of what is expected; the length check of most codecs. */
    static void requireRemaining(ByteBuffer in, int octets, String expectation) throws MalformedPacketException {
        if (in.remaining() < octets) {
            throw new MalformedPacketException(Reason.TRUNCATED, expectation, in.remaining(), in.position());
        }
    }

    public Reason reason() {
        return reason;
    }

    /** Index in the parsed buffer of the field that was refused. */
    public int offset() {
        return offset;
    }

    @Override
    public String getMessage() {
        return reason.word() + " at " + offset + ": " + expectation + ": " + found;
    }
}
