package dev.roost.controller;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread on which everything happens that touches a home network, the topology or the rules of a switch. It
 * takes many events a turn, and gives all of a turn one time; what a turn is made of is its {@link Body}'s business.
 *
 * <p>The body never fails for what comes from outside. Whatever it throws is a bug of ours: the state is logged, the
 * loop stops and says so, and the fault handler decides what becomes of the process. It is not caught to carry on,
 * because state that a bug has half changed must not answer anybody.
 */
final class HomeNetworkLoop implements LoopThread.Turns {

    private static final Logger LOG = LoggerFactory.getLogger(HomeNetworkLoop.class);

    /** Enough to make journal and system calls cheap for each, little enough to answer within a millisecond or two. */
    private static final int PACKETS_PER_TURN = 1024;

    private static final int TASKS_PER_TURN = 256;
    private static final long LONGEST_REST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long NEVER = -1;

    /** What is done in a turn; all on the loop's thread. */
    interface Body {

        void beginTurn(long nowNanos);

        void onPacketIns(PacketInBatch batch);

        /** Ends the turn: what is due by the clock, then what all its events come to. */
        void endTurn();

        /** From now to when something is due, at most {@code most}. */
        long nanosToNextDeadline(long nowNanos, long most);

        /** The state in few lines, for the log of a fault. */
        String describe();
    }

    private final EventQueue queue;
    private final LoopClock clock;
    private final LoopThread thread;
    private final Body body;
    private final FaultHandler faultHandler;
    private final LongAdder turns;
    private volatile boolean stopping;
    private volatile @Nullable Throwable fault;

    HomeNetworkLoop(
            EventQueue queue,
            LoopClock clock,
            LoopThread thread,
            Counters counters,
            Body body,
            FaultHandler faultHandler) {
        this.queue = queue;
        this.clock = clock;
        this.thread = thread;
        this.body = body;
        this.faultHandler = faultHandler;
        this.turns = counters.counter("roost_loop_turns_total");
    }

    void start() {
        thread.start(this);
    }

    /** Ends after the turn under way; what still waits is not done. Waits for it, unless called by the loop itself. */
    void stop(Duration patience) {
        stopping = true;
        queue.offerAlways(() -> {});
        thread.awaitEnd(patience);
    }

    /** Why the loop no longer runs, if it ended by a bug. */
    @Nullable
    Throwable fault() {
        return fault;
    }

    boolean isRunning() {
        return !stopping && fault == null;
    }

    @Override
    public boolean hasWork() {
        return !queue.isEmpty();
    }

    @Override
    public long turn() {
        if (!isRunning()) {
            return NEVER;
        }
        try {
            takeTurn();
            return stopping ? NEVER : body.nanosToNextDeadline(clock.nanos(), LONGEST_REST_NANOS);
        } catch (RuntimeException | Error e) {
            fault = e;
            LOG.error("the controller stops because of a bug; state: {}", body.describe(), e);
            faultHandler.onFault(e);
            return NEVER;
        }
    }

    /** One turn on the calling thread, and nothing caught. */
    void takeTurn() {
        body.beginTurn(clock.nanos());
        for (int tasks = 0; tasks < TASKS_PER_TURN; tasks++) {
            Runnable task = queue.pollTask();
            if (task == null) {
                break;
            }
            task.run();
        }
        for (int packets = 0; packets < PACKETS_PER_TURN; ) {
            PacketInBatch batch = queue.pollPackets();
            if (batch == null) {
                break;
            }
            packets += batch.size();
            body.onPacketIns(batch);
        }
        body.endTurn();
        turns.increment();
    }
}
