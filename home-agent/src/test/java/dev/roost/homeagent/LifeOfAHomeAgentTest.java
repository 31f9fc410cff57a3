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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daemon in a network namespace, with the kernel as router and scapy as mobile node: what the script {@code
 * life_of_a_home_agent.py} claims, step by step. Needs root and Debian's python3-scapy and snmp; with {@code -Droost.crosscheck=true} their absence
 * is a failure.
 */
final class LifeOfAHomeAgentTest {
    private static final String PYTHON = "/usr/bin/python3";
    private static final long PATIENCE_MINUTES = 3;
    private static final int CLAIMS = 19;

    @TempDir
    private Path directory;

    @Test
    void servesMobileNodesThroughKillAndRestartAndLeavesNothingBehind() throws IOException, InterruptedException {
        requireRootAndScapy();
        Path script = directory.resolve("life_of_a_home_agent.py");
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("life_of_a_home_agent.py"))) {
            Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
        }

        Result result = run(List.of(
                PYTHON,
                script.toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName()));

        assertThat(result.status()).as(result.said()).isZero();
        assertThat(result.said().lines().filter(line -> line.startsWith("  ok  ")))
                .as(result.said())
                .hasSize(CLAIMS);
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
