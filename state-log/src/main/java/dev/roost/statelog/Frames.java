package dev.roost.statelog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * The frames that log and snapshot files are made of, after an 8-byte magic number:
 *
 * <pre>
 *   0                4                8
 *   +----------------+----------------+----------------------+
 *   | length of data | CRC-32C of it  | data, length octets  |
 *   +----------------+----------------+----------------------+
 * </pre>
 */
final class Frames {
    static final long MAGIC = 0x726f_6f73_744c_4731L; // "roostLG1"
    static final int HEADER_BYTES = 8;
    static final int MAX_FRAME_BYTES = 64 << 20;

    private Frames() {}

    /** Writes header and data in one gathering write (more only if the kernel takes less), so that a kill leaves at most one torn frame. */
    static long write(FileChannel channel, ByteBuffer header, ByteBuffer data) throws IOException {
        int length = data.remaining();
        if (length == 0 || length > MAX_FRAME_BYTES) {
            throw new IllegalArgumentException(
                    "a frame of " + length + " bytes; 1 to " + MAX_FRAME_BYTES + " are possible");
        }
        header.clear().putInt(length).putInt(checksum(data)).flip();
        ByteBuffer[] buffers = {header, data};
        while (data.hasRemaining()) {
            channel.write(buffers);
        }
        return HEADER_BYTES + (long) length;
    }

    /**
     * Hands each whole frame's data to {@code reader}.
     *
     * @return the offset behind the last whole frame; smaller than the file where its tail is torn or damaged
     */
    static long read(Path file, Consumer<ByteBuffer> reader) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
            if (!fill(channel, header, 0) || header.getLong(0) != MAGIC) {
                return 0;
            }
            long offset = HEADER_BYTES;
            while (fill(channel, header, offset)) {
                int length = header.getInt(0);
                if (length <= 0 || length > MAX_FRAME_BYTES || offset + HEADER_BYTES + length > size) {
                    return offset;
                }
                ByteBuffer data = ByteBuffer.allocate(length);
                if (!fill(channel, data, offset + HEADER_BYTES) || checksum(data) != header.getInt(4)) {
                    return offset;
                }
                reader.accept(data);
                offset += HEADER_BYTES + length;
            }
            return offset;
        }
    }

    private static boolean fill(FileChannel channel, ByteBuffer buffer, long position) throws IOException {
        buffer.clear();
        long next = position;
        while (buffer.hasRemaining()) {
            int count = channel.read(buffer, next);
            if (count < 0) {
                return false;
            }
            next += count;
        }
        buffer.flip();
        return true;
    }

    private static int checksum(ByteBuffer data) {
        CRC32C crc = new CRC32C();
        crc.update(data.duplicate());
        return (int) crc.getValue();
    }
}
