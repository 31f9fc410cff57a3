package dev.roost.homeagent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures how fast one home agent delegates its mobile nodes to another. Run as {@code ./roost bench delegation}.
 *
 * <p>Two daemons as they are shipped, each held to a processor of its own. Mobile nodes register with the first; when that is over, its
 * configuration is reloaded with one that has all of them forwarded by the second. Until it is done nothing else happens. Needs
 * root, iproute2, nftables and the built jar of the mobile node; leaves nothing behind. The last line is a JSON object.
 */
public final class DelegationBench {
    private static final double WANTED_PER_SECOND = 10_000;
    private static final int MOST_BINDINGS = 1_000_000;
    private static final Duration POLL = Duration.ofMillis(10);
    /** Status files are a second old at most. */
    private static final Duration SHOWN_WITHIN = Duration.ofSeconds(3);
    /** Until the first home agent has reduced its tunnels (grace period), and the second has announced itself three times. */
    private static final Duration REST = Duration.ofSeconds(5);

    private static final String USAGE = """
            usage: bench delegation [--bindings N]

              --bindings N       mobile nodes to delegate (100000)
            """;

    private final int bindings;
    private final BenchStage stage;

    private DelegationBench(int bindings, BenchStage stage) {
        this.bindings = bindings;
        this.stage = stage;
    }

    public static void main(String[] args) {
        if (List.of(args).contains("--help")) {
            System.out.print(USAGE);
            return;
        }
        System.exit(run(args));
    }

    private static int run(String[] args) {
        int bindings = 100_000;
        if (args.length > 0) {
            boolean isRight = args.length == 2 && args[0].equals("--bindings") && args[1].matches("[1-9][0-9]{0,6}");
            bindings = isRight ? Integer.parseInt(args[1]) : 0;
            if (bindings == 0 || bindings > MOST_BINDINGS) {
                System.err.print(USAGE);
                return 2;
            }
        }
        try {
            if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
                System.err.println("bench delegation: must be run as root: it sets up network namespaces");
                return 1;
            }
            try (BenchStage stage = new BenchStage(bindings, false, 2)) {
                return new DelegationBench(bindings, stage).measure() ? 0 : 1;
            }
        } catch (IOException | IllegalStateException e) {
            System.err.println("bench delegation: " + e.getMessage());
            return 1;
        } catch (InterruptedException e) {
            return 1;
        }
    }

    /** What both had spent and said at a moment; datagrams include a Hello a second and its acknowledgement. */
    private record Mark(
            double primaryCpuSeconds, double secondaryCpuSeconds, long sent, long answers, long kernelBytes) {

        static Mark now(ProcessCosts primary, ProcessCosts secondary) throws IOException {
            return new Mark(
                    primary.cpuSeconds(),
                    secondary.cpuSeconds(),
                    primary.datagramsSent(),
                    primary.datagramsReceived(),
                    secondary.kernelBytes());
        }
    }

    private boolean measure() throws IOException, InterruptedException {
        say("""
                What is measured: %,d mobile nodes are registered with one home agent, which then gets a configuration that has another one
                forward for all of them. Each is a Start Forwarding and its acknowledgement, with the change on disk at both, and the tunnel in
                the kernel of the second, before what says so is sent. The time is from the signal to reload to the last
                acknowledgement. Each home agent has one of %d processors; nobody else does anything.
                """, bindings, Runtime.getRuntime().availableProcessors());
        List<Process> homeAgents = stage.startHomeAgents();
        ProcessCosts primary = new ProcessCosts(homeAgents.get(0).pid());
        ProcessCosts secondary = new ProcessCosts(homeAgents.get(1).pid());
        register();
        Mark before = Mark.now(primary, secondary);
        long beganNanos = System.nanoTime();
        stage.delegate(homeAgents.get(0));
        double seconds = (awaitLastAnswer(primary) - beganNanos) / 1e9;
        Thread.sleep(REST.toMillis());
        Mark after = Mark.now(primary, secondary);
        return tell(seconds, before, after);
    }

    private void register() throws IOException, InterruptedException {
        Process generator = stage.startGenerator(
                stage.file("generator.out"),
                List.of("--many", Integer.toString(bindings), "--rate", "8000", "--duration", "0"));
        if (generator.waitFor() != 0 || awaitCount(0, "bindings", bindings) != bindings) {
            throw new IllegalStateException("not all mobile nodes could be registered: "
                    + String.join("\n", Files.readAllLines(stage.file("generator.err"))));
        }
        Thread.sleep(REST.toMillis());
    }

    /** When the last acknowledgement but those of Hello, one a second, was read: nothing more came for a while. */
    private static long awaitLastAnswer(ProcessCosts primary) throws IOException, InterruptedException {
        long lastNanos = System.nanoTime();
        long answers = primary.datagramsReceived();
        while (System.nanoTime() - lastNanos < SHOWN_WITHIN.toNanos()) {
            Thread.sleep(POLL.toMillis());
            long now = primary.datagramsReceived();
            lastNanos = now - answers > 1 ? System.nanoTime() : lastNanos;
            answers = now;
        }
        return lastNanos;
    }

    private boolean tell(double seconds, Mark before, Mark after) throws IOException, InterruptedException {
        long delegated = awaitCount(0, "delegated", bindings);
        long forwarded = awaitCount(1, "entries", bindings);
        double perSecond = delegated / seconds;
        boolean reached = delegated == bindings && forwarded == bindings && perSecond >= WANTED_PER_SECOND;
        double primaryMicros = (after.primaryCpuSeconds() - before.primaryCpuSeconds()) * 1e6 / bindings;
        double secondaryMicros = (after.secondaryCpuSeconds() - before.secondaryCpuSeconds()) * 1e6 / bindings;
        long datagrams = after.sent() - before.sent() + after.answers() - before.answers();
        long repeated = awaitCount(0, "retransmissions", 0);
        long dropped = awaitCount(0, "datagramsDroppedByKernel", 0) + awaitCount(1, "datagramsDroppedByKernel", 0);
        double kernelBytes = (double) (after.kernelBytes() - before.kernelBytes()) / bindings;
        say(
                """

                delegated        %,11d of %,d in %.2f s; the second home agent forwards for %,d
                rate             %,11.0f a second (wanted: %,.0f)
                processor time   %,11.1f us each at the first home agent, %.1f us at the second one, announcements and the first
                                             one's tunnels that are reduced later included
                datagrams        %,11d both ways; %,d of them repeated, %,d lost in sockets
                kernel memory    %,11.0f bytes each at the second home agent
                """,
                delegated,
                bindings,
                seconds,
                forwarded,
                perSecond,
                WANTED_PER_SECOND,
                primaryMicros,
                secondaryMicros,
                datagrams,
                repeated,
                dropped,
                kernelBytes);
        System.out.println(String.format(
                Locale.ROOT,
                "{\"bench\":\"delegation\",\"bindings\":%d,\"delegated\":%d,\"forwarded\":%d,\"seconds\":%.2f,"
                        + "\"delegationsPerSecond\":%.0f,\"cpuMicrosPerDelegation\":{\"primary\":%.1f,\"secondary\":%.1f},"
                        + "\"datagrams\":%d,\"retransmissions\":%d,\"datagramsDropped\":%d,\"kernelBytesPerDelegation\":%.0f,"
                        + "\"wanted\":%.0f,\"reached\":%b}",
                bindings,
                delegated,
                forwarded,
                seconds,
                perSecond,
                primaryMicros,
                secondaryMicros,
                datagrams,
                repeated,
                dropped,
                kernelBytes,
                WANTED_PER_SECOND,
                reached));
        return reached;
    }

    /** What a home agent counts, once it is that much or after a while. */
    private long awaitCount(int homeAgent, String name, long wanted) throws IOException, InterruptedException {
        Pattern pattern = Pattern.compile("\"" + name + "\":([0-9]+)");
        long deadline = System.nanoTime() + SHOWN_WITHIN.toNanos();
        while (true) {
            Matcher count = pattern.matcher(stage.homeAgentStatus(homeAgent));
            long shown = count.find() ? Long.parseLong(count.group(1)) : 0;
            if (shown >= wanted || System.nanoTime() - deadline > 0) {
                return shown;
            }
            Thread.sleep(POLL.toMillis());
        }
    }

    private static void say(String format, Object... values) {
        System.out.print(String.format(Locale.ROOT, format, values));
        System.out.flush();
    }
}
