package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;

/**
 * One of the four ICMPv6 errors (RFC 4443, 3).
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |   Type 1-4    |     Code      |           Checksum            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |              Unused, MTU (2) or Pointer (4)                   |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |   As much of the invoking packet as fits 1280 octets ...
 * </pre>
 *
 * @param parameter the MTU or the pointer, 32 bits unsigned; unused in types 1 and 3
 * @param invokingPacket begins with the IPv6 header of the packet that caused the error; may be cut anywhere
 */
public record Icmpv6Error(int type, int code, long parameter, OpaqueBytes invokingPacket) implements Icmpv6Message {

    public static final int DESTINATION_UNREACHABLE = 1;
    public static final int PACKET_TOO_BIG = 2;
    public static final int TIME_EXCEEDED = 3;
    public static final int PARAMETER_PROBLEM = 4;

    /** RFC 4443, 2.4 (c): an error never exceeds the minimum IPv6 MTU, 1280, of which two headers take 48. */
    public static final int MAX_INVOKING_PACKET = 1232;

    private static final int CODE = 1;
    private static final int PARAMETER = 4;
    private static final int INVOKING_PACKET = 8;

    public Icmpv6Error {
        if (type < DESTINATION_UNREACHABLE || type > PARAMETER_PROBLEM || code >>> 8 != 0 || parameter >>> 32 != 0) {
            throw new IllegalArgumentException("no ICMPv6 error: type " + type + ", code " + code + ", " + parameter);
        }
    }

    /** An error to send: cuts the invoking packet to what fits. */
    public static Icmpv6Error about(int type, int code, long parameter, OpaqueBytes invokingPacket) {
        return new Icmpv6Error(type, code, parameter, invokingPacket.first(MAX_INVOKING_PACKET));
    }

    public static Icmpv6Error parse(ByteBuffer in) throws MalformedPacketException {
        MalformedPacketException.requireRemaining(in, INVOKING_PACKET, "ICMPv6 error < 8 octets");
        int start = in.position();
        int type = in.get(start) & 0xff;
        if (type < DESTINATION_UNREACHABLE || type > PARAMETER_PROBLEM) {
            throw new MalformedPacketException(Reason.BAD_VALUE, "ICMPv6 error type not 1 to 4", type, start);
        }
        in.position(start + INVOKING_PACKET);
        return new Icmpv6Error(
                type, in.get(start + CODE) & 0xff, in.getInt(start + PARAMETER) & 0xffff_ffffL, OpaqueBytes.rest(in));
    }

    @Override
    public int length() {
        return INVOKING_PACKET + invokingPacket.length();
    }

    @Override
    public void writeTo(ByteBuffer out) {
        Icmpv6Head.write(out, type, code);
        out.putInt((int) parameter);
        invokingPacket.writeTo(out);
    }
}
