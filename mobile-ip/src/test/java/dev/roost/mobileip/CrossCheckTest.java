package dev.roost.mobileip;

import static dev.roost.mobileip.ForeignProgram.PYTHON;
import static dev.roost.mobileip.ForeignProgram.TSHARK;
import static dev.roost.mobileip.ForeignProgram.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What we build, read by implementations that are not ours: tshark and scapy must find the right values, right checksums and nothing
 * malformed.
 */
class CrossCheckTest {

    @TempDir
    Path directory;

    @Test
    void tsharkReadsWhatWeBuild() throws IOException, InterruptedException {
        TSHARK.require("--version");
        List<CrossCheckSamples.Sample> samples = CrossCheckSamples.all();
        SortedSet<String> names =
                new TreeSet<>(List.of("_ws.malformed", "_ws.expert.message", "icmpv6.checksum.status"));
        samples.forEach(sample -> names.addAll(sample.tshark().keySet()));
        List<String> command = new ArrayList<>(List.of(
                TSHARK.path(),
                "-r",
                capture(samples).toString(),
                "-n",
                "-T",
                "fields",
                "-E",
                "separator=/t",
                "-E",
                "aggregator=,"));
        names.forEach(name -> command.addAll(List.of("-e", name)));

        List<String> lines = run(directory, command);

        assertThat(lines).hasSameSizeAs(samples);
        for (int i = 0; i < lines.size(); i++) {
            CrossCheckSamples.Sample sample = samples.get(i);
            Map<String, String> found = columns(names, lines.get(i));
            Map<String, String> asked = new TreeMap<>(found);
            asked.keySet().retainAll(sample.tshark().keySet());
            assertThat(asked).as("tshark on %s", sample.name()).isEqualTo(sample.tshark());
            assertThat(found.get("_ws.malformed"))
                    .as("tshark on %s", sample.name())
                    .isEmpty();
            assertThat(found.get("_ws.expert.message"))
                    .as("tshark on %s", sample.name())
                    .doesNotContainIgnoringCase("checksum", "malformed", "bogus", "invalid");
            // 0 is bad, 1 good, 2 unverified; an error carries a second one in the packet that it is about.
            assertThat(found.get("icmpv6.checksum.status"))
                    .as("tshark on %s", sample.name())
                    .matches("(1(,[12])?)?");
        }
    }

    @Test
    void scapyReadsWhatWeBuild() throws IOException, InterruptedException {
        PYTHON.require("-c", "import scapy");
        List<CrossCheckSamples.Sample> samples = CrossCheckSamples.all();

        List<String> lines = run(
                directory,
                List.of(PYTHON.path(), script().toString(), capture(samples).toString()));

        assertThat(lines).hasSameSizeAs(samples);
        for (int i = 0; i < lines.size(); i++) {
            CrossCheckSamples.Sample sample = samples.get(i);
            Map<String, String> found = new HashMap<>();
            for (String field : lines.get(i).split("\t", -1)) {
                String[] keyAndValue = field.split("=", 2);
                found.put(keyAndValue[0], keyAndValue[1]);
            }
            assertThat(found).as("scapy on %s", sample.name()).containsAllEntriesOf(sample.scapy());
            assertThat(found).as("scapy on %s", sample.name()).containsEntry("checksum", "good");
        }
    }

    private static Map<String, String> columns(SortedSet<String> names, String line) {
        String[] values = line.split("\t", -1);
        assertThat(values).hasSize(names.size());
        Map<String, String> columns = new HashMap<>();
        int i = 0;
        for (String name : names) {
            columns.put(name, plain(values[i++]));
        }
        return columns;
    }

    /** Releases of tshark differ in whether a number is printed as hexadecimal and a flag as a word. */
    private static String plain(String values) {
        return Stream.of(values.split(",", -1))
                .map(value -> switch (value) {
                    case "True" -> "1";
                    case "False" -> "0";
                    default -> value.matches("0x[0-9a-f]+") ? Long.decode(value).toString() : value;
                })
                .collect(Collectors.joining(","));
    }

    private Path capture(List<CrossCheckSamples.Sample> samples) throws IOException {
        Path file = directory.resolve("built.pcap");
        Files.write(
                file,
                Captures.write(
                        samples.stream().map(sample -> sample.frame().toBytes()).toList()));
        return file;
    }

    private Path script() throws IOException {
        Path file = directory.resolve("scapy_dump.py");
        try (InputStream in = CrossCheckTest.class.getResourceAsStream("/crosscheck/scapy_dump.py")) {
            assertThat(in).isNotNull();
            Files.write(file, in.readAllBytes());
        }
        return file;
    }
}
