package dev.roost.controller.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.controller.LoopThread;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedEventLoopTest {

    private static final long LONG = TimeUnit.HOURS.toNanos(1);

    private final EventLoop eventLoop = new DefaultEventLoop();
    private final SharedEventLoop loop = new SharedEventLoop(eventLoop);
    private final AtomicLong rest = new AtomicLong(LONG);
    private final AtomicInteger inside = new AtomicInteger();
    private final BlockingQueue<String> turns = new LinkedBlockingQueue<>();

    private final LoopThread.Turns recorded = new LoopThread.Turns() {
        @Override
        public long turn() {
            // Before the test hears of the turn, since it may then ask for another rest.
            long thisRest = rest.getAndSet(LONG);
            String overlap = inside.incrementAndGet() == 1 ? "" : " inside another";
            turns.add((eventLoop.inEventLoop() ? "turn" : "turn elsewhere") + overlap);
            inside.decrementAndGet();
            return thisRest;
        }

        @Override
        public boolean hasWork() {
            return false;
        }
    };

    @AfterEach
    void stop() {
        eventLoop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void assertTurn() throws InterruptedException {
        assertThat(turns.poll(10, TimeUnit.SECONDS)).isEqualTo("turn");
    }

    /** What was scheduled before has run when this returns. */
    private void assertNoTurn() {
        eventLoop.submit(() -> {}).syncUninterruptibly();
        assertThat(turns).isEmpty();
    }

    @Test
    void takesATurnAtStartAndAtEachWake() throws Exception {
        loop.start(recorded);
        assertTurn();
        assertNoTurn();

        loop.wake();

        assertTurn();
        assertNoTurn();
    }

    @Test
    void takesOneTurnForManyWakes() throws Exception {
        loop.start(recorded);
        assertTurn();

        eventLoop
                .submit(() -> {
                    loop.wake();
                    loop.wake();
                    loop.wake();
                })
                .syncUninterruptibly();

        assertTurn();
        assertNoTurn();
    }

    @Test
    void takesATurnWhenOneIsDue() throws Exception {
        rest.set(TimeUnit.MILLISECONDS.toNanos(20));

        loop.start(recorded);

        assertTurn();
        assertTurn();
        assertNoTurn();
    }

    @Test
    void takesATurnSoonerWhenThatIsAskedFor() throws Exception {
        loop.start(recorded);
        assertTurn();
        rest.set(TimeUnit.MILLISECONDS.toNanos(20));
        loop.wake();

        assertTurn();
        assertTurn();
    }

    @Test
    void endsWhenThereAreNoMoreTurns() throws Exception {
        loop.start(recorded);
        assertTurn();
        rest.set(-1);

        loop.wake();
        loop.awaitEnd(Duration.ofSeconds(10));

        assertTurn();
        loop.wake();
        assertNoTurn();
    }

    @Test
    void survivesAWakeAfterTheServerHasGone() {
        loop.start(recorded);
        stop();

        loop.wake();

        assertThat(eventLoop.isTerminated()).isTrue();
    }
}
