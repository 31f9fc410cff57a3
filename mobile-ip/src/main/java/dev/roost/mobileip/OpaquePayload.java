package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * A payload that is not interpreted: TCP, UDP, a tunnelled packet ({@link #IPV6}), part of a fragmented one, or nothing
 * ({@link #NO_NEXT_HEADER}). Its checksum, if it has one, is not looked at.
 */
public record OpaquePayload(int protocol, OpaqueBytes octets) implements Payload {

    /** IPv6 in IPv6 (RFC 2473). */
    public static final int IPV6 = 41;
    /** The packet ends here (RFC 8200, 4.7). */
    public static final int NO_NEXT_HEADER = 59;

    public static final OpaquePayload NOTHING = new OpaquePayload(NO_NEXT_HEADER, OpaqueBytes.EMPTY);

    @Override
    public int length() {
        return octets.length();
    }

    @Override
    public void writeTo(ByteBuffer out) {
        octets.writeTo(out);
    }
}
