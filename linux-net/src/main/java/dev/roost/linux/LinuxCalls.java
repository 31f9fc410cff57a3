package dev.roost.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Every native call of this module, and the numbers that go with them: a thin layer over the C library through JNA's
 * direct mapping. It knows no packet, route or tunnel; what a call means is its caller's business.
 *
 * <p>A call that fails throws {@link LinuxException} with the C library's error number, but for those that a caller
 * polls ({@link #receiveMany}, {@link #sendMany}, {@link #poll}), which return the negated number. All calls may be made from any thread; those
 * that concern "this thread" (namespaces, processor affinity) say so.
 */
final class LinuxCalls {
    static final int AF_INET6 = 10;
    static final int AF_NETLINK = 16;
    static final int AF_PACKET = 17;
    static final int SOCK_RAW = 3;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int SOCK_NONBLOCK = 0x800;

    static final int SOL_SOCKET = 1;
    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_ATTACH_FILTER = 26;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;
    static final int SO_MEMINFO = 55;
    static final int SOL_NETLINK = 270;
    static final int NETLINK_ADD_MEMBERSHIP = 1;
    static final int NETLINK_CAP_ACK = 10;
    static final int NETLINK_EXT_ACK = 11;
    static final int SOL_PACKET = 263;
    static final int PACKET_ADD_MEMBERSHIP = 1;
    static final int PACKET_STATISTICS = 6;
    static final int PACKET_QDISC_BYPASS = 20;
    static final int PACKET_IGNORE_OUTGOING = 23;

    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int ESRCH = 3;
    static final int EINTR = 4;
    static final int E2BIG = 7;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EEXIST = 17;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int ENOSPC = 28;
    static final int EOPNOTSUPP = 95;
    static final int EADDRNOTAVAIL = 99;
    static final int ENETDOWN = 100;
    static final int ENOBUFS = 105;

    static final short POLLIN = 1;
    static final int MSG_DONTWAIT = 0x40;
    static final int CLONE_NEWNET = 0x40000000;
    private static final int O_RDONLY = 0;
    private static final int O_CLOEXEC = 0x80000;
    private static final int EFD_NONBLOCK = 0x800;
    private static final int EFD_CLOEXEC = 0x80000;

    /** The number of bpf(2), for which the C library has no function. */
    private static final Map<String, Integer> BPF_SYSCALL = Map.of("x86-64", 321, "aarch64", 280);

    private static final Map<Integer, String> ERRORS = Map.ofEntries(
            Map.entry(EPERM, "operation not permitted (root or CAP_NET_ADMIN, CAP_NET_RAW and CAP_BPF needed)"),
            Map.entry(ENOENT, "no such file or entry"),
            Map.entry(ESRCH, "no such entry"),
            Map.entry(E2BIG, "too many"),
            Map.entry(13, "permission denied"),
            Map.entry(16, "busy"),
            Map.entry(EAGAIN, "try again"),
            Map.entry(ENOMEM, "out of memory"),
            Map.entry(EEXIST, "exists already"),
            Map.entry(ENODEV, "no such device"),
            Map.entry(EINVAL, "invalid argument"),
            Map.entry(ENOSPC, "no space left"),
            Map.entry(34, "out of range"),
            Map.entry(38, "not in this kernel"),
            Map.entry(EOPNOTSUPP, "not supported by this kernel"),
            Map.entry(97, "address family not supported by this kernel"),
            Map.entry(98, "address and port in use by another process"),
            Map.entry(EADDRNOTAVAIL, "address not available"),
            Map.entry(ENETDOWN, "interface is down"),
            Map.entry(101, "network unreachable"),
            Map.entry(113, "no route to host"),
            Map.entry(ENOBUFS, "no buffer space"));

    static {
        Native.register(LinuxCalls.class, Platform.C_LIBRARY_NAME);
    }

    private LinuxCalls() {}

    // The C library. One name a function, as in its manual page.
    private static native int socket(int domain, int type, int protocol);

    private static native int bind(int socket, Pointer address, int addressLength);

    private static native int close(int descriptor);

    private static native int setsockopt(int socket, int level, int option, Pointer value, int length);

    private static native int getsockopt(int socket, int level, int option, Pointer value, Pointer length);

    private static native long send(int socket, Pointer data, long length, int flags);

    private static native long recv(int socket, Pointer data, long length, int flags);

    private static native int sendmmsg(int socket, Pointer messages, int count, int flags);

    private static native int recvmmsg(int socket, Pointer messages, int count, int flags, Pointer timeout);

    private static native int poll(Pointer descriptors, long count, int timeoutMillis);

    private static native int eventfd(int initial, int flags);

    private static native long write(int descriptor, Pointer data, long length);

    private static native long read(int descriptor, Pointer data, long length);

    private static native int open(String path, int flags);

    private static native int setns(int descriptor, int kind);

    private static native int unshare(int flags);

    private static native int geteuid();

    private static native int sched_setaffinity(int thread, long length, Pointer mask);

    private static native int sched_getaffinity(int thread, long length, Pointer mask);

    private static native long syscall(long number, long command, Pointer attributes, long length);

    static int openSocket(int domain, int type, int protocol) {
        return check("socket", socket(domain, type | SOCK_CLOEXEC, protocol));
    }

    static void bindTo(int socket, byte[] address) {
        try (Memory memory = copyOf(address)) {
            check("bind", bind(socket, memory, address.length));
        }
    }

    static void closeDescriptor(int descriptor) {
        close(descriptor); // nothing that can be done about an error here
    }

    static void setOption(int socket, int level, int option, byte[] value) {
        try (Memory memory = copyOf(value)) {
            check("setsockopt " + level + "/" + option, setsockopt(socket, level, option, memory, value.length));
        }
    }

    static void setOption(int socket, int level, int option, int value) {
        try (Memory memory = new Memory(4)) {
            memory.setInt(0, value);
            check("setsockopt " + level + "/" + option, setsockopt(socket, level, option, memory, 4));
        }
    }

    /** Sets an option that an older kernel may not know; what it brings is an optimisation. */
    static boolean trySetOption(int socket, int level, int option, int value) {
        try (Memory memory = new Memory(4)) {
            memory.setInt(0, value);
            return setsockopt(socket, level, option, memory, 4) == 0;
        }
    }

    static int[] intsOption(int socket, int level, int option, int count) {
        try (Memory value = new Memory(4L * count);
                Memory length = new Memory(4)) {
            length.setInt(0, 4 * count);
            check("getsockopt " + level + "/" + option, getsockopt(socket, level, option, value, length));
            return value.getIntArray(0, count);
        }
    }

    /** Attaches a classic BPF program; {@code filter} holds its instructions of 8 bytes each. */
    static void attachFilter(int socket, byte[] filter) {
        try (Memory instructions = copyOf(filter);
                Memory program = new Memory(16)) {
            program.clear();
            program.setShort(0, (short) (filter.length / 8));
            program.setPointer(8, instructions);
            check("attaching a packet filter", setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, program, 16));
        }
    }

    static void sendAll(int socket, Pointer data, int length) {
        check("send", (int) send(socket, data, length, 0));
    }

    /** Returns the length of the datagram, or the negated error number. */
    static int receiveOne(int socket, Pointer data, int length, int flags) {
        return result((int) recv(socket, data, length, flags));
    }

    /** Returns how many messages went out, or the negated error number if not even the first did. */
    static int sendMany(int socket, Pointer messages, int count, int flags) {
        return result(sendmmsg(socket, messages, count, flags));
    }

    /** Returns how many messages came, or the negated error number. */
    static int receiveMany(int socket, Pointer messages, int count, int flags) {
        return result(recvmmsg(socket, messages, count, flags, Pointer.NULL));
    }

    /** Returns how many descriptors are ready, or the negated error number. */
    static int pollFor(Pointer descriptors, int count, int timeoutMillis) {
        return result(poll(descriptors, count, timeoutMillis));
    }

    static int openEvent() {
        return check("eventfd", eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    }

    static void signalEvent(int event) {
        try (Memory one = new Memory(8)) {
            one.setLong(0, 1);
            write(event, one, 8); // EAGAIN means that it is signalled already
        }
    }

    static void clearEvent(int event) {
        try (Memory count = new Memory(8)) {
            read(event, count, 8); // EAGAIN means that it is clear already
        }
    }

    static boolean isRoot() {
        return geteuid() == 0;
    }

    /** Moves the calling thread, and no other, into the network namespace that {@code path} names. */
    static void enterNamespace(String path) {
        int descriptor = check("opening " + path, open(path, O_RDONLY | O_CLOEXEC));
        try {
            check("entering " + path, setns(descriptor, CLONE_NEWNET));
        } finally {
            close(descriptor);
        }
    }

    /** Moves the calling thread, and no other, into a new, empty network namespace that ends with its last user. */
    static void enterNewNamespace() {
        check("unshare", unshare(CLONE_NEWNET));
    }

    /** Binds the calling thread to one processor. */
    static void pinTo(int processor) {
        try (Memory mask = new Memory(128)) {
            mask.clear();
            mask.setByte(processor / 8, (byte) (1 << (processor % 8)));
            check("sched_setaffinity", sched_setaffinity(0, 128, mask));
        }
    }

    /** The processors that the calling thread may run on, lowest first. */
    static int[] usableProcessors() {
        try (Memory mask = new Memory(128)) {
            mask.clear();
            check("sched_getaffinity", sched_getaffinity(0, 128, mask));
            return java.util.stream.IntStream.range(0, 1024)
                    .filter(i -> (mask.getByte(i / 8) & (1 << (i % 8))) != 0)
                    .toArray();
        }
    }

    /** bpf(2): returns what the kernel returns, or the negated error number. */
    static int bpf(int command, Memory attributes) {
        Integer number = BPF_SYSCALL.get(Platform.ARCH);
        if (number == null) {
            throw new LinuxException("bpf", "not known on processor type " + Platform.ARCH, 38);
        }
        return result((int) syscall(number, command, attributes, attributes.size()));
    }

    static LinuxException error(String what, int number) {
        return new LinuxException(what, ERRORS.getOrDefault(number, "error " + number), number);
    }

    static byte[] cString(String text) {
        return (text + "\0").getBytes(StandardCharsets.UTF_8);
    }

    static Memory copyOf(byte[] bytes) {
        Memory memory = new Memory(Math.max(1, bytes.length));
        memory.write(0, bytes, 0, bytes.length);
        return memory;
    }

    private static int result(int returned) {
        return returned >= 0 ? returned : -Native.getLastError();
    }

    private static int check(String what, int returned) {
        if (returned < 0) {
            throw error(what, Native.getLastError());
        }
        return returned;
    }
}
