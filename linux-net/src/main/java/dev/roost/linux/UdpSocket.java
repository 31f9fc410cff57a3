package dev.roost.linux;

import dev.roost.mobileip.Ipv6Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A UDP socket of the network namespace of the thread that opens it, for many small datagrams to and from many: they come and go in
 * batches, and all of them go to one port. One thread uses it.
 */
public final class UdpSocket implements AutoCloseable {
    /** What to do with each datagram; the buffer, in network byte order, is valid until the call returns. */
    @FunctionalInterface
    public interface DatagramConsumer {
        void accept(Ipv6Address source, ByteBuffer datagram);
    }

    /**
     * Since the socket was opened.
     *
     * @param droppedByKernel lost because this process did not read them in time
     * @param notSent datagrams the kernel did not take
     */
    public record Statistics(long received, long droppedByKernel, long sent, long notSent) {}

    /** Longer ones arrive cut off; none is longer that must not be fragmented. */
    public static final int MAX_DATAGRAM_BYTES = 1500;

    /** How many {@link #receive} hands over at most. */
    public static final int BATCH = 64;

    private static final int RECEIVE_BUFFER_BYTES = 8 << 20;
    private static final int MEMINFO_DROPS = 8;
    private static final int MEMINFO_VALUES = 9;
    // struct sockaddr_in6
    private static final int PORT = 2;
    private static final int ADDRESS = 8;

    private final int socket;
    private final int port;
    private final MessageBatch in = new MessageBatch(BATCH, MAX_DATAGRAM_BYTES, MessageBatch.INTERNET_ADDRESS_BYTES);
    private final MessageBatch out = new MessageBatch(BATCH, MAX_DATAGRAM_BYTES, MessageBatch.INTERNET_ADDRESS_BYTES);
    private int queued;
    private long received;
    private long sent;
    private long notSent;

    private UdpSocket(int socket, int port) {
        this.socket = socket;
        this.port = port;
    }

    /**
     * Opens one.
     *
     * @param address of this host; source of all that is sent
     * @param port of this end and of all others
     */
    public static UdpSocket open(Ipv6Address address, int port) {
        int socket = LinuxCalls.openSocket(LinuxCalls.AF_INET6, LinuxCalls.SOCK_DGRAM, 0);
        boolean done = false;
        try {
            LinuxCalls.trySetOption(socket, LinuxCalls.SOL_SOCKET, LinuxCalls.SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES);
            byte[] name = new byte[MessageBatch.INTERNET_ADDRESS_BYTES];
            writeAddress(ByteBuffer.wrap(name).order(ByteOrder.nativeOrder()), address, port);
            try {
                LinuxCalls.bindTo(socket, name);
            } catch (LinuxException e) {
                throw new LinuxException("UDP port " + port + " of " + address, String.valueOf(e.getMessage()), e);
            }
            done = true;
            return new UdpSocket(socket, port);
        } finally {
            if (!done) {
                LinuxCalls.closeDescriptor(socket);
            }
        }
    }

    /** Hands over the datagrams that are there, at most {@value #BATCH}, without waiting. Returns how many there were. */
    public int receive(DatagramConsumer consumer) {
        int count = LinuxCalls.receiveMany(socket, in.headers(), BATCH, LinuxCalls.MSG_DONTWAIT);
        if (count < 0) {
            if (count == -LinuxCalls.EAGAIN || count == -LinuxCalls.EINTR || count == -LinuxCalls.ENETDOWN) {
                return 0;
            }
            throw LinuxCalls.error("reading from a UDP socket", -count);
        }
        for (int i = 0; i < count; i++) {
            ByteBuffer name = in.address(i).duplicate().position(ADDRESS).order(ByteOrder.BIG_ENDIAN);
            consumer.accept(Ipv6Address.fromBytes(name), in.received(i));
        }
        received += count;
        in.prepareAll();
        return count;
    }

    /** Copies a datagram, from position to limit, to be sent by {@link #flush} or when a batch is full. */
    public void queue(Ipv6Address destination, ByteBuffer datagram) {
        if (datagram.remaining() > MAX_DATAGRAM_BYTES) {
            throw new IllegalArgumentException("datagram of " + datagram.remaining() + " bytes");
        }
        writeAddress(out.address(queued), destination, port);
        out.fill(queued, datagram);
        if (++queued == BATCH) {
            flush();
        }
    }

    /** Sends what is queued. A datagram that the kernel does not take (no route, no room) is counted and passed over. */
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

    public Statistics statistics() {
        int dropped = LinuxCalls.intsOption(socket, LinuxCalls.SOL_SOCKET, LinuxCalls.SO_MEMINFO, MEMINFO_VALUES)[
                MEMINFO_DROPS];
        return new Statistics(received, Integer.toUnsignedLong(dropped), sent, notSent);
    }

    int descriptor() {
        return socket;
    }

    @Override
    public void close() {
        LinuxCalls.closeDescriptor(socket);
    }

    private static void writeAddress(ByteBuffer name, Ipv6Address address, int port) {
        name.putShort(0, (short) LinuxCalls.AF_INET6);
        name.put(PORT, (byte) (port >>> 8)).put(PORT + 1, (byte) port);
        name.position(ADDRESS);
        address.writeTo(name.duplicate().order(ByteOrder.BIG_ENDIAN).position(ADDRESS));
        name.position(0);
    }
}
