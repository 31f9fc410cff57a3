package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The options at the end of a neighbor discovery message, as a list; the single option is {@link NdOption}. */
final class NdOptions {

    /** A frame of 1500 octets holds at most 46 prefixes; nobody honest comes near this. */
    static final int MAX_OPTIONS = 64;

    private NdOptions() {}

    /** Reads options up to the limit. */
    static List<NdOption> parse(ByteBuffer in) throws MalformedPacketException {
        if (!in.hasRemaining()) {
            return List.of();
        }
        List<NdOption> options = new ArrayList<>(4);
        while (in.hasRemaining()) {
            if (options.size() == MAX_OPTIONS) {
                throw new MalformedPacketException(
                        Reason.TOO_MANY_OPTIONS, "options > 64, octets left", in.remaining(), in.position());
            }
            options.add(NdOption.parse(in));
        }
        return options;
    }

    /** Refuses a known option whose length is not the one that its format has; the octets are known to be there. */
    static void requireLength(ByteBuffer in, int octets, String expectation) throws MalformedPacketException {
        int length = (in.get(in.position() + 1) & 0xff) * NdOption.UNIT;
        if (length != octets) {
            throw new MalformedPacketException(Reason.BAD_LENGTH, expectation, length, in.position() + 1);
        }
    }

    static int length(List<NdOption> options) {
        int length = 0;
        for (int i = 0; i < options.size(); i++) {
            length += options.get(i).length();
        }
        return length;
    }

    static void write(List<NdOption> options, ByteBuffer out) {
        for (int i = 0; i < options.size(); i++) {
            options.get(i).writeTo(out);
        }
    }
}
