package dev.roost.controller;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Punted packets of one switch in the order they came, handed to the loop in one piece: all frames in one array, so
 * that a packet costs no object.
 *
 * <p>Filled by one thread of the host, then given to {@link SwitchEvents#onPacketIns}, then read by the loop alone.
 */
public final class PacketInBatch {

    private static final int SMALLEST_FRAME_BYTES = 64;

    private final OpenFlowSwitch connection;
    private final long receivedNanos;
    private byte[] bytes;
    private ByteBuffer view;
    private int[] ends;
    private int[] ports;
    private int size;
    private int used;

    /**
     * @param receivedNanos {@link System#nanoTime} when the packets were read
     * @param expectedBytes how much will come, if that is known; more may come
     */
    public PacketInBatch(OpenFlowSwitch connection, long receivedNanos, int expectedBytes) {
        this.connection = connection;
        this.receivedNanos = receivedNanos;
        this.bytes = new byte[Math.max(expectedBytes, SMALLEST_FRAME_BYTES)];
        this.view = ByteBuffer.wrap(bytes);
        int packets = Math.max(1, expectedBytes / SMALLEST_FRAME_BYTES);
        this.ends = new int[packets];
        this.ports = new int[packets];
    }

    /** Makes room for one packet; the caller then writes it into {@link #array()} from the index that is returned. */
    public int reserve(int inPort, int length) {
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, size * 2);
            ports = Arrays.copyOf(ports, size * 2);
        }
        int start = used;
        if (length > bytes.length - used) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(used, length)));
            view = ByteBuffer.wrap(bytes);
        }
        used += length;
        ends[size] = used;
        ports[size] = inPort;
        size++;
        return start;
    }

    /** Adds one packet; the bytes are copied. */
    public void add(int inPort, byte[] frame) {
        int start = reserve(inPort, frame.length);
        System.arraycopy(frame, 0, bytes, start, frame.length);
    }

    /** The array behind all frames. Another one after a {@link #reserve} that had to grow. */
    public byte[] array() {
        return bytes;
    }

    public OpenFlowSwitch connection() {
        return connection;
    }

    public long receivedNanos() {
        return receivedNanos;
    }

    public int size() {
        return size;
    }

    public int inPort(int index) {
        return ports[index];
    }

    public int start(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    public int length(int index) {
        return ends[index] - start(index);
    }

    /** All frames, to be read by absolute index; neither position nor limit means anything. */
    ByteBuffer whole() {
        return view;
    }

    /** One frame from position to limit. */
    ByteBuffer frame(int index) {
        return view.duplicate().position(start(index)).limit(ends[index]);
    }
}
