package dev.roost.linux;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.BiConsumer;

/**
 * One eBPF map, made and owned by this process: it ends with the last program and descriptor that refer to it, so a
 * killed process leaves none behind.
 *
 * <p>Keys and values are bytes of fixed length laid out as the programs read them. Not safe for use by several threads at once; the
 * packets that the kernel handles meanwhile see each entry either before or after a change, never half of one.
 */
final class BpfMap implements AutoCloseable {
    private static final int TYPE_HASH = 1;
    private static final int TYPE_PER_PROCESSOR_ARRAY = 6;
    private static final int NO_PREALLOCATION = 1;

    private static final int CREATE = 0;
    private static final int LOOKUP = 1;
    private static final int NEXT_KEY = 4;
    private static final int LOOKUP_BATCH = 24;
    private static final int UPDATE_BATCH = 26;
    private static final int DELETE_BATCH = 27;
    /** Entries of one update: bounds the memory that is copied at once. */
    private static final int BATCH = 4096;
    /** The kernel writes one value for each processor that could ever be there; Debian's kernel can have 8192. */
    private static final int MAX_PROCESSORS = 8192;
    /** A number of packets and one of octets. */
    private static final int COUNTER_BYTES = 16;

    private final int descriptor;
    private final int keyLength;
    private final int valueLength;
    private final Memory attributes = new Memory(128);
    private final Memory keys;
    private final Memory values;

    private BpfMap(int type, String name, int keyLength, int valueLength, int maxEntries, int flags) {
        this.keyLength = keyLength;
        this.valueLength = valueLength;
        this.keys = new Memory((long) BATCH * keyLength);
        this.values = new Memory((long) BATCH * valueLength);
        attributes.clear();
        attributes.setInt(0, type);
        attributes.setInt(4, keyLength);
        attributes.setInt(8, valueLength);
        attributes.setInt(12, maxEntries);
        attributes.setInt(16, flags);
        byte[] cName = LinuxCalls.cString(name);
        attributes.write(28, cName, 0, Math.min(cName.length, 15));
        this.descriptor = LinuxCalls.bpf(CREATE, attributes);
        if (descriptor < 0) {
            throw LinuxCalls.error("eBPF map " + name + " (kernel option CONFIG_BPF_SYSCALL)", -descriptor);
        }
    }

    /** A hash table whose entries are allocated as they come. */
    static BpfMap hash(String name, int keyLength, int valueLength, int maxEntries) {
        return new BpfMap(TYPE_HASH, name, keyLength, valueLength, maxEntries, NO_PREALLOCATION);
    }

    /** Counters of 8 bytes, one set for each processor, with keys 0 to {@code count - 1} of 4 bytes. */
    static BpfMap counters(String name, int count) {
        return new BpfMap(TYPE_PER_PROCESSOR_ARRAY, name, 4, COUNTER_BYTES, count, 0);
    }

    int descriptor() {
        return descriptor;
    }

    /** Adds or replaces entries: {@code newKeys} and {@code newValues} hold one after the other. */
    void putAll(byte[] newKeys, byte[] newValues) {
        int total = newKeys.length / keyLength;
        for (int from = 0; from < total; ) {
            int count = Math.min(BATCH, total - from);
            keys.write(0, newKeys, from * keyLength, count * keyLength);
            values.write(0, newValues, from * valueLength, count * valueLength);
            int result = batch(UPDATE_BATCH, count);
            if (result < 0) {
                throw LinuxCalls.error("adding to an eBPF map", -result);
            }
            from += count;
        }
    }

    /** Removes entries; those that are not there are passed over. */
    void removeAll(byte[] oldKeys) {
        int total = oldKeys.length / keyLength;
        for (int from = 0; from < total; ) {
            int count = Math.min(BATCH, total - from);
            keys.write(0, oldKeys, from * keyLength, count * keyLength);
            int result = batch(DELETE_BATCH, count);
            if (result < 0 && result != -LinuxCalls.ENOENT) {
                throw LinuxCalls.error("removing from an eBPF map", -result);
            }
            // The kernel says how many it did before the one that was not there.
            from += result < 0 ? attributes.getInt(32) + 1 : count;
        }
    }

    /** Gives {@code consumer} each key and its value. Entries that change meanwhile may be missed or come twice. */
    void forEach(BiConsumer<ByteBuffer, ByteBuffer> consumer) {
        try (Memory position = new Memory(8)) {
            Pointer from = Pointer.NULL;
            int result;
            do {
                attributes.clear();
                attributes.setPointer(0, from);
                attributes.setPointer(8, position);
                attributes.setPointer(16, keys);
                attributes.setPointer(24, values);
                attributes.setInt(32, BATCH);
                attributes.setInt(36, descriptor);
                result = LinuxCalls.bpf(LOOKUP_BATCH, attributes);
                if (result < 0 && result != -LinuxCalls.ENOENT) {
                    throw LinuxCalls.error("reading an eBPF map", -result);
                }
                int count = attributes.getInt(32);
                for (int i = 0; i < count; i++) {
                    consumer.accept(
                            keys.getByteBuffer((long) i * keyLength, keyLength).order(ByteOrder.BIG_ENDIAN),
                            values.getByteBuffer((long) i * valueLength, valueLength)
                                    .order(ByteOrder.BIG_ENDIAN));
                }
                from = position;
            } while (result >= 0);
        }
    }

    boolean isEmpty() {
        attributes.clear(); // no key: the first one is asked for
        attributes.setInt(0, descriptor);
        attributes.setPointer(16, keys);
        return LinuxCalls.bpf(NEXT_KEY, attributes) == -LinuxCalls.ENOENT;
    }

    /** The first {@code count} counters, each summed over all processors: packets and octets of one after the other. */
    long[] sums(int count) {
        long[] sums = new long[2 * count];
        try (Memory each = new Memory((long) COUNTER_BYTES * MAX_PROCESSORS)) {
            for (int key = 0; key < count; key++) {
                each.clear();
                keys.setInt(0, key);
                int result = lookUp(each);
                if (result < 0) {
                    throw LinuxCalls.error("reading an eBPF counter", -result);
                }
                for (int i = 0; i < MAX_PROCESSORS; i++) {
                    sums[2 * key] += each.getLong((long) COUNTER_BYTES * i);
                    sums[2 * key + 1] += each.getLong((long) COUNTER_BYTES * i + Long.BYTES);
                }
            }
        }
        return sums;
    }

    @Override
    public void close() {
        LinuxCalls.closeDescriptor(descriptor);
    }

    private int lookUp(Pointer value) {
        attributes.clear();
        attributes.setInt(0, descriptor);
        attributes.setPointer(8, keys);
        attributes.setPointer(16, value);
        return LinuxCalls.bpf(LOOKUP, attributes);
    }

    private int batch(int command, int count) {
        attributes.clear();
        attributes.setPointer(16, keys);
        attributes.setPointer(24, values);
        attributes.setInt(32, count);
        attributes.setInt(36, descriptor);
        return LinuxCalls.bpf(command, attributes);
    }
}
