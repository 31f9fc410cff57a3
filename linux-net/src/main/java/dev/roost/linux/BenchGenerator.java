package dev.roost.linux;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Sends the same frames round and round by one interface, as fast as the kernel takes them, on the calling thread: all
 * that the kernel does with a frame, up to its arrival in the sink's namespace, it does on this thread's processor before the call
 * returns.
 */
final class BenchGenerator implements AutoCloseable {
    private static final int BATCH = 64;
    private static final long CHECK_CLOCK_EVERY = 4;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final int socket;
    private final MessageBatch frames;
    private final int count;

    /**
     * @param sent frames sent
     * @param processorNanos processor time of this thread, which leaves out what others on the machine take
     */
    record Burst(long sent, long processorNanos) {}

    BenchGenerator(int interfaceIndex, List<byte[]> contents) {
        this.count = contents.size();
        this.frames = new MessageBatch(
                count,
                contents.stream().mapToInt(f -> f.length).max().orElseThrow(),
                MessageBatch.LINK_LAYER_ADDRESS_BYTES);
        this.socket = LinuxCalls.openSocket(LinuxCalls.AF_PACKET, LinuxCalls.SOCK_RAW, 0);
        LinuxCalls.setOption(socket, LinuxCalls.SOL_PACKET, LinuxCalls.PACKET_QDISC_BYPASS, 1);
        for (int i = 0; i < count; i++) {
            ByteBuffer address = frames.address(i);
            address.putShort(0, (short) LinuxCalls.AF_PACKET).putInt(4, interfaceIndex);
            frames.fill(i, ByteBuffer.wrap(contents.get(i)).order(ByteOrder.BIG_ENDIAN));
        }
    }

    Burst run(long wallNanos) {
        long sent = 0;
        int at = 0;
        long processorStart = threads.getCurrentThreadCpuTime();
        long end = System.nanoTime() + wallNanos;
        for (long turn = 0; turn % CHECK_CLOCK_EVERY != 0 || System.nanoTime() < end; turn++) {
            int taken = LinuxCalls.sendMany(socket, frames.headers(at), Math.min(BATCH, count - at), 0);
            if (taken < 0) {
                throw LinuxCalls.error("sending", -taken);
            }
            sent += taken;
            at = (at + taken) % count;
        }
        return new Burst(sent, threads.getCurrentThreadCpuTime() - processorStart);
    }

    @Override
    public void close() {
        LinuxCalls.closeDescriptor(socket);
    }
}
