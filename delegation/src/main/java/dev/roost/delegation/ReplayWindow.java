package dev.roost.delegation;

import java.util.Arrays;

/**
 * Which sequence numbers of one sender's session have been seen: the highest, and of the 1024 up to it each one (the sliding window of
 * RFC 4303, 3.4.3). What lies further back counts as seen.
 */
final class ReplayWindow {
    static final int SIZE = 1024;

    private static final int WORDS = SIZE / Long.SIZE;

    /** Bit {@code n mod SIZE} for sequence number n, where n is within the window. */
    private final long[] seen = new long[WORDS];

    private long highest;

    /** Forgets all: another session begins. */
    void reset() {
        Arrays.fill(seen, 0);
        highest = 0;
    }

    /** Whether this number is new; from then on it is not. 0 never is. */
    boolean accept(long sequenceNumber) {
        if (Long.compareUnsigned(sequenceNumber, highest) > 0) {
            advance(sequenceNumber);
        } else if (sequenceNumber == 0 || Long.compareUnsigned(highest - sequenceNumber, SIZE) >= 0) {
            return false;
        }
        int word = (int) (sequenceNumber >>> 6) & (WORDS - 1);
        long bit = 1L << sequenceNumber;
        if ((seen[word] & bit) != 0) {
            return false;
        }
        seen[word] |= bit;
        return true;
    }

    private void advance(long sequenceNumber) {
        long steps = sequenceNumber - highest;
        if (Long.compareUnsigned(steps, SIZE) >= 0) {
            Arrays.fill(seen, 0);
        } else {
            for (long at = highest + 1; at != sequenceNumber + 1; at++) {
                seen[(int) (at >>> 6) & (WORDS - 1)] &= ~(1L << at);
            }
        }
        highest = sequenceNumber;
    }
}
