package dev.roost.delegation;

import static dev.roost.mobileip.ForeignProgram.PYTHON;
import static dev.roost.mobileip.ForeignProgram.TSHARK;
import static dev.roost.mobileip.ForeignProgram.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The document's vectors, read by implementations that are not ours: Python's HMAC must come to the same authenticators, and tshark with
 * the dissector in {@code mininet-tests/roostnet/forwarding.lua} to the fields that the document prints.
 */
final class CrossCheckTest {
    private static final Path DISSECTOR = Path.of("../mininet-tests/roostnet/forwarding.lua");
    private static final String PREFIX = "roost.forwarding.";
    private static final int PORT = 5439;

    @TempDir
    Path directory;

    @Test
    void pythonComesToTheSameAuthenticators() throws IOException, InterruptedException {
        PYTHON.require("-c", "import hmac");
        String program = """
                import hmac, ipaddress, sys
                for line in open(sys.argv[1]):
                    key, source, destination, covered = line.split()
                    text = ipaddress.ip_address(source).packed + ipaddress.ip_address(destination).packed
                    print(hmac.new(bytes.fromhex(key), text + bytes.fromhex(covered), 'sha256').hexdigest())
                """;
        List<Vector> vectors = Vector.read();
        List<String> input = new ArrayList<>();
        for (Vector vector : vectors) {
            String datagram = vector.datagram().toString();
            input.add(HexFormat.of().formatHex(Vector.KEY) + " " + vector.source() + " " + vector.destination() + " "
                    + datagram.substring(0, datagram.length() - 64));
        }
        Path file = Files.write(directory.resolve("vectors"), input);

        List<String> authenticators = run(directory, List.of(PYTHON.path(), "-c", program, file.toString()));

        assertThat(authenticators).hasSameSizeAs(vectors);
        for (int i = 0; i < vectors.size(); i++) {
            String datagram = vectors.get(i).datagram().toString();
            assertThat(datagram).as(vectors.get(i).name()).endsWith(authenticators.get(i));
        }
    }

    @Test
    void tsharkReadsTheFieldsThatTheDocumentPrints() throws IOException, InterruptedException {
        TSHARK.require("--version");
        List<Vector> vectors = Vector.read();
        Path capture = Files.write(directory.resolve("vectors.pcap"), capture(vectors));
        List<String> names = vectors.stream()
                .flatMap(vector -> vector.fields().keySet().stream())
                .distinct()
                .toList();
        List<String> command = new ArrayList<>(List.of(
                TSHARK.path(),
                "-X",
                "lua_script:" + DISSECTOR,
                "-r",
                capture.toString(),
                "-n",
                "-T",
                "fields",
                "-E",
                "separator=/t",
                "-e",
                "_ws.malformed"));
        names.forEach(name -> command.addAll(List.of("-e", PREFIX + name)));

        List<String> lines = run(directory, command);

        assertThat(lines).hasSameSizeAs(vectors);
        for (int i = 0; i < vectors.size(); i++) {
            String[] columns = lines.get(i).split("\t", -1);
            assertThat(columns[0]).as(vectors.get(i).name()).isEmpty();
            Map<String, String> found = new LinkedHashMap<>();
            for (int j = 0; j < names.size(); j++) {
                if (!columns[j + 1].isEmpty()) {
                    found.put(names.get(j), columns[j + 1]);
                }
            }
            assertThat(found)
                    .as("tshark on %s", vectors.get(i).name())
                    .isEqualTo(vectors.get(i).fields());
        }
    }

    /** The datagrams in IPv6 packets, as pcap has them. */
    private static byte[] capture(List<Vector> vectors) {
        ByteBuffer out = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0xa1b2c3d4)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(65535);
        int rawIpv6 = 229;
        out.putInt(rawIpv6);
        for (Vector vector : vectors) {
            int udpLength = 8 + vector.datagram().length();
            out.putLong(0).putInt(40 + udpLength).putInt(40 + udpLength);
            out.order(ByteOrder.BIG_ENDIAN);
            out.putInt(6 << 28).putShort((short) udpLength).put((byte) 17).put((byte) 64);
            vector.source().writeTo(out);
            vector.destination().writeTo(out);
            out.putShort((short) PORT)
                    .putShort((short) PORT)
                    .putShort((short) udpLength)
                    .putShort((short) 0);
            vector.datagram().writeTo(out);
            out.order(ByteOrder.LITTLE_ENDIAN);
        }
        byte[] octets = new byte[out.position()];
        out.flip().get(octets);
        return octets;
    }
}
