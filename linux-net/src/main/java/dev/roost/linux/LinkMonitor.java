package dev.roost.linux;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Tells of interfaces of the network namespace of the thread that opens it: appeared, changed (up, down, carrier), gone. Used by
 * one thread; {@link #wakeUp} may be called by any.
 */
public final class LinkMonitor implements AutoCloseable {
    /** {@code present} is false for an interface that is gone. */
    public record Change(NetworkLink link, boolean present) {}

    private static final int GROUP_LINK = 1;
    private static final int BUFFER_BYTES = 1 << 16;

    private final NetlinkSocket netlink = new NetlinkSocket(GROUP_LINK);
    private final int wakeUp = LinuxCalls.openEvent();
    private final Memory buffer = new Memory(BUFFER_BYTES);
    private final Memory polled = new Memory(16);

    private LinkMonitor() {}

    public static LinkMonitor open() {
        return new LinkMonitor();
    }

    /** Waits for changes, {@link #wakeUp} or the end of {@code timeout}; hands over the changes there are. */
    public void await(Consumer<Change> consumer, Duration timeout) {
        polled.clear();
        polled.setInt(0, netlink.descriptor());
        polled.setShort(4, LinuxCalls.POLLIN);
        polled.setInt(8, wakeUp);
        polled.setShort(12, LinuxCalls.POLLIN);
        LinuxCalls.pollFor(polled, 2, (int) Math.min(Integer.MAX_VALUE, Math.max(0, timeout.toMillis())));
        if (polled.getShort(14) != 0) {
            LinuxCalls.clearEvent(wakeUp);
        }
        int length;
        while ((length = LinuxCalls.receiveOne(netlink.descriptor(), buffer, BUFFER_BYTES, LinuxCalls.MSG_DONTWAIT))
                > 0) {
            read(buffer.getByteBuffer(0, length).order(ByteOrder.nativeOrder()), consumer);
        }
    }

    public void wakeUp() {
        LinuxCalls.signalEvent(wakeUp);
    }

    @Override
    public void close() {
        netlink.close();
        LinuxCalls.closeDescriptor(wakeUp);
    }

    private static void read(ByteBuffer in, Consumer<Change> consumer) {
        for (int at = 0; at + NetlinkMessage.HEADER <= in.limit(); ) {
            int length = in.getInt(at);
            int type = in.getShort(at + 4);
            if (length < NetlinkMessage.HEADER || at + length > in.limit()) {
                return;
            }
            if (type == NetworkLink.RTM_NEWLINK || type == NetworkLink.RTM_DELLINK) {
                ByteBuffer payload = in.slice(at + NetlinkMessage.HEADER, length - NetlinkMessage.HEADER)
                        .order(ByteOrder.nativeOrder());
                consumer.accept(new Change(NetworkLink.read(payload), type == NetworkLink.RTM_NEWLINK));
            }
            at += (length + 3) & ~3;
        }
    }
}
