package dev.roost.homeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Runs a script that plays with home agent daemons in network namespaces, and counts the claims that it saw to hold. Needs root and
 * Debian's python3-scapy and snmp; with {@code -Droost.crosscheck=true} their absence is a failure.
 */
final class PlayedScript {
    private static final String PYTHON = "/usr/bin/python3";
    private static final long PATIENCE_MINUTES = 5;

    private final Path directory;

    PlayedScript(Path directory) {
        this.directory = directory;
    }

    /** The first of these scripts, which may use the others. */
    void play(int claims, String... scripts) throws IOException, InterruptedException {
        requireRootAndScapy();
        for (String script : scripts) {
            try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream(script))) {
                Files.copy(in, directory.resolve(script), StandardCopyOption.REPLACE_EXISTING);
            }
        }

        Result result = run(List.of(
                PYTHON,
                directory.resolve(scripts[0]).toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName()));

        assertThat(result.status()).as(result.said()).isZero();
        assertThat(result.said().lines().filter(line -> line.startsWith("  ok  ")))
                .as(result.said())
                .hasSize(claims);
    }

    private record Result(int status, String said) {}

    private Result run(List<String> command) throws IOException, InterruptedException {
        Path said = directory.resolve("said");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        boolean ended = process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
        if (!ended) {
            process.destroy();
            process.waitFor();
        }
        return new Result(ended ? process.exitValue() : -1, Files.readString(said, StandardCharsets.UTF_8));
    }

    private void requireRootAndScapy() throws IOException, InterruptedException {
        String missing = "";
        if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
            missing = "this test needs root";
        } else if (!Files.isExecutable(Path.of(PYTHON))
                || run(List.of(PYTHON, "-c", "import scapy.layers.inet6")).status() != 0) {
            missing = "this test needs Debian's python3-scapy";
        } else if (!Files.isExecutable(Path.of("/usr/bin/snmpget"))) {
            missing = "this test needs Debian's snmp";
        }
        if (!missing.isEmpty()) {
            if (Boolean.getBoolean("roost.crosscheck")) {
                fail(missing);
            }
            System.err.println("left out: " + missing);
            abort(missing);
        }
    }
}
