package dev.roost.homeagent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Network namespaces of home agents and of the generator, whose interface is the home link, and a directory for their files. All of it, and
 * the processes in it, goes with {@link #close}, or when the process is interrupted.
 */
final class BenchStage implements AutoCloseable {
    private static final List<String> HOME_AGENTS = List.of("2001:db8:1::11", "2001:db8:1::12");
    private static final List<String> MACS = List.of("02:00:00:00:00:11", "02:00:00:00:00:12");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long POLL_MILLIS = 50;

    private final String prefix = "roost-b" + ProcessHandle.current().pid() + "-";
    private final String generatorNamespace = prefix + "mn";
    private final int homeAgents;
    private final Path directory;
    private final int bindings;
    private final boolean detection;
    private final Path mobileNodeJar;
    private final List<Process> processes = new ArrayList<>();
    private final Thread interruption = new Thread(this::tearDown, "bench-interrupted");

    /** @param homeAgents one, on all processors, or two on a processor each that can forward for each other */
    BenchStage(int bindings, boolean detection, int homeAgents) throws IOException, InterruptedException {
        this.bindings = bindings;
        this.detection = detection;
        this.homeAgents = homeAgents;
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
        ip("netns", "add", generatorNamespace);
        ip("-n", generatorNamespace, "link", "set", "lo", "up");
        ip("-n", generatorNamespace, "link", "add", "eth0", "type", "bridge", "mcast_snooping", "0");
        ip("-n", generatorNamespace, "link", "set", "eth0", "up");
        for (int i = 0; i < homeAgents; i++) {
            String port = "ha" + i;
            ip("netns", "add", namespace(i));
            ip("-n", namespace(i), "link", "set", "lo", "up");
            String cable = "link add eth0 netns %s address %s type veth peer name %s netns %s"
                    .formatted(namespace(i), MACS.get(i), port, generatorNamespace);
            ip(cable.split(" ", -1));
            ip("-n", generatorNamespace, "link", "set", port, "master", "eth0", "up");
            ip("-n", namespace(i), "link", "set", "eth0", "up");
            ip("-n", namespace(i), "address", "add", HOME_AGENTS.get(i) + "/64", "dev", "eth0", "nodad");
        }
    }

    private String namespace(int homeAgent) {
        return prefix + "ha" + homeAgent;
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

    /** The home agents, once they serve; the first one is where mobile nodes register. */
    List<Process> startHomeAgents() throws IOException, InterruptedException {
        List<Process> started = new ArrayList<>();
        for (int i = homeAgents - 1; i >= 0; i--) {
            started.add(0, startHomeAgent(i));
        }
        return started;
    }

    private Process startHomeAgent(int which) throws IOException, InterruptedException {
        Path configuration = configure(which, "");
        List<String> command = new ArrayList<>();
        if (homeAgents > 1) {
            command.addAll(List.of("taskset", "-c", processor(which)));
        }
        command.addAll(java(
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--config",
                configuration.toString()));
        Path err = file("home-agent-" + which + ".err");
        Process process = start(namespace(which), file("home-agent-" + which + ".out"), err, command);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (homeAgentStatus(which).isEmpty()) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("the home agent does not start: " + Files.readString(err));
            }
            Thread.sleep(POLL_MILLIS);
        }
        return process;
    }

    private Path configure(int which, String howToDelegate) throws IOException {
        return Files.writeString(file("home-agent-" + which + ".yaml"), """
                interface: eth0
                address: %s/64
                preference: 10
                maximumBindings: %d
                duplicateAddressDetection: %b
                statePath: %s
                authentication: none
                %s""".formatted(
                        HOME_AGENTS.get(which),
                        bindings,
                        detection,
                        statePath(which),
                        homeAgents > 1 ? delegation(howToDelegate) : ""));
    }

    private String delegation(String how) throws IOException {
        Path key = file("key");
        if (!Files.exists(key)) {
            Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(key, "a key of the forwarding protocol");
        }
        return "delegation:\n  keys: [{id: 1, keyFile: " + key + "}]\n" + how;
    }

    /** Has the first home agent, while it runs, delegate all its mobile nodes to the second from now on. */
    void delegate(Process first) throws IOException, InterruptedException {
        configure(0, "  mode: strict\n  secondaries: [" + HOME_AGENTS.get(1) + "]\n");
        run("kill", "-HUP", Long.toString(first.pid()));
    }

    /** The first, or the last: on one processor both share it. */
    private static String processor(int which) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            Matcher numbers = Pattern.compile("Cpus_allowed_list:\\s*([0-9]+)(?:.*?([0-9]+))?$")
                    .matcher(line);
            if (numbers.matches()) {
                return which == 0 || numbers.group(2) == null ? numbers.group(1) : numbers.group(2);
            }
        }
        throw new IllegalStateException("/proc/self/status does not tell the processors");
    }

    private Path statePath(int which) {
        return directory.resolve("state-" + which);
    }

    /** What a home agent's status file says now; empty before there is one. */
    String homeAgentStatus(int which) throws IOException {
        Path status = statePath(which).resolve("status.json");
        return Files.exists(status) ? Files.readString(status) : "";
    }

    Process startGenerator(Path output, List<String> more) throws IOException {
        List<String> command = java(
                "-jar", mobileNodeJar.toString(),
                "--interface", "eth0",
                "--home-prefix", "2001:db8:1::/64",
                "--first-home-address", "2001:db8:1::1:0",
                "--care-of-prefix", "2001:db8:3::/64",
                "--home-agent", HOME_AGENTS.get(0),
                "--gateway", HOME_AGENTS.get(0),
                "--gateway-mac", MACS.get(0),
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
        run(command.toArray(String[]::new));
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
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
            for (String namespace : List.of(namespace(0), namespace(1), generatorNamespace)) {
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
            System.err.println("bench: left behind in " + directory + ": " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
