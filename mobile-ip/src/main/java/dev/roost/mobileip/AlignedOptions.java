package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** What lists of options of extension headers and of mobility headers have in common: padding, length, writing, limits. */
final class AlignedOptions {

    /** Both kinds of header end at a multiple of this. */
    static final int UNIT = 8;

    /** Pad1 makes an option of every octet, so this needs a limit; honest senders use fewer than ten. */
    static final int MAX_OPTIONS = 64;

    private AlignedOptions() {}

    /**
     * The options, each at the alignment it wants, and the end at a multiple of 8. Padding in {@code options} is replaced.
     *
     * @param start octets in front of the first option
     * @param padding makes a padding option of so many octets
     */
    static <T extends AlignedOption> List<T> align(int start, List<? extends T> options, IntFunction<T> padding) {
        List<T> aligned = new ArrayList<>(options.size() * 2 + 1);
        int at = start;
        for (T option : options) {
            if (!(option instanceof Pad1) && !(option instanceof PadN)) {
                at = pad(aligned, at, option.alignment(), option.alignmentOffset(), padding);
                aligned.add(option);
                at += option.length();
            }
        }
        pad(aligned, at, UNIT, 0, padding);
        return aligned;
    }

    private static <T> int pad(List<T> aligned, int at, int alignment, int offset, IntFunction<T> padding) {
        int octets = Math.floorMod(offset - at, alignment);
        if (octets > 0) {
            aligned.add(padding.apply(octets));
        }
        return at + octets;
    }

    static int length(List<? extends AlignedOption> options) {
        int length = 0;
        for (int i = 0; i < options.size(); i++) {
            length += options.get(i).length();
        }
        return length;
    }

    static void write(List<? extends AlignedOption> options, ByteBuffer out) {
        for (int i = 0; i < options.size(); i++) {
            options.get(i).writeTo(out);
        }
    }

    /**
     * Checks the head of the option at an index: another one is allowed, and it ends before {@code end}.
     *
     * @return octets behind type and length; -1 for the single octet of Pad1
     */
    static int requireOption(ByteBuffer in, int start, int end, int already) throws MalformedPacketException {
        if (already == MAX_OPTIONS) {
            throw new MalformedPacketException(
                    Reason.TOO_MANY_OPTIONS, "options > 64, octets left", end - start, start);
        }
        if (in.get(start) == Pad1.TYPE) {
            return -1;
        }
        int left = end - start - 2;
        int length = left < 0 ? 0 : in.get(start + 1) & 0xff;
        if (left < length) {
            throw new MalformedPacketException(
                    Reason.TRUNCATED, "option longer than its header by", length - left, start);
        }
        return length;
    }

    /** Refuses a known option whose length field is not the one that its format has. */
    static void requireLength(int start, int length, int expected, String expectation) throws MalformedPacketException {
        if (length != expected) {
            throw new MalformedPacketException(Reason.BAD_LENGTH, expectation, length, start + 1);
        }
    }
}
