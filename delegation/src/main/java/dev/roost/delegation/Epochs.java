package dev.roost.delegation;

/**
 * How epochs are made: the time of the registration in milliseconds since 1970, and 16 bits that count what the primary has said about
 * it since. So of two primaries the one with the later registration is right, whatever the other one does meanwhile.
 */
final class Epochs {
    private static final int COUNT_BITS = 16;

    private Epochs() {}

    /** The first epoch of a registration. */
    static long of(long registeredAtMillis) {
        return registeredAtMillis << COUNT_BITS;
    }

    /** The time of the registration that an epoch was made for. */
    static long registeredAtMillis(long epoch) {
        return epoch >>> COUNT_BITS;
    }

    /** Whether a registration is later than the one that an epoch was made for. */
    static boolean isLater(long registeredAtMillis, long epoch) {
        return Long.compareUnsigned(of(registeredAtMillis), epoch) > 0;
    }
}
