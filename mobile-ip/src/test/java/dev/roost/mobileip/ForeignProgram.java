package dev.roost.mobileip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program of others that reads what we build. Where it is not installed the test is left out, with a line that says so; with the system
 * property {@code roost.crosscheck} that is a failure.
 */
public enum ForeignProgram {
    TSHARK("/usr/bin/tshark"),
    PYTHON("/usr/bin/python3");

    private final String path;

    ForeignProgram(String path) {
        this.path = path;
    }

    public String path() {
        return path;
    }

    /** Returns the lines that a command prints, within two minutes and with exit status 0. */
    public static List<String> run(Path directory, List<String> command) throws IOException, InterruptedException {
        Path errors = directory.resolve("errors");
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectError(errors.toFile())
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            fail(command + " takes longer than two minutes");
        }
        assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
        return Files.readAllLines(output, StandardCharsets.UTF_8);
    }

    /** Ends the test here if the program does not work with these arguments. */
    public void require(String... arguments) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of(path));
        command.addAll(List.of(arguments));
        String reason;
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0) {
                return;
            }
            process.destroyForcibly();
            reason = String.join(" ", command) + " does not work";
        } catch (IOException e) {
            reason = e.getMessage();
        }
        if (System.getProperty("roost.crosscheck") != null) {
            fail("roost.crosscheck is set, but " + reason);
        }
        System.out.println("cross-check left out: " + reason);
        abort(reason);
    }
}
