package dev.roost.mobilenode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Two network namespaces with a cable between them: the mobile node's, and one in which scapy plays everything else
 * ({@code played_network.py}). The mobile node runs as a process of its own, as an operator would start it.
 */
final class PlayedNetwork implements AutoCloseable {
    static final String MOBILE_NODE_MAC = "02:00:00:00:00:99";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A process with the lines it has written. */
    record Running(Process process, List<String> lines, BufferedWriter input) {
        void say(String line) {
            try {
                input.write(line + "\n");
                input.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        List<String> since(int line) {
            List<String> now = List.copyOf(lines);
            return now.subList(line, now.size());
        }

        /** Waits for a line that matches, counted from the {@code from}-th line on; returns it. */
        String await(int from, String expression) {
            Awaitility.await(expression)
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .untilAsserted(() ->
                            assertThat(since(from)).as("lines so far").anyMatch(line -> line.matches(expression)));
            return since(from).stream()
                    .filter(line -> line.matches(expression))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private final String mobile = "node-" + ProcessHandle.current().pid() + "-mn";
    private final String rest = "node-" + ProcessHandle.current().pid() + "-net";
    private final List<Running> processes = new ArrayList<>();
    private final Path directory;

    private PlayedNetwork(Path directory) {
        this.directory = directory;
    }

    /** Leaves the test out, and says so, where it cannot be run; with {@code roost.crosscheck} that is a failure. */
    static PlayedNetwork open(Path directory) {
        needs("[ $(id -u) = 0 ]", "this is not root");
        needs("/usr/bin/python3 -c \"import scapy.all\"", "python3-scapy is missing");
        needs("nft --version && ip -V", "nftables or iproute2 is missing");
        PlayedNetwork network = new PlayedNetwork(directory);
        boolean done = false;
        try {
            network.lay();
            done = true;
            return network;
        } finally {
            if (!done) {
                network.close();
            }
        }
    }

    private void lay() {
        sh("ip netns add " + mobile + " && ip netns add " + rest);
        sh("ip link add eth0 netns " + mobile + " type veth peer name net0 netns " + rest);
        sh("ip netns exec " + rest + " sysctl -qw net.ipv6.conf.net0.disable_ipv6=1");
        sh("ip -n " + rest + " link set net0 up");
        sh("ip -n " + mobile + " link set lo up");
        sh("ip -n " + mobile + " link set eth0 address " + MOBILE_NODE_MAC + " up");
    }

    /** scapy at the other end of the cable, ready. */
    Running play() throws IOException {
        Path script = directory.resolve("played_network.py");
        try (InputStream in = PlayedNetwork.class.getResourceAsStream("played_network.py")) {
            assertThat(in).isNotNull();
            Files.write(script, in.readAllBytes());
        }
        Running scapy = start(rest, List.of("/usr/bin/python3", script.toString(), "net0", MOBILE_NODE_MAC));
        scapy.await(0, "ready");
        return scapy;
    }

    /** The product's main class, with these arguments, in the mobile node's namespace. */
    Running mobileNode(String... arguments) throws IOException {
        List<String> command = Stream.concat(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.roost.mobilenode.Main"),
                        Stream.of(arguments))
                .toList();
        return start(mobile, command);
    }

    String inMobileNode(String command) {
        return sh("ip netns exec " + mobile + " " + command);
    }

    private Running start(String namespace, List<String> command) throws IOException {
        List<String> whole = Stream.concat(Stream.of("ip", "netns", "exec", namespace), command.stream())
                .toList();
        Process process = new ProcessBuilder(whole).redirectErrorStream(true).start();
        List<String> lines = new CopyOnWriteArrayList<>();
        Thread reader = new Thread(() -> read(process, lines), "output of " + namespace);
        reader.setDaemon(true);
        reader.start();
        Running running = new Running(process, lines, process.outputWriter(StandardCharsets.UTF_8));
        processes.add(running);
        return running;
    }

    private static void read(Process process, List<String> lines) {
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            in.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException e) {
            lines.add("(output ended: " + e.getMessage() + ")");
        }
    }

    @Override
    public void close() {
        processes.forEach(running -> running.process().destroyForcibly());
        sh("ip netns del " + mobile + " ; ip netns del " + rest + " ; true");
    }

    private static void needs(String command, String otherwise) {
        try {
            sh(command);
        } catch (AssertionError e) {
            if (System.getProperty("roost.crosscheck") != null) {
                throw new AssertionError("roost.crosscheck is set, but " + otherwise, e);
            }
            System.out.println("test in network namespaces left out: " + otherwise);
            abort(otherwise);
        }
    }

    private static String sh(String command) {
        try {
            Process process = new ProcessBuilder("sh", "-c", command)
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
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
