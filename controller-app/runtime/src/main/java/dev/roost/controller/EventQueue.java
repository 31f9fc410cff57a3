package dev.roost.controller;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Where all other threads leave work for the loop, in one order. Many put in, one takes out, nobody waits to put in.
 *
 * <p>Bounded by packets, not by batches: a packet too many is dropped and counted, and whoever sent it asks again. Tasks
 * are few (a port went down, somebody looks at the dashboard) and have a limit of their own, so that a flood of packets
 * never loses the news that a port went down.
 */
final class EventQueue {

    private final LoopThread consumer;
    private final int packetLimit;
    private final int taskLimit;
    private final LongAdder packetsDropped;
    private final LongAdder tasksRefused;

    private final Queue<LoopEvent> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger packets = new AtomicInteger();
    private final AtomicInteger tasks = new AtomicInteger();

    EventQueue(LoopThread consumer, int packetLimit, int taskLimit, Counters counters) {
        this.consumer = consumer;
        this.packetLimit = packetLimit;
        this.taskLimit = taskLimit;
        this.packetsDropped = counters.counter("roost_packets_dropped_total", "reason", "queue-full");
        this.tasksRefused = counters.counter("roost_tasks_refused_total");
    }

    boolean offer(PacketInBatch batch) {
        int size = batch.size();
        if (packets.addAndGet(size) > packetLimit) {
            packets.addAndGet(-size);
            packetsDropped.add(size);
            return false;
        }
        add(batch);
        return true;
    }

    boolean offer(Runnable task) {
        if (tasks.incrementAndGet() > taskLimit) {
            tasks.decrementAndGet();
            tasksRefused.increment();
            return false;
        }
        add(new LoopEvent.Task(task));
        return true;
    }

    /** For the news that undoes others, of which there is one at most for each that was accepted. */
    void offerAlways(Runnable task) {
        tasks.incrementAndGet();
        add(new LoopEvent.Task(task));
    }

    private void add(LoopEvent event) {
        events.add(event);
        consumer.wake();
    }

    /** The next event, or null when there is none; for the loop only. */
    @Nullable
    LoopEvent poll() {
        LoopEvent event = events.poll();
        if (event instanceof PacketInBatch batch) {
            packets.addAndGet(-batch.size());
        } else if (event != null) {
            tasks.decrementAndGet();
        }
        return event;
    }

    /** Packets that wait. */
    int depth() {
        return packets.get();
    }

    boolean isEmpty() {
        return events.isEmpty();
    }
}
