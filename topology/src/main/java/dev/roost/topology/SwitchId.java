package dev.roost.topology;

import java.util.regex.Pattern;

/** An OpenFlow datapath id; written as eight colon-separated bytes, as Floodlight and our REST interface do. */
public record SwitchId(long datapathId) implements Comparable<SwitchId> {

    private static final int BYTES = 8;
    private static final Pattern TEXT = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){7}");

    /**
     * Reads {@code 00:00:00:00:00:00:00:01}.
     *
     * @throws IllegalArgumentException if the text is anything but eight bytes of two hexadecimal digits each
     */
    public static SwitchId parse(String text) {
        if (!TEXT.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "datapath id: wanted eight bytes like 00:00:00:00:00:00:00:01, got: " + text);
        }
        return new SwitchId(Long.parseUnsignedLong(text.replace(":", ""), 16));
    }

    /** Datapath ids are unsigned. */
    @Override
    public int compareTo(SwitchId other) {
        return Long.compareUnsigned(datapathId, other.datapathId);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(BYTES * 3 - 1);
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            int octet = (int) (datapathId >>> shift) & 0xff;
            text.append(Character.forDigit(octet >>> 4, 16)).append(Character.forDigit(octet & 0xf, 16));
            if (shift > 0) {
                text.append(':');
            }
        }
        return text.toString();
    }
}
