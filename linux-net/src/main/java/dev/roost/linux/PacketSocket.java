package dev.roost.linux;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/**
 * Whole Ethernet frames carrying IPv6, straight from and to an interface: a packet socket of the network namespace of
 * the thread that opens it.
 *
 * <p>It sees frames before netfilter and before the kernel's IPv6, so also those that the kernel then drops; those that this
 * host sends itself it does not see. Frames come and go in batches. One thread calls {@link #receive}; one at a time, which may be
 * another, calls {@link #queue} and {@link #flush}; {@link #wakeUp} may be called by any.
 */
public final class PacketSocket implements AutoCloseable {
    /** What to do with each frame; the buffer, in network byte order, is valid until the call returns. */
    @FunctionalInterface
    public interface FrameConsumer {
        void accept(int interfaceIndex, ByteBuffer frame);
    }

    /**
     * Since the socket was opened.
     *
     * @param received frames the filter let through
     * @param droppedByKernel of those, lost because this process did not read them in time
     * @param sent frames handed to the interface
     * @param notSent frames the interface did not take
     */
    public record Statistics(long received, long droppedByKernel, long sent, long notSent) {}

    /** The longest frame: an interface with jumbo frames. */
    public static final int MAX_FRAME_BYTES = 9216;

    private static final int BATCH = 64;
    private static final int ETHERTYPE_IPV6 = 0x86dd;
    private static final int RECEIVE_BUFFER_BYTES = 16 << 20;
    private static final int PACKET_MR_PROMISC = 1;
    private static final int PACKET_MR_ALLMULTI = 2;
    private static final int SOCKADDR_LL_INTERFACE = 4;

    private static final int NONE = -1; // which poll(2) passes over

    private final int socket;
    private final int interfaceIndex;
    private final int wakeUp;
    private final MessageBatch in = new MessageBatch(BATCH, MAX_FRAME_BYTES, MessageBatch.LINK_LAYER_ADDRESS_BYTES);
    private final MessageBatch out = new MessageBatch(BATCH, MAX_FRAME_BYTES, MessageBatch.LINK_LAYER_ADDRESS_BYTES);
    private final Memory polled = new Memory(24);
    private int alsoAwaited = NONE;
    private int queued;
    private long received;
    private long droppedByKernel;
    private long sent;
    private long notSent;

    private PacketSocket(int socket, int interfaceIndex, int wakeUp) {
        this.socket = socket;
        this.interfaceIndex = interfaceIndex;
        this.wakeUp = wakeUp;
    }

    /** Frames of one interface, by index, that pass {@code filter}. */
    public static PacketSocket open(int interfaceIndex, PacketFilter filter) {
        int socket;
        try {
            // Protocol 0: nothing comes in before the filter is in place.
            socket = LinuxCalls.openSocket(LinuxCalls.AF_PACKET, LinuxCalls.SOCK_RAW, 0);
        } catch (LinuxException e) {
            throw new LinuxException("packet socket", e.getMessage() + "; is this root?", e);
        }
        boolean done = false;
        try {
            LinuxCalls.attachFilter(socket, filter.compile());
            LinuxCalls.trySetOption(socket, LinuxCalls.SOL_SOCKET, LinuxCalls.SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES);
            LinuxCalls.trySetOption(socket, LinuxCalls.SOL_PACKET, LinuxCalls.PACKET_IGNORE_OUTGOING, 1);
            ByteBuffer address = ByteBuffer.allocate(20).order(ByteOrder.nativeOrder());
            address.putShort((short) LinuxCalls.AF_PACKET);
            address.putShort(Short.reverseBytes((short) ETHERTYPE_IPV6)).putInt(interfaceIndex);
            LinuxCalls.bindTo(socket, address.array());
            PacketSocket opened = new PacketSocket(socket, interfaceIndex, LinuxCalls.openEvent());
            done = true;
            return opened;
        } finally {
            if (!done) {
                LinuxCalls.closeDescriptor(socket);
            }
        }
    }

    /**
     * Lets fewer frames wait to be received than there is room for otherwise: about {@code bytes} / 512 short ones. For a receiver
     * whose senders repeat what is not answered in time, so that under overload it answers a part in time and not all too late.
     */
    public void limitQueue(int bytes) {
        LinuxCalls.trySetOption(socket, LinuxCalls.SOL_SOCKET, LinuxCalls.SO_RCVBUFFORCE, bytes);
    }

    /** Also frames to link-layer addresses that are not this interface's. Ends when the socket is closed. */
    public void allFrames() {
        addMembership(PACKET_MR_PROMISC);
    }

    /** Also frames to all multicast link-layer addresses. Ends when the socket is closed. */
    public void allMulticastFrames() {
        addMembership(PACKET_MR_ALLMULTI);
    }

    /** Lets {@link #receive} return when there is something to be read from {@code other}, too, whether there are frames or not. */
    public void alsoAwait(UdpSocket other) {
        alsoAwaited = other.descriptor();
    }

    /**
     * Waits until there are frames, {@link #wakeUp} was called or {@code timeout} is over, then hands over the frames that are there, at most
     * {@value #BATCH}. Returns how many there were; when it is {@value #BATCH}, there are probably more.
     */
    public int receive(FrameConsumer consumer, Duration timeout) {
        int count = LinuxCalls.receiveMany(socket, in.headers(), BATCH, LinuxCalls.MSG_DONTWAIT);
        if (count == -LinuxCalls.EAGAIN && !timeout.isZero()) {
            await(timeout);
            in.prepareAll();
            count = LinuxCalls.receiveMany(socket, in.headers(), BATCH, LinuxCalls.MSG_DONTWAIT);
        }
        if (count < 0) {
            if (count == -LinuxCalls.EAGAIN || count == -LinuxCalls.EINTR || count == -LinuxCalls.ENETDOWN) {
                return 0; // ENETDOWN: the interface went down; it may come up again
            }
            throw LinuxCalls.error("reading from a packet socket", -count);
        }
        for (int i = 0; i < count; i++) {
            consumer.accept(in.address(i).getInt(SOCKADDR_LL_INTERFACE), in.received(i));
        }
        in.prepareAll();
        return count;
    }

    /** Makes a {@link #receive} that waits, or the next one, return. */
    public void wakeUp() {
        LinuxCalls.signalEvent(wakeUp);
    }

    /** Copies a whole frame, from position to limit, to be sent by {@link #flush} or when a batch is full. */
    public void queue(ByteBuffer frame) {
        queue(interfaceIndex, frame);
    }

    /** The same by another interface. */
    public void queue(int throughInterface, ByteBuffer frame) {
        if (frame.remaining() > MAX_FRAME_BYTES) {
            throw new IllegalArgumentException("frame of " + frame.remaining() + " bytes");
        }
        ByteBuffer address = out.address(queued);
        address.putShort(0, (short) LinuxCalls.AF_PACKET);
        address.putShort(2, Short.reverseBytes((short) ETHERTYPE_IPV6));
        address.putInt(SOCKADDR_LL_INTERFACE, throughInterface);
        out.fill(queued, frame);
        if (++queued == BATCH) {
            flush();
        }
    }

    /** Sends what is queued. A frame that the interface does not take (down, gone, full, frame too long) is counted and passed over. */
    public void flush() {
        for (int from = 0; from < queued; ) {
            int count = LinuxCalls.sendMany(socket, out.headers(from), queued - from, 0);
            if (count > 0) {
                sent += count;
                from += count;
            } else if (count != -LinuxCalls.EINTR) {
                notSent++;
                from++;
            }
        }
        queued = 0;
    }

    /** Sends one frame at once, behind what is queued. */
    public void send(ByteBuffer frame) {
        queue(frame);
        flush();
    }

    /** Called by the thread that receives. */
    public Statistics statistics() {
        int[] sinceLastAsked = LinuxCalls.intsOption(socket, LinuxCalls.SOL_PACKET, LinuxCalls.PACKET_STATISTICS, 2);
        received += sinceLastAsked[0];
        droppedByKernel += sinceLastAsked[1];
        return new Statistics(received, droppedByKernel, sent, notSent);
    }

    @Override
    public void close() {
        LinuxCalls.closeDescriptor(socket);
        LinuxCalls.closeDescriptor(wakeUp);
    }

    private void await(Duration timeout) {
        polled.setInt(0, socket);
        polled.setShort(4, LinuxCalls.POLLIN);
        polled.setInt(8, wakeUp);
        polled.setShort(12, LinuxCalls.POLLIN);
        polled.setInt(16, alsoAwaited);
        polled.setShort(20, LinuxCalls.POLLIN);
        polled.setShort(6, (short) 0);
        polled.setShort(14, (short) 0);
        polled.setShort(22, (short) 0);
        long millis = Math.min(
                Integer.MAX_VALUE, Math.max(1, timeout.plusNanos(999_999).toMillis()));
        LinuxCalls.pollFor(polled, 3, (int) millis);
        if (polled.getShort(14) != 0) {
            LinuxCalls.clearEvent(wakeUp);
        }
    }

    private void addMembership(int type) {
        ByteBuffer request = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
        request.putInt(interfaceIndex).putShort((short) type).putShort((short) 0);
        LinuxCalls.setOption(socket, LinuxCalls.SOL_PACKET, LinuxCalls.PACKET_ADD_MEMBERSHIP, request.array());
    }
}
