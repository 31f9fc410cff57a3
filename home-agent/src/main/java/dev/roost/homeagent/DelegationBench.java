package dev.roost.homeagent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Measures how fast one home agent delegates its mobile nodes to another. Run as {@code ./roost bench delegation}.
 *
 * <p>Two daemons as they are shipped, each held to one processor. The first is in strict mode: it acknowledges a registration when
 * the second has started to forward, so every registration that is answered is a delegation that was asked for, carried out, and
 * acknowledged, on disk and in the kernel at both. Refreshes afterwards are updates of delegations. Needs root, iproute2, nftables and the
 * built jar of the mobile node; leaves nothing behind. The last line is a JSON object.
 */
public final class DelegationBench {
    private static final double WANTED_PER_SECOND = 10_000;
    private static final List<String> DEFAULTS =
            List.of("--bindings", "100000", "--rate", "7000", "--refresh-rate", "7000", "--seconds", "10");

    private static final String USAGE = """
            usage: bench delegation [--bindings N] [--rate R] [--refresh-rate R] [--seconds S]

              --bindings N       mobile nodes to delegate (100000)
              --rate R           registrations, and so delegations, a second (7000)
              --refresh-rate R   updates of delegations a second while all are held (7000)
              --seconds S        how long to update (10)
            """;

    private DelegationBench() {}

    public static void main(String[] args) {
        if (List.of(args).contains("--help")) {
            System.out.print(USAGE);
            return;
        }
        System.exit(run(args));
    }

    private static int run(String[] args) {
        BenchArguments arguments;
        try {
            arguments = BenchArguments.parse(
                    Stream.concat(DEFAULTS.stream(), Stream.of(args)).toArray(String[]::new));
        } catch (IllegalArgumentException e) {
            System.err.println("bench delegation: " + e.getMessage());
            System.err.print(USAGE);
            return 2;
        }
        try {
            if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
                System.err.println("bench delegation: must be run as root: it sets up network namespaces");
                return 1;
            }
            return measure(arguments) ? 0 : 1;
        } catch (IOException | IllegalStateException e) {
            System.err.println("bench delegation: " + e.getMessage());
            return 1;
        } catch (InterruptedException e) {
            return 1;
        }
    }

    private static boolean measure(BenchArguments arguments) throws IOException, InterruptedException {
        say("""
                What is measured: registrations that a home agent in strict mode acknowledges once another one forwards for the mobile
                node: binding update, Start Forwarding, its acknowledgement, binding acknowledgement; each step on disk and in
                the kernel before the next. Each home agent is held to one of %d processors, which they share with the generator that
                plays %,d mobile nodes. Beside it: the same registrations at a home agent that forwards itself.
                """, Runtime.getRuntime().availableProcessors(), arguments.bindings());
        BenchRun.Result alone = BenchRun.measure(arguments, BenchStage.Shape.PINNED);
        BenchRun.Result delegating = BenchRun.measure(arguments, BenchStage.Shape.DELEGATING);
        BenchRun.Secondary secondary = delegating.secondary().orElseThrow();
        boolean complete = delegating.generator().isComplete() && secondary.entries() == arguments.bindings();
        double perCore = 1e6 / Math.max(delegating.cpuMicrosPerRegistration(), secondary.cpuMicrosPerDelegation());
        boolean reached = complete && perCore >= WANTED_PER_SECOND;
        say(
                """

                                        forwards itself      delegates
                registrations           %,11.0f    %,11.0f a second
                answered within (p99)   %,11.0f    %,11.0f ms, the second of duplicate address detection included
                processor time          %,11.1f    %,11.1f us each at the home agent, and %.1f us at the other one, in the second half
                refreshes               %,11.0f    %,11.0f a second
                answered within (p99)   %,11.1f    %,11.1f ms
                processor time          %,11.1f    %,11.1f us each at the home agent, and %.1f us at the other one

                One processor each is enough for %,.0f delegations a second (wanted: %,.0f). %s
                """,
                alone.generator().registeredPerSecond(),
                delegating.generator().registeredPerSecond(),
                alone.generator().registerP99Millis(),
                delegating.generator().registerP99Millis(),
                alone.cpuMicrosPerRegistration(),
                delegating.cpuMicrosPerRegistration(),
                secondary.cpuMicrosPerDelegation(),
                alone.generator().refreshedPerSecond(),
                delegating.generator().refreshedPerSecond(),
                alone.generator().refreshP99Millis(),
                delegating.generator().refreshP99Millis(),
                alone.cpuMicrosPerRefresh(),
                delegating.cpuMicrosPerRefresh(),
                secondary.cpuMicrosPerUpdate(),
                perCore,
                WANTED_PER_SECOND,
                complete
                        ? "Every mobile node is forwarded by the other home agent, and every binding update was answered."
                        : "Forwarded by the other: %,d; unanswered: %,d."
                                .formatted(
                                        secondary.entries(),
                                        delegating.generator().unanswered()));
        System.out.println(json(delegating, secondary, perCore, reached));
        return reached;
    }

    private static String json(
            BenchRun.Result delegating, BenchRun.Secondary secondary, double perCore, boolean reached) {
        return String.format(
                Locale.ROOT,
                "{\"bench\":\"delegation\",\"delegations\":%d,\"delegationsPerSecond\":%.0f,\"registerP99Millis\":%.1f,"
                        + "\"updatesPerSecond\":%.0f,\"updateP99Millis\":%.1f,\"updates\":%d,\"unanswered\":%d,"
                        + "\"cpuMicrosPerDelegation\":{\"primary\":%.1f,\"secondary\":%.1f},"
                        + "\"cpuMicrosPerUpdate\":{\"primary\":%.1f,\"secondary\":%.1f},"
                        + "\"kernelBytesPerBinding\":%.0f,\"delegationsPerSecondOfOneProcessor\":%.0f,\"wanted\":%.0f,\"reached\":%b}",
                secondary.entries(),
                delegating.generator().registeredPerSecond(),
                delegating.generator().registerP99Millis(),
                delegating.generator().refreshedPerSecond(),
                delegating.generator().refreshP99Millis(),
                secondary.updates(),
                delegating.generator().unanswered(),
                delegating.cpuMicrosPerRegistration(),
                secondary.cpuMicrosPerDelegation(),
                delegating.cpuMicrosPerRefresh(),
                secondary.cpuMicrosPerUpdate(),
                delegating.kernelBytesPerBinding(),
                perCore,
                WANTED_PER_SECOND,
                reached);
    }

    private static void say(String format, Object... values) {
        System.out.print(String.format(Locale.ROOT, format, values));
        System.out.flush();
    }
}
