package dev.roost.mobileip;

/** The 16-bit sequence number of a binding update, compared modulo 2^16 (RFC 6275, 9.5.1). */
public record SequenceNumber(int value) {

    private static final int MODULUS = 1 << 16;

    public SequenceNumber {
        if (value < 0 || value >= MODULUS) {
            throw new IllegalArgumentException("sequence number is 0 to 65535, not " + value);
        }
    }

    public SequenceNumber next() {
        return new SequenceNumber((value + 1) % MODULUS);
    }

    /**
     * Whether a binding update with this number is newer than one with {@code last}: the 32768 numbers up to and including the last
     * one are old, the 32767 after it are new. With 15 the last, 16 to 32782 are new; 0 to 15 and 32783 to 65535 are not.
     */
    public boolean isNewerThan(SequenceNumber last) {
        int ahead = (value - last.value) & (MODULUS - 1);
        return ahead != 0 && ahead < MODULUS / 2;
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
