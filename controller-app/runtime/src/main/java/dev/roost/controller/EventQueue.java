package dev.roost.controller;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Where all other threads leave work for the loop. Many put in, one takes out, nobody waits to put in. Tasks come first, in
 * their order, then the packets of the switches in turn, each switch's in theirs: a packet waits for no flood but its own
 * switch's.
 *
 * <p>Bounded by packets, not by batches: a packet too many is dropped and counted, and whoever sent it asks again. Each
 * connected switch may fill an equal share of the room and no more, so that a flood at one does not silence the others.
 * Tasks are few (a port went down, somebody looks at the dashboard) and have a limit of their own, so that a flood of
 * packets never loses the news that a port went down.
 */
final class EventQueue {

    private final LoopThread consumer;
    private final int packetLimit;
    private final int taskLimit;
    private final Counters counters;
    private final LongAdder packetsOfGoneSwitches;
    private final LongAdder tasksRefused;

    private final Queue<Runnable> waitingTasks = new ConcurrentLinkedQueue<>();
    /** Those that have packets waiting, each once. */
    private final Queue<Share> ready = new ConcurrentLinkedQueue<>();

    private final Map<OpenFlowSwitch, Share> shares = new ConcurrentHashMap<>();
    private final AtomicInteger packets = new AtomicInteger();
    private final AtomicInteger tasks = new AtomicInteger();

    /** What one connection has waiting. */
    static final class Share {

        private final Queue<PacketInBatch> batches = new ConcurrentLinkedQueue<>();
        private final AtomicInteger batchCount = new AtomicInteger();
        private final AtomicInteger packets = new AtomicInteger();
        private final LongAdder dropped;

        private Share(LongAdder dropped) {
            this.dropped = dropped;
        }
    }

    EventQueue(LoopThread consumer, int packetLimit, int taskLimit, Counters counters) {
        this.consumer = consumer;
        this.packetLimit = packetLimit;
        this.taskLimit = taskLimit;
        this.counters = counters;
        this.packetsOfGoneSwitches = counters.counter("roost_packets_dropped_total", "reason", "switch-gone");
        this.tasksRefused = counters.counter("roost_tasks_refused_total");
    }

    /** Gives a connection its share; to be called before its first packets. */
    void admit(OpenFlowSwitch connection) {
        shares.put(
                connection,
                new Share(counters.counter(
                        "roost_packets_dropped_total",
                        "reason",
                        "queue-full",
                        "switch",
                        connection.id().toString())));
    }

    /** The connection is gone: its share is the others', once what waits of it has been taken. */
    void dismiss(OpenFlowSwitch connection) {
        shares.remove(connection);
    }

    boolean offer(PacketInBatch batch) {
        Share share = shares.get(batch.connection());
        int size = batch.size();
        if (share == null) {
            packetsOfGoneSwitches.add(size);
            return false;
        }
        int most = packetLimit / Math.max(1, shares.size());
        if (share.packets.addAndGet(size) > most) {
            share.packets.addAndGet(-size);
            share.dropped.add(size);
            return false;
        }
        if (packets.addAndGet(size) > packetLimit) {
            // Another switch has more waiting than its share allows since this one came; that is over in a moment.
            packets.addAndGet(-size);
            share.packets.addAndGet(-size);
            share.dropped.add(size);
            return false;
        }
        share.batches.add(batch);
        if (share.batchCount.getAndIncrement() == 0) {
            ready.add(share);
        }
        consumer.wake();
        return true;
    }

    boolean offer(Runnable task) {
        if (tasks.incrementAndGet() > taskLimit) {
            tasks.decrementAndGet();
            tasksRefused.increment();
            return false;
        }
        add(task);
        return true;
    }

    /** For the news that undoes others, of which there is one at most for each that was accepted. */
    void offerAlways(Runnable task) {
        tasks.incrementAndGet();
        add(task);
    }

    private void add(Runnable task) {
        waitingTasks.add(task);
        consumer.wake();
    }

    /** The next task, or null when there is none; for the loop only. */
    @Nullable
    Runnable pollTask() {
        Runnable task = waitingTasks.poll();
        if (task != null) {
            tasks.decrementAndGet();
        }
        return task;
    }

    /** The next packets, of the switch whose turn it is, or null when there are none; for the loop only. */
    @Nullable
    PacketInBatch pollPackets() {
        Share share = ready.poll();
        return share == null ? null : take(share);
    }

    private @Nullable PacketInBatch take(Share share) {
        PacketInBatch batch = share.batches.poll();
        if (share.batchCount.decrementAndGet() > 0) {
            ready.add(share);
        }
        if (batch != null) {
            packets.addAndGet(-batch.size());
            share.packets.addAndGet(-batch.size());
        }
        return batch;
    }

    /** Packets that wait. */
    int depth() {
        return packets.get();
    }

    boolean isEmpty() {
        return waitingTasks.isEmpty() && ready.isEmpty();
    }
}
