package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import java.util.Locale;

/**
 * One mobile node on its way from one forwarder to another, as the controller sees it: it orders, the home agent where the mobile
 * node is bound (the primary) carries out, and reports; then the switches are turned over, then the primary is told so, at which it
 * lets the old forwarder stop. Nobody has stopped before that, whatever gets lost.
 *
 * <pre>
 *   state      event                                                next
 *   (none)     asked for, and there is room                         ORDERED    the order is sent
 *   (none)     asked for, and there is none                         WAITING
 *   WAITING    there is room                                        ORDERED    the order is sent
 *   ORDERED    100, 200, 400, 800 ms without an answer              ORDERED    it is sent again, and at once when the
 *                                                                              primary wants another session named
 *   ORDERED    accepted                                             ACCEPTED
 *   ORDERED    refused                                              FAILED     with the status
 *   ORDERED    the fifth unanswered for 1600 ms                     FAILED     unanswered
 *   ORDERED,   report that the target forwards                      FLIPPING   switches are turned over
 *   ACCEPTED   report that the order failed                         FAILED     with the status
 *   ACCEPTED   no report for 10 s                                   FAILED     no-report
 *   FLIPPING   every switch has passed its barrier                  DONE
 *   FLIPPING   not so for 30 s                                      FAILED     not-steered
 *   any        another target is asked for                          FAILED     superseded; the new one begins
 *   any        the binding ends, or is made at another home agent   FAILED     released, registered-elsewhere
 *   WAITING    the target, or the primary, can no longer            FAILED     with the reason
 * </pre>
 *
 * <p>FAILED says that the controller no longer waits, and nothing else: a report that comes later is taken all the same, since the
 * primary alone knows who forwards. After a restart of the controller there are no migrations, and reports go on being taken.
 *
 * @param from index of the home agent that forwarded when it was asked for
 * @param to index of the home agent that is to forward
 * @param reason of a failure, a stable word; empty otherwise
 * @param identifier of the order; 0 while there is none
 * @param order number of the order, higher than all before
 * @param tries how often the order was sent
 * @param deadlineMillis when something falls due; the end of time if nothing does
 * @param epoch of the report, while switches are turned over
 */
record Migration(
        Ipv6Address homeAddress,
        int from,
        int to,
        Cause cause,
        State state,
        String reason,
        long identifier,
        long order,
        int tries,
        long deadlineMillis,
        long epoch,
        long requestedAtMillis,
        long changedAtMillis) {

    static final long FIRST_WAIT_MILLIS = 100;
    static final int TRIES = 5;
    static final long REPORT_WAIT_MILLIS = 10_000;
    static final long FLIP_WAIT_MILLIS = 30_000;

    /** Why it was asked for. */
    public enum Cause {
        OPERATOR,
        /** The forwarder is being drained. */
        DRAIN,
        /** The forwarder has gone. */
        UNREACHABLE,
        /** The forwarder has more to do than others. */
        BALANCE;

        private final String word = name().toLowerCase(Locale.ROOT);

        public String word() {
            return word;
        }
    }

    /** See the class comment. */
    public enum State {
        WAITING,
        ORDERED,
        ACCEPTED,
        FLIPPING,
        DONE,
        FAILED;

        private final String word = name().toLowerCase(Locale.ROOT);

        public String word() {
            return word;
        }

        boolean isUnderWay() {
            return this == ORDERED || this == ACCEPTED || this == FLIPPING;
        }

        boolean isOver() {
            return this == DONE || this == FAILED;
        }
    }

    static Migration waiting(Ipv6Address homeAddress, int from, int to, Cause cause, long nowMillis) {
        return new Migration(
                homeAddress, from, to, cause, State.WAITING, "", 0, 0, 0, Long.MAX_VALUE, 0, nowMillis, nowMillis);
    }

    /** The order goes out for the first time. */
    Migration ordered(long newIdentifier, long newOrder, long nowMillis) {
        return next(State.ORDERED, "", newIdentifier, newOrder, 1, nowMillis + FIRST_WAIT_MILLIS, 0, nowMillis);
    }

    /** The order goes out once more, with the next wait twice as long. */
    Migration orderedAgain(long nowMillis) {
        return next(
                state,
                "",
                identifier,
                order,
                tries + 1,
                nowMillis + (FIRST_WAIT_MILLIS << tries),
                epoch,
                changedAtMillis);
    }

    Migration accepted(long nowMillis) {
        return next(State.ACCEPTED, "", identifier, order, tries, nowMillis + REPORT_WAIT_MILLIS, 0, nowMillis);
    }

    Migration flipping(long reported, long nowMillis) {
        return next(State.FLIPPING, "", identifier, order, tries, nowMillis + FLIP_WAIT_MILLIS, reported, nowMillis);
    }

    Migration done(long nowMillis) {
        return next(State.DONE, "", identifier, order, tries, Long.MAX_VALUE, epoch, nowMillis);
    }

    Migration failed(String why, long nowMillis) {
        return next(State.FAILED, why, identifier, order, tries, Long.MAX_VALUE, epoch, nowMillis);
    }

    private Migration next(
            State newState,
            String newReason,
            long newIdentifier,
            long newOrder,
            int newTries,
            long newDeadlineMillis,
            long newEpoch,
            long newChangedAtMillis) {
        return new Migration(
                homeAddress,
                from,
                to,
                cause,
                newState,
                newReason,
                newIdentifier,
                newOrder,
                newTries,
                newDeadlineMillis,
                newEpoch,
                requestedAtMillis,
                newChangedAtMillis);
    }
}
