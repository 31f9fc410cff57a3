package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;

/**
 * A request about one mobile node that waits for its acknowledgement, or first for its turn ({@link RequestWindows}). Repeated after 100 ms,
 * then after twice as long each time; given up when the fifth time brought no answer either.
 *
 * @param epoch that it carries
 * @param tries how often it was sent; 0 as long as it waits for its turn
 * @param dueMillis when it is sent again, or given up; of one that waits, when that has become long
 * @param resent it was sent once more, out of turn, because the peer told another session
 */
public record OutstandingRequest(
        Kind kind, Ipv6Address peer, long identifier, long epoch, int tries, long dueMillis, boolean resent) {

    static final int MAX_TRIES = 5;

    private static final long FIRST_TIMEOUT_MILLIS = 100;
    private static final long REPORT_INTERVAL_MILLIS = 5000;
    /** As long as all tries take. */
    private static final long LONG_MILLIS = 3100;

    /** What is asked. */
    public enum Kind {
        START,
        STOP,
        REPORT
    }

    static OutstandingRequest of(Kind kind, Ipv6Address peer, long identifier, long epoch, long nowMillis) {
        return new OutstandingRequest(kind, peer, identifier, epoch, 1, nowMillis + FIRST_TIMEOUT_MILLIS, false);
    }

    static OutstandingRequest waiting(Kind kind, Ipv6Address peer, long identifier, long epoch, long nowMillis) {
        return new OutstandingRequest(kind, peer, identifier, epoch, 0, nowMillis + LONG_MILLIS, false);
    }

    boolean isWaiting() {
        return tries == 0;
    }

    /** It is its turn now. */
    OutstandingRequest first(long nowMillis) {
        return of(kind, peer, identifier, epoch, nowMillis);
    }

    /** It goes on waiting for its turn, however long. */
    OutstandingRequest patient() {
        return new OutstandingRequest(kind, peer, identifier, epoch, 0, DeadlineOrder.NEVER, false);
    }

    boolean isExhausted() {
        return kind != Kind.REPORT && tries >= MAX_TRIES;
    }

    /** The same after another try; a report goes on for ever, every 5 s. */
    OutstandingRequest again(long nowMillis) {
        long timeout = tries >= MAX_TRIES ? REPORT_INTERVAL_MILLIS : FIRST_TIMEOUT_MILLIS << tries;
        return new OutstandingRequest(kind, peer, identifier, epoch, tries + 1, nowMillis + timeout, false);
    }

    OutstandingRequest outOfTurn() {
        return new OutstandingRequest(kind, peer, identifier, epoch, tries, dueMillis, true);
    }

    /** Another one in its place, which keeps its pace; that it has waited long already is due anew. */
    OutstandingRequest renewed(long newIdentifier, long newEpoch) {
        long due = isWaiting() && dueMillis == DeadlineOrder.NEVER ? 0 : dueMillis;
        return new OutstandingRequest(kind, peer, newIdentifier, newEpoch, tries, due, false);
    }
}
