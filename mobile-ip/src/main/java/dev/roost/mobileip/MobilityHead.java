package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;
import java.util.List;

/** The six octets that every Mobility Header begins with, and the rules for its length; see {@link MobilityMessage}. */
final class MobilityHead {

    /** Payload Proto: nothing follows a Mobility Header (RFC 6275, 6.1.1). */
    static final int NO_NEXT_HEADER = 59;

    static final int MH_TYPE = 2;
    static final int CHECKSUM = 4;
    static final int DATA = 6;

    private static final int UNIT = 8;
    private static final int MAX_LENGTH = 256 * UNIT;
    private static final int HEADER_LEN = 1;

    private MobilityHead() {}

    /** Checks payload proto and header length at the position, which stays; returns the length in octets. */
    static int requireLength(ByteBuffer in) throws MalformedPacketException {
        return requireLength(in, in.position(), in.limit());
    }

    /** The same for a header at an index, which ends before {@code end}. */
    static int requireLength(ByteBuffer in, int start, int end) throws MalformedPacketException {
        if (end - start < UNIT) {
            throw new MalformedPacketException(Reason.TRUNCATED, "mobility header < 8 octets", end - start, start);
        }
        int payloadProto = in.get(start) & 0xff;
        if (payloadProto != NO_NEXT_HEADER) {
            throw new MalformedPacketException(Reason.BAD_PAYLOAD_PROTOCOL, "payload proto != 59", payloadProto, start);
        }
        int length = ((in.get(start + HEADER_LEN) & 0xff) + 1) * UNIT;
        if (end - start < length) {
            throw new MalformedPacketException(
                    Reason.TRUNCATED, "mobility header longer than the packet by", length - (end - start), start);
        }
        return length;
    }

    /** Checks the header's type and that it holds the fixed part of its message; returns the index of its end. */
    static int require(ByteBuffer in, int type, int fixedPart, String expectation) throws MalformedPacketException {
        int length = requireLength(in);
        int start = in.position();
        if ((in.get(start + MH_TYPE) & 0xff) != type) {
            throw new MalformedPacketException(
                    Reason.BAD_VALUE, "another MH type", in.get(start + MH_TYPE) & 0xff, start + MH_TYPE);
        }
        if (length < fixedPart) {
            throw new MalformedPacketException(Reason.BAD_LENGTH, expectation, length, start + HEADER_LEN);
        }
        return start + length;
    }

    /** A message is whole units of 8 octets, of which 256 are the most that the length field can say. */
    static void requireWhole(int length) {
        if (length % UNIT != 0 || length > MAX_LENGTH) {
            throw new IllegalArgumentException("mobility header of " + length + " octets; use of() for padding");
        }
    }

    static List<MobilityOption> align(int fixedPart, List<? extends MobilityOption> options) {
        return AlignedOptions.align(fixedPart, options, MobilityOptions::padding);
    }

    static void write(ByteBuffer out, int type, int length) {
        out.put((byte) NO_NEXT_HEADER)
                .put((byte) (length / UNIT - 1))
                .put((byte) type)
                .put((byte) 0);
        out.putShort((short) 0);
    }
}
