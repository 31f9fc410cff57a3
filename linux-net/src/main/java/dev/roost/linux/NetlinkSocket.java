package dev.roost.linux;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A socket of rtnetlink in the network namespace of the thread that opens it: sends requests in batches and matches
 * the kernel's answers to them.
 *
 * <p>Requests are sent at most {@value #BATCH} at a time, which keeps the answers within the socket's receive buffer. One refused for
 * want of memory is sent again after a millisecond: the kernel refuses route changes that way while it collects those deleted
 * before. Not safe for use by several threads at once.
 */
final class NetlinkSocket implements AutoCloseable {
    static final int BATCH = 32;

    private static final int NETLINK_ROUTE = 0;
    private static final int ERROR = 2;
    private static final int DONE = 3;
    private static final int MAX_RETRIES = 2000;
    private static final long RETRY_NANOS = 1_000_000;
    private static final int BUFFER_BYTES = 1 << 18;

    private final int socket;
    private final Memory out = new Memory(BATCH * 512);
    private final Memory in = new Memory(BUFFER_BYTES);
    private final ByteBuffer outBytes = out.getByteBuffer(0, out.size()).order(ByteOrder.nativeOrder());
    private final ByteBuffer inBytes = in.getByteBuffer(0, in.size()).order(ByteOrder.nativeOrder());
    private int sequence;

    NetlinkSocket() {
        this(0);
    }

    /** A socket that is also told of changes; {@code groups} has one bit a group. */
    NetlinkSocket(int groups) {
        this.socket = LinuxCalls.openSocket(LinuxCalls.AF_NETLINK, LinuxCalls.SOCK_RAW, NETLINK_ROUTE);
        ByteBuffer address = ByteBuffer.allocate(12).order(ByteOrder.nativeOrder());
        address.putShort((short) LinuxCalls.AF_NETLINK)
                .putShort((short) 0)
                .putInt(0)
                .putInt(groups);
        LinuxCalls.bindTo(socket, address.array());
        LinuxCalls.trySetOption(socket, LinuxCalls.SOL_SOCKET, LinuxCalls.SO_RCVBUFFORCE, 1 << 22);
        LinuxCalls.trySetOption(socket, LinuxCalls.SOL_NETLINK, LinuxCalls.NETLINK_CAP_ACK, 1);
    }

    /** Sends one request; throws what the kernel says against it. */
    void request(String what, NetlinkMessage message) {
        int error = requestAll(List.of(message))[0];
        if (error != 0) {
            throw LinuxCalls.error(what, error);
        }
    }

    /** Sends one request; returns the error number if it is one of {@code tolerated}, 0 if there was none. */
    int request(String what, NetlinkMessage message, int... tolerated) {
        int error = requestAll(List.of(message))[0];
        if (error != 0 && Arrays.stream(tolerated).noneMatch(t -> t == error)) {
            throw LinuxCalls.error(what, error);
        }
        return error;
    }

    /** Sends requests, in order; returns for each the error number, 0 if it was done. All must have been made with {@link NetlinkMessage#ACK}. */
    int[] requestAll(List<NetlinkMessage> messages) {
        int[] errors = new int[messages.size()];
        for (int from = 0; from < errors.length; from += BATCH) {
            int to = Math.min(errors.length, from + BATCH);
            int[] which = new int[to - from];
            for (int i = 0; i < which.length; i++) {
                which[i] = from + i;
            }
            for (int attempt = 0; which.length > 0; attempt++) {
                exchange(messages, which, errors);
                which = Arrays.stream(which)
                        .filter(i -> errors[i] == LinuxCalls.ENOMEM)
                        .toArray();
                if (attempt == MAX_RETRIES) {
                    break;
                }
                if (which.length > 0) {
                    LockSupport.parkNanos(RETRY_NANOS);
                }
            }
        }
        return errors;
    }

    /** Asks for a list; gives {@code consumer} each message of it, positioned behind the netlink header, with its type first. */
    void dump(String what, NetlinkMessage message, Consumer<Entry> consumer) {
        outBytes.clear();
        int mine = ++sequence;
        message.writeTo(outBytes, mine);
        LinuxCalls.sendAll(socket, out, outBytes.position());
        // The consumer must not use this socket meanwhile, so what it is told is gathered first.
        List<Entry> entries = new ArrayList<>();
        while (!readList(what, mine, entries)) {}
        entries.forEach(consumer);
    }

    /** One message of a list: its type, and the bytes behind the netlink header. */
    record Entry(int type, ByteBuffer payload) {}

    int descriptor() {
        return socket;
    }

    @Override
    public void close() {
        LinuxCalls.closeDescriptor(socket);
    }

    private void exchange(List<NetlinkMessage> messages, int[] which, int[] errors) {
        outBytes.clear();
        int first = sequence + 1;
        for (int index : which) {
            messages.get(index).writeTo(outBytes, ++sequence);
        }
        LinuxCalls.sendAll(socket, out, outBytes.position());
        for (int answered = 0; answered < which.length; ) {
            int end = receive();
            for (int at = 0; at + NetlinkMessage.HEADER <= end; at += align(inBytes.getInt(at))) {
                int index = inBytes.getInt(at + 8) - first;
                if (inBytes.getShort(at + 4) == ERROR && index >= 0 && index < which.length) {
                    errors[which[index]] = -inBytes.getInt(at + NetlinkMessage.HEADER);
                    answered++;
                }
            }
        }
    }

    /** Reads one datagram of a list; returns whether the list has ended. */
    private boolean readList(String what, int mine, List<Entry> entries) {
        int end = receive();
        for (int at = 0; at + NetlinkMessage.HEADER <= end; at += align(inBytes.getInt(at))) {
            int type = inBytes.getShort(at + 4);
            if (inBytes.getInt(at + 8) != mine) {
                continue; // a notification, or an answer to an earlier request
            }
            if (type == DONE) {
                return true;
            }
            if (type == ERROR) {
                int error = -inBytes.getInt(at + NetlinkMessage.HEADER);
                if (error != 0) {
                    throw LinuxCalls.error(what, error);
                }
                return true;
            }
            byte[] payload = new byte[inBytes.getInt(at) - NetlinkMessage.HEADER];
            inBytes.get(at + NetlinkMessage.HEADER, payload);
            entries.add(new Entry(type, ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder())));
        }
        return false;
    }

    private int receive() {
        while (true) {
            int length = LinuxCalls.receiveOne(socket, in, BUFFER_BYTES, 0);
            if (length >= 0) {
                return length;
            }
            if (length != -LinuxCalls.EINTR && length != -LinuxCalls.ENOBUFS) {
                throw LinuxCalls.error("reading from rtnetlink", -length);
            }
        }
    }

    private static int align(int length) {
        return Math.max(NetlinkMessage.HEADER, (length + 3) & ~3);
    }
}
