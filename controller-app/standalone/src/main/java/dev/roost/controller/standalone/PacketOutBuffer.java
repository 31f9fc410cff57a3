package dev.roost.controller.standalone;

import dev.roost.controller.PacketOutFormat;
import dev.roost.controller.PacketOutSink;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Writes packet-outs as bytes into one buffer a turn, so that an answer costs neither an object nor a system call of its
 * own. Belongs to the controller's loop; the full buffer goes to the channel's event loop as one task.
 *
 * <p>While more than the outbound limit waits for the switch, packets are dropped and counted.
 */
final class PacketOutBuffer implements PacketOutSink {

    private static final int INITIAL_BYTES = 16 << 10;
    private static final int CHUNK_BYTES = 256 << 10;

    private final Channel channel;
    private final LongAdder sent;
    private final LongAdder dropped;
    private @Nullable ByteBuf pending;
    private int pendingPackets;

    PacketOutBuffer(Channel channel, LongAdder sent, LongAdder dropped) {
        this.channel = channel;
        this.sent = sent;
        this.dropped = dropped;
    }

    @Override
    public void add(int inPort, int outPort, byte[] frame, int offset, int length) {
        if (!channel.isWritable() || length > PacketOutFormat.MAX_FRAME_LENGTH) {
            dropped.increment();
            return;
        }
        ByteBuf out = pending;
        if (out == null) {
            out = channel.alloc().buffer(INITIAL_BYTES);
            pending = out;
        }
        PacketOutFormat.write(out, inPort, outPort, frame, offset, length);
        pendingPackets++;
        if (out.readableBytes() >= CHUNK_BYTES) {
            flush();
        }
    }

    @Override
    public void flush() {
        ByteBuf out = pending;
        if (out == null) {
            return;
        }
        pending = null;
        sent.add(pendingPackets);
        pendingPackets = 0;
        ChannelFuture unused = channel.writeAndFlush(out, channel.voidPromise());
    }
}
