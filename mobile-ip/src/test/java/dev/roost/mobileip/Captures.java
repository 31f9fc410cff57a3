package dev.roost.mobileip;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the captures under {@code /captures}, and reads and writes pcap: Ethernet, microseconds, either byte order on input. */
final class Captures {

    static final List<String> NAMES =
            List.of("all-cn", "all-ha", "all-mn", "move-ha", "move-mn", "two-ha-fl0", "two-ha-hl0");

    private static final int MAGIC = 0xa1b2c3d4;
    private static final int FILE_HEADER = 24;
    private static final int RECORD_HEADER = 16;
    private static final int ETHERNET = 1;

    private Captures() {}

    /** One frame, whole. */
    record Frame(String capture, int number, OpaqueBytes octets) {

        byte[] bytes() {
            return octets.toBytes();
        }

        @Override
        public String toString() {
            return capture + " frame " + number;
        }
    }

    static List<Frame> frames(String capture) {
        try (InputStream in = Captures.class.getResourceAsStream("/captures/" + capture + ".pcap")) {
            if (in == null) {
                throw new IllegalStateException("no capture " + capture);
            }
            return read(capture, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Frame> all() {
        return NAMES.stream().flatMap(name -> frames(name).stream());
    }

    /** One frame per kind of payload, headers in front and length: enough for tests that do much with each. */
    static List<Frame> varied() throws MalformedPacketException {
        Map<String, Frame> byKind = new LinkedHashMap<>();
        for (Frame frame : all().toList()) {
            Ipv6Packet packet =
                    EthernetFrame.parse(ByteBuffer.wrap(frame.bytes())).packet();
            String kind = packet.extensionHeaders().stream()
                            .map(header -> header.getClass().getSimpleName() + " ")
                            .collect(Collectors.joining())
                    + packet.payload().getClass().getSimpleName();
            byKind.putIfAbsent(kind + " " + frame.octets().length(), frame);
        }
        return List.copyOf(byKind.values());
    }

    private static List<Frame> read(String capture, byte[] file) {
        ByteBuffer in = ByteBuffer.wrap(file);
        if (in.getInt(0) != MAGIC) {
            in.order(ByteOrder.LITTLE_ENDIAN);
        }
        if (in.getInt(0) != MAGIC || in.getInt(20) != ETHERNET) {
            throw new IllegalStateException(capture + " is not an Ethernet pcap");
        }
        List<Frame> frames = new ArrayList<>();
        in.position(FILE_HEADER);
        while (in.hasRemaining()) {
            int length = in.getInt(in.position() + 8);
            if (length != in.getInt(in.position() + 12)) {
                throw new IllegalStateException(capture + " has cut frames");
            }
            int start = in.position() + RECORD_HEADER;
            frames.add(new Frame(
                    capture, frames.size() + 1, OpaqueBytes.of(Arrays.copyOfRange(file, start, start + length))));
            in.position(start + length);
        }
        return frames;
    }

    static byte[] write(List<byte[]> frames) {
        int length =
                frames.stream().mapToInt(frame -> RECORD_HEADER + frame.length).sum();
        ByteBuffer out = ByteBuffer.allocate(FILE_HEADER + length);
        out.putInt(MAGIC)
                .putShort((short) 2)
                .putShort((short) 4)
                .putInt(0)
                .putInt(0)
                .putInt(0xffff)
                .putInt(ETHERNET);
        for (int i = 0; i < frames.size(); i++) {
            byte[] frame = frames.get(i);
            out.putInt(i).putInt(0).putInt(frame.length).putInt(frame.length).put(frame);
        }
        return out.array();
    }
}
