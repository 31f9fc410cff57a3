package dev.roost.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One netlink request while it is being written: header, fixed part, attributes.
 *
 * <pre>
 *  0               4       6       8               12              16
 * +---------------+-------+-------+---------------+---------------+----------
 * | length        | type  | flags | sequence      | port          | fixed part, attributes (length, type, value) ...
 * +---------------+-------+-------+---------------+---------------+----------
 * </pre>
 *
 * Numbers are in the machine's byte order; attributes start at multiples of 4.
 */
final class NetlinkMessage {
    static final int HEADER = 16;
    static final int REQUEST = 0x1;
    static final int ACK = 0x4;
    static final int REPLACE = 0x100;
    static final int EXCLUSIVE = 0x200;
    static final int CREATE = 0x400;
    static final int APPEND = 0x800;
    static final int DUMP = 0x300;
    static final int NESTED = 0x8000;

    private static final int MAX_BYTES = 512;

    private final ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES).order(ByteOrder.nativeOrder());

    NetlinkMessage(int type, int flags) {
        bytes.putInt(0).putShort((short) type).putShort((short) (REQUEST | flags));
        bytes.putInt(0).putInt(0);
    }

    NetlinkMessage put8(int value) {
        bytes.put((byte) value);
        return this;
    }

    NetlinkMessage put16(int value) {
        bytes.putShort((short) value);
        return this;
    }

    NetlinkMessage put32(int value) {
        bytes.putInt(value);
        return this;
    }

    NetlinkMessage attribute(int type, byte[] value) {
        bytes.putShort((short) (4 + value.length)).putShort((short) type).put(value);
        return align();
    }

    NetlinkMessage attribute(int type, int value) {
        bytes.putShort((short) 8).putShort((short) type).putInt(value);
        return this;
    }

    NetlinkMessage attribute(int type, String text) {
        return attribute(type, LinuxCalls.cString(text));
    }

    NetlinkMessage attribute8(int type, int value) {
        return attribute(type, new byte[] {(byte) value});
    }

    NetlinkMessage attribute16(int type, int value) {
        bytes.putShort((short) 6).putShort((short) type).putShort((short) value);
        return align();
    }

    /** Opens an attribute that holds attributes; the result goes to {@link #end}. */
    int begin(int type) {
        int start = bytes.position();
        bytes.putShort((short) 0).putShort((short) type);
        return start;
    }

    NetlinkMessage end(int start) {
        bytes.putShort(start, (short) (bytes.position() - start));
        return this;
    }

    int length() {
        return bytes.position();
    }

    void writeTo(ByteBuffer target, int sequence) {
        bytes.putInt(0, length()).putInt(8, sequence);
        target.put(bytes.array(), 0, length());
    }

    private NetlinkMessage align() {
        while (bytes.position() % 4 != 0) {
            bytes.put((byte) 0);
        }
        return this;
    }
}
