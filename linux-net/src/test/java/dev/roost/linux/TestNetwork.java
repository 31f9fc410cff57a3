package dev.roost.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Network namespaces of one test class, and shell commands in them. Names end with the process, so that tests may run side by side. */
final class TestNetwork implements AutoCloseable {
    private static final long COMMAND_SECONDS = 30;

    private final List<String> names = new ArrayList<>();

    /** Namespaces of these short names, with loopback up. */
    TestNetwork(String... shortNames) {
        for (String each : shortNames) {
            sh("ip netns add " + name(each));
            names.add(name(each));
            in(each, "ip link set lo up");
            // Link-local addresses are used from the first packet on; a second of duplicate address detection is saved.
            in(each, "sysctl -qw net.ipv6.conf.default.accept_dad=0");
        }
    }

    String name(String shortName) {
        return "lx-" + ProcessHandle.current().pid() + "-" + shortName;
    }

    /** A cable between two namespaces, up at both ends; no address but those of the link. */
    void cable(String left, String leftInterface, String right, String rightInterface) {
        sh("ip link add %s netns %s type veth peer name %s netns %s"
                .formatted(leftInterface, name(left), rightInterface, name(right)));
        in(left, "ip link set " + leftInterface + " up");
        in(right, "ip link set " + rightInterface + " up");
    }

    void address(String where, String device, String addressAndLength) {
        in(where, "ip addr add " + addressAndLength + " dev " + device + " nodad");
    }

    /** Runs a shell command in a namespace; returns what it printed. Fails if it does. */
    String in(String shortName, String command) {
        return sh("ip netns exec " + name(shortName) + " sh -c '" + command + "'");
    }

    /** The same for a command that may fail. */
    String tryIn(String shortName, String command) {
        return in(shortName, command + " || true");
    }

    <T> T call(String shortName, java.util.concurrent.Callable<T> code) {
        return Namespaces.call(name(shortName), code);
    }

    void run(String shortName, Runnable code) {
        Namespaces.run(name(shortName), code);
    }

    @Override
    public void close() {
        names.forEach(each -> sh("ip netns del " + each));
    }

    static String sh(String command) {
        try {
            Process process = new ProcessBuilder("sh", "-c", command)
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(command + " failed: " + said);
            }
            return said;
        } catch (IOException e) {
            throw new AssertionError(command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(command, e);
        }
    }
}
