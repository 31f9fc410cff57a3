package dev.roost.linux;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The memory of a batch of datagrams for sendmmsg(2) and recvmmsg(2): an array of {@code struct mmsghdr}, each with one buffer
 * and one address, laid out once and used again.
 */
final class MessageBatch {
    private static final int HEADER_BYTES = 64; // struct mmsghdr on 64-bit Linux
    private static final int NAME = 0;
    private static final int NAME_LENGTH = 8;
    private static final int VECTOR = 16;
    private static final int VECTOR_LENGTH = 24;
    private static final int TRANSFERRED = 56;
    private static final int VECTOR_BYTES = 16;
    static final int LINK_LAYER_ADDRESS_BYTES = 20; // struct sockaddr_ll
    static final int INTERNET_ADDRESS_BYTES = 28; // struct sockaddr_in6
    private static final int ADDRESS_STRIDE = 32;

    private final int count;
    private final int slotBytes;
    private final int addressBytes;
    private final Memory headers;
    private final Memory vectors;
    private final Memory addresses;
    private final Memory slots;
    private final ByteBuffer[] slotBuffers;
    private final ByteBuffer[] addressBuffers;

    MessageBatch(int count, int slotBytes, int addressBytes) {
        this.count = count;
        this.slotBytes = slotBytes;
        this.addressBytes = addressBytes;
        this.headers = new Memory((long) HEADER_BYTES * count);
        this.vectors = new Memory((long) VECTOR_BYTES * count);
        this.addresses = new Memory((long) ADDRESS_STRIDE * count);
        this.slots = new Memory((long) slotBytes * count);
        this.slotBuffers = new ByteBuffer[count];
        this.addressBuffers = new ByteBuffer[count];
        headers.clear();
        addresses.clear();
        for (int i = 0; i < count; i++) {
            slotBuffers[i] =
                    slots.getByteBuffer((long) i * slotBytes, slotBytes).order(ByteOrder.BIG_ENDIAN);
            addressBuffers[i] = addresses
                    .getByteBuffer((long) i * ADDRESS_STRIDE, addressBytes)
                    .order(ByteOrder.nativeOrder());
            vectors.setPointer((long) i * VECTOR_BYTES, slots.share((long) i * slotBytes));
            headers.setPointer((long) i * HEADER_BYTES + NAME, addresses.share((long) i * ADDRESS_STRIDE));
            headers.setPointer((long) i * HEADER_BYTES + VECTOR, vectors.share((long) i * VECTOR_BYTES));
            headers.setLong((long) i * HEADER_BYTES + VECTOR_LENGTH, 1);
        }
        prepareAll();
    }

    Pointer headers() {
        return headers;
    }

    Pointer headers(int from) {
        return headers.share((long) from * HEADER_BYTES);
    }

    ByteBuffer address(int index) {
        return addressBuffers[index];
    }

    /** Makes all of it ready to receive. */
    void prepareAll() {
        for (int i = 0; i < count; i++) {
            headers.setInt((long) i * HEADER_BYTES + NAME_LENGTH, addressBytes);
            vectors.setLong((long) i * VECTOR_BYTES + 8, slotBytes);
        }
    }

    void fill(int index, ByteBuffer data) {
        vectors.setLong((long) index * VECTOR_BYTES + 8, data.remaining());
        slotBuffers[index].clear().put(data);
    }

    ByteBuffer received(int index) {
        int length = headers.getInt((long) index * HEADER_BYTES + TRANSFERRED);
        return slotBuffers[index].clear().limit(Math.min(length, slotBytes));
    }
}
