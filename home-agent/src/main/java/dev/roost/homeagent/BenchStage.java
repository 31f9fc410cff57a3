package dev.roost.homeagent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Two network namespaces with a cable between them, one for the home agent and one for the generator, and a directory for their files.
 * All of it, and the processes in it, goes with {@link #close}, or when the process is interrupted.
 */
final class BenchStage implements AutoCloseable {
    private static final String HOME_AGENT_MAC = "02:00:00:00:00:11";
    private static final String HOME_AGENT = "2001:db8:1::11";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long POLL_MILLIS = 50;

    private final String homeAgentNamespace =
            "roost-b" + ProcessHandle.current().pid() + "-ha";
    private final String generatorNamespace =
            "roost-b" + ProcessHandle.current().pid() + "-mn";
    private final Path directory;
    private final int bindings;
    private final boolean detection;
    private final Path mobileNodeJar;
    private final List<Process> processes = new ArrayList<>();
    private final Thread interruption = new Thread(this::tearDown, "bench-interrupted");

    BenchStage(int bindings, boolean detection) throws IOException, InterruptedException {
        this.bindings = bindings;
        this.detection = detection;
        mobileNodeJar = mobileNodeJar();
        directory = Files.createTempDirectory("roost-bench-home-agent");
        Runtime.getRuntime().addShutdownHook(interruption);
        boolean done = false;
        try {
            lay();
            done = true;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    private void lay() throws IOException, InterruptedException {
        for (String namespace : List.of(homeAgentNamespace, generatorNamespace)) {
            ip("netns", "add", namespace);
            ip("-n", namespace, "link", "set", "lo", "up");
        }
        ip(
                "link",
                "add",
                "eth0",
                "netns",
                homeAgentNamespace,
                "address",
                HOME_AGENT_MAC,
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "netns",
                generatorNamespace);
        for (String namespace : List.of(homeAgentNamespace, generatorNamespace)) {
            ip("-n", namespace, "link", "set", "eth0", "up");
        }
        ip("-n", homeAgentNamespace, "address", "add", HOME_AGENT + "/64", "dev", "eth0", "nodad");
    }

    /** Beside this jar in a built tree: home-agent/target/home-agent.jar, mobile-node/target/mobile-node.jar. */
    private static Path mobileNodeJar() {
        Path start =
                Path.of(System.getProperty("java.class.path").split(":", 2)[0]).toAbsolutePath();
        for (Path above = start; above != null; above = above.getParent()) {
            Path jar = above.resolve("mobile-node/target/mobile-node.jar");
            if (Files.exists(jar)) {
                return jar;
            }
        }
        throw new IllegalStateException("mobile-node/target/mobile-node.jar is not built; it plays the mobile nodes");
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    /** Returns once the home agent serves. */
    Process startHomeAgent() throws IOException, InterruptedException {
        Path configuration = file("home-agent.yaml");
        Files.writeString(configuration, """
                interface: eth0
                address: %s/64
                preference: 10
                maximumBindings: %d
                duplicateAddressDetection: %b
                statePath: %s
                authentication: none
                """.formatted(HOME_AGENT, bindings, detection, directory.resolve("state")));
        Process process = start(
                homeAgentNamespace,
                file("home-agent.out"),
                file("home-agent.err"),
                java(
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--config",
                        configuration.toString()));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (homeAgentStatus().isEmpty()) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(
                        "the home agent does not start: " + Files.readString(file("home-agent.err")));
            }
            Thread.sleep(POLL_MILLIS);
        }
        return process;
    }

    /** What the home agent's status file says now; empty before there is one. */
    String homeAgentStatus() throws IOException {
        Path status = directory.resolve("state").resolve("status.json");
        return Files.exists(status) ? Files.readString(status) : "";
    }

    Process startGenerator(Path output, List<String> more) throws IOException {
        List<String> command = java(
                "-jar", mobileNodeJar.toString(),
                "--interface", "eth0",
                "--home-prefix", "2001:db8:1::/64",
                "--first-home-address", "2001:db8:1::1:0",
                "--care-of-prefix", "2001:db8:3::/64",
                "--home-agent", HOME_AGENT,
                "--gateway", HOME_AGENT,
                "--gateway-mac", HOME_AGENT_MAC,
                "--lifetime", "3600");
        command.addAll(more);
        return start(generatorNamespace, output, file("generator.err"), command);
    }

    private static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC"));
        command.addAll(List.of(arguments));
        return command;
    }

    /** {@code ip netns exec} becomes the command that it is given, so the process is that command. */
    private Process start(String namespace, Path out, Path err, List<String> command) throws IOException {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        whole.addAll(command);
        Process process = new ProcessBuilder(whole)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        processes.add(process);
        return process;
    }

    private static void ip(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        Process ip = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(ip.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (ip.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + said.strip());
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(interruption);
        tearDown();
    }

    private void tearDown() {
        processes.forEach(Process::destroyForcibly);
        try {
            for (Process process : processes) {
                process.waitFor();
            }
            for (String namespace : List.of(homeAgentNamespace, generatorNamespace)) {
                if (Files.exists(Path.of("/run/netns", namespace))) {
                    ip("netns", "del", namespace);
                }
            }
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            System.err.println("bench home-agent: left behind in " + directory + ": " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
