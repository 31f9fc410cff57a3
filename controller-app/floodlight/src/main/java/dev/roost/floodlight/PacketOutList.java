package dev.roost.floodlight;

import dev.roost.controller.PacketOutSink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.action.OFAction;
import org.projectfloodlight.openflow.types.OFBufferId;
import org.projectfloodlight.openflow.types.OFPort;

/**
 * The packet-outs of a turn, which leave by one write: Floodlight takes as long for a write of one message as for one of hundreds.
 * Belongs to the controller's loop.
 *
 * <p>While the switch has not read for {@link #PATIENCE_NANOS}, packets are dropped and counted. A channel that is full for a moment is
 * no reason: Floodlight's is while it writes a batch.
 */
final class PacketOutList implements PacketOutSink {

    /** Errors about packet-outs come back with it; no other message uses it. */
    static final long XID = 0xffff_ff0fL;

    static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** A message's length has 16 bits, and a packet-out has 40 octets before the frame. */
    private static final int MAX_FRAME_LENGTH = 0xffff - 40;

    private static final int MOST_REMEMBERED_PORTS = 1024;

    private final OFFactory factory;
    private final BooleanSupplier writable;
    private final Consumer<List<OFMessage>> write;
    private final LongAdder sent;
    private final LongAdder dropped;
    private final Map<Integer, List<OFAction>> outputs = new HashMap<>();
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
        if (length > MAX_FRAME_LENGTH || isStuck()) {
            dropped.increment();
            return;
        }
        pending.add(factory.buildPacketOut()
                .setXid(XID)
                .setBufferId(OFBufferId.NO_BUFFER)
                .setInPort(OFPort.of(inPort))
                .setActions(output(outPort))
                .setData(Arrays.copyOfRange(frame, offset, offset + length))
                .build());
    }

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

    private List<OFAction> output(int port) {
        if (outputs.size() >= MOST_REMEMBERED_PORTS) {
            outputs.clear();
        }
        return outputs.computeIfAbsent(
                port,
                number -> List.of(factory.actions()
                        .buildOutput()
                        .setPort(OFPort.of(number))
                        .setMaxLen(0)
                        .build()));
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
