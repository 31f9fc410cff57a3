package dev.roost.controller;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Makes batches where a host hands packets over one by one: what comes while the loop is busy with others goes into one
 * batch, which the loop takes when it gets there. So batches grow with the load, and a lone packet does not wait.
 *
 * <p>One for each connection. Any thread adds, the loop takes. Bounded: a packet too many is dropped and counted, and
 * whoever sent it asks again.
 */
public final class PacketInGatherer {

    private static final int EXPECTED_BYTES = 4096;

    private final OpenFlowSwitch connection;
    private final SwitchEvents events;
    private final int limit;
    private final LongAdder dropped;
    private @Nullable PacketInBatch open;

    /** @param limit packets that may wait */
    public PacketInGatherer(OpenFlowSwitch connection, SwitchEvents events, int limit, Counters counters) {
        this.connection = connection;
        this.events = events;
        this.limit = limit;
        this.dropped = counters.counter(
                "roost_packets_dropped_total",
                "reason",
                "queue-full",
                "switch",
                connection.id().toString());
    }

    /** Adds one packet; the bytes are copied. */
    public void add(int inPort, byte[] frame) {
        if (put(inPort, frame) && !events.onPacketInsGathered(this)) {
            take().ifPresent(batch -> dropped.add(batch.size()));
        }
    }

    /** Whether it is the first, so that the loop has to be told. */
    private synchronized boolean put(int inPort, byte[] frame) {
        PacketInBatch batch = open;
        boolean first = batch == null;
        if (batch == null) {
            batch = new PacketInBatch(connection, System.nanoTime(), EXPECTED_BYTES);
            open = batch;
        }
        if (batch.size() < limit) {
            batch.add(inPort, frame);
        } else {
            dropped.increment();
        }
        return first;
    }

    /** All that has been gathered; the next packet begins a new batch. */
    synchronized Optional<PacketInBatch> take() {
        Optional<PacketInBatch> taken = Optional.ofNullable(open);
        open = null;
        return taken;
    }
}
