package dev.roost.floodlight;

import dev.roost.controller.PacketOutFormat;
import dev.roost.controller.PacketOutSink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFMessage;

/**
 * The packet-outs of a turn, which leave by one write: Floodlight takes as long for a write of one message as for one of hundreds.
 * Belongs to the controller's loop.
 *
 * <p>While the switch has not read for {@link #PATIENCE_NANOS}, packets are dropped and counted. A channel that is full for a moment is
 * no reason: Floodlight's is while it writes a batch.
 */
final class PacketOutList implements PacketOutSink {

    static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final OFFactory factory;
    private final BooleanSupplier writable;
    private final Consumer<List<OFMessage>> write;
    private final LongAdder sent;
    private final LongAdder dropped;
    private List<OFMessage> pending = new ArrayList<>();
    private boolean blocked;
    private long blockedSinceNanos;

    PacketOutList(
            OFFactory factory,
            BooleanSupplier writable,
            Consumer<List<OFMessage>> write,
            LongAdder sent,
            LongAdder dropped) {
        this.factory = factory;
        this.writable = writable;
        this.write = write;
        this.sent = sent;
        this.dropped = dropped;
    }

    @Override
    public void add(int inPort, int outPort, byte[] frame, int offset, int length) {
        if (length > PacketOutFormat.MAX_FRAME_LENGTH || (pending.isEmpty() && isStuck())) {
            dropped.increment();
            return;
        }
        pending.add(new FramePacketOut(factory, inPort, outPort, Arrays.copyOfRange(frame, offset, offset + length)));
    }

    /** Asked once a turn. */
    private boolean isStuck() {
        if (writable.getAsBoolean()) {
            blocked = false;
            return false;
        }
        long now = System.nanoTime();
        if (!blocked) {
            blocked = true;
            blockedSinceNanos = now;
        }
        return now - blockedSinceNanos > PATIENCE_NANOS;
    }

    /** Floodlight keeps the list until its channel has written it. */
    @Override
    public void flush() {
        if (pending.isEmpty()) {
            return;
        }
        List<OFMessage> messages = pending;
        pending = new ArrayList<>(messages.size());
        sent.add(messages.size());
        write.accept(messages);
    }
}
