package dev.roost.mobilenode.generator;

/** Says how many of a row of equally spaced things are due, and when each was; with an infinite rate all are, now. */
final class Pacer {
    private final double perSecond;
    private final long startNanos;
    private long taken;

    Pacer(double perSecond, long startNanos) {
        this.perSecond = perSecond;
        this.startNanos = startNanos;
    }

    boolean isDue(long nowNanos) {
        return nextDueNanos(nowNanos) <= nowNanos;
    }

    /** When the next one is or was due. */
    long nextDueNanos(long nowNanos) {
        return Double.isInfinite(perSecond) ? nowNanos : startNanos + (long) (taken * 1e9 / perSecond);
    }

    /** @return when the one that is taken was due */
    long take(long nowNanos) {
        long due = nextDueNanos(nowNanos);
        taken++;
        return due;
    }
}
