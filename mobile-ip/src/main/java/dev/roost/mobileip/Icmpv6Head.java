package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;

/** Type, code and checksum, the four octets that every ICMPv6 message begins with; see {@link Icmpv6Message}. */
final class Icmpv6Head {

    static final int LENGTH = 4;

    static final int CHECKSUM = 2;

    private static final int CODE = 1;
    private static final int REDIRECT = 137;

    private Icmpv6Head() {}

    /** Checks length, type and a code of zero at the position, which stays. */
    static void require(ByteBuffer in, int type, int length, String expectation) throws MalformedPacketException {
        MalformedPacketException.requireRemaining(in, length, expectation);
        int start = in.position();
        if ((in.get(start) & 0xff) != type) {
            throw new MalformedPacketException(Reason.BAD_VALUE, "another ICMPv6 type", in.get(start) & 0xff, start);
        }
        int code = in.get(start + CODE) & 0xff;
        if (code != 0) {
            throw new MalformedPacketException(Reason.BAD_CODE, "ICMPv6 code != 0", code, start + CODE);
        }
    }

    /** Router solicitation to redirect: five types in a row (RFC 4861, 4). */
    static boolean isNeighborDiscovery(int type) {
        return type >= RouterSolicitation.TYPE && type <= REDIRECT;
    }

    static void write(ByteBuffer out, int type, int code) {
        out.put((byte) type).put((byte) code).putShort((short) 0);
    }
}
