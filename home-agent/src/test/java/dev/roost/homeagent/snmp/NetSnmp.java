package dev.roost.homeagent.snmp;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The tools of Net-SNMP (Debian's packages snmp and snmptrapd), with numbers instead of names and no MIB loaded. */
final class NetSnmp {
    static final String AUTHENTICATION = "authentication passphrase";
    static final String PRIVACY = "privacy passphrase";
    private static final long PATIENCE_SECONDS = 120;

    private NetSnmp() {}

    /** Where a tool is not installed the test is left out; with {@code roost.crosscheck} it fails. */
    static void require(String tool) {
        boolean there = List.of("/usr/bin", "/usr/sbin").stream()
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
        if (!there) {
            String reason = tool + " is not installed";
            if (System.getProperty("roost.crosscheck") != null) {
                fail("roost.crosscheck is set, but " + reason);
            }
            System.err.println("left out: " + reason);
            abort(reason);
        }
    }

    /** A command with the credentials of the user roost. */
    static List<String> command(String tool, String... arguments) {
        require(tool);
        List<String> command = new ArrayList<>(List.of(
                tool,
                "-v3",
                "-l",
                "authPriv",
                "-u",
                "roost",
                "-a",
                "SHA-256",
                "-A",
                AUTHENTICATION,
                "-x",
                "AES",
                "-X",
                PRIVACY,
                "-m",
                "",
                "-On",
                "-t",
                "20",
                "-r",
                "1"));
        command.addAll(List.of(arguments));
        return command;
    }

    /** What a command says, all of it; what it keeps goes into the directory. */
    static String run(Path directory, List<String> command) throws IOException, InterruptedException {
        Path said = Files.createTempFile(directory, "said", "");
        // Made before, or the tool says that it has made it.
        Files.createDirectories(directory.resolve("cert_indexes"));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().put("SNMP_PERSISTENT_DIR", directory.toString());
        Process process = builder.start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("did not end: " + command);
        }
        return Files.readString(said);
    }
}
