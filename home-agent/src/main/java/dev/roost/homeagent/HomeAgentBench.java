package dev.roost.homeagent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Measures how many bindings a home agent takes, refreshes and holds. Run as {@code ./roost bench home-agent}.
 *
 * <p>The daemon as it is shipped stands in one network namespace, a generator that plays all mobile nodes in another, one Ethernet
 * cable between them. First at a given rate, with the latency seen by the mobile nodes; then, with {@code --flat-out}, as fast as
 * it goes. Needs root, iproute2, nftables and the built jar of the mobile node; leaves nothing behind. The last line is a JSON
 * object.
 */
public final class HomeAgentBench {
    private static final String USAGE = """
            usage: bench home-agent [--bindings N] [--rate R] [--refresh-rate R] [--seconds S] [--flat-out]

              --bindings N       mobile nodes to bind (100000)
              --rate R           new bindings a second (10000)
              --refresh-rate R   refreshes a second while all are held (30000)
              --seconds S        how long to refresh (20)
              --flat-out         then all of it again as fast as it goes
            """;

    private final BenchArguments arguments;

    private HomeAgentBench(BenchArguments arguments) {
        this.arguments = arguments;
    }

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
            arguments = BenchArguments.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println("bench home-agent: " + e.getMessage());
            System.err.print(USAGE);
            return 2;
        }
        try {
            if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
                System.err.println("bench home-agent: must be run as root: it sets up network namespaces");
                return 1;
            }
            return new HomeAgentBench(arguments).measure() ? 0 : 1;
        } catch (IOException | IllegalStateException e) {
            System.err.println("bench home-agent: " + e.getMessage());
            return 1;
        } catch (InterruptedException e) {
            return 1;
        }
    }

    private boolean measure() throws IOException, InterruptedException {
        say("""
                What is measured: binding updates answered by one home agent daemon (status 0; duplicate address detection on,
                every binding on disk and its tunnel in the kernel before it is acknowledged), %,d mobile nodes played by a
                generator on the same %d processors. Beside it: UMIP 1.0, the existing daemon, took 22 to 51 new bindings and
                300 to 600 refreshes a second, and about 53 kB of kernel memory a binding.
                """, arguments.bindings(), Runtime.getRuntime().availableProcessors());
        BenchRun.Result paced = BenchRun.measure(arguments);
        tell(paced);
        FlatOut flatOut = arguments.flatOut() ? measureFlatOut() : FlatOut.NONE;
        boolean sustained = paced.generator().isComplete();
        say(sustained ? "\nEvery binding update was answered.\n" : "\nNot every binding update was answered.\n");
        System.out.println(json(paced, flatOut, sustained));
        return sustained;
    }

    /** The most that it does of either a second. */
    private record FlatOut(double newBindings, double refreshes) {
        static final FlatOut NONE = new FlatOut(0, 0);
    }

    private FlatOut measureFlatOut() throws IOException, InterruptedException {
        BenchRun.Generator registering =
                BenchRun.measure(arguments.registeringFlatOut()).generator();
        BenchRun.Generator refreshing =
                BenchRun.measure(arguments.refreshingFlatOut()).generator();
        FlatOut flatOut = new FlatOut(registering.registeredPerSecond(), refreshing.refreshedPerSecond());
        say(
                "\nas fast as it goes: %,.0f new bindings a second, %,.0f refreshes a second\n",
                flatOut.newBindings(), flatOut.refreshes());
        return flatOut;
    }

    private static void tell(BenchRun.Result result) {
        BenchRun.Generator generator = result.generator();
        say(
                """

                new bindings  %,8.0f a second; %.0f us of the home agent's processor time each, of the second half; answered within %.0f ms (p99),
                              the second of duplicate address detection included
                refreshes     %,8.0f a second; %.0f us of the home agent's processor time each; answered within %.0f ms (p99)
                memory        %,.0f bytes of the kernel and %,.0f bytes of live Java heap a binding; the process takes %,d MiB
                """,
                generator.registeredPerSecond(),
                result.cpuMicrosPerRegistration(),
                generator.registerP99Millis(),
                generator.refreshedPerSecond(),
                result.cpuMicrosPerRefresh(),
                generator.refreshP99Millis(),
                result.kernelBytesPerBinding(),
                result.heapBytesPerBinding(),
                result.residentKib() >> 10);
    }

    private String json(BenchRun.Result paced, FlatOut flatOut, boolean sustained) {
        String most = arguments.flatOut()
                ? String.format(
                        Locale.ROOT,
                        "{\"newBindingsPerSecond\":%.0f,\"refreshesPerSecond\":%.0f}",
                        flatOut.newBindings(),
                        flatOut.refreshes())
                : "null";
        return String.format(
                Locale.ROOT,
                "{\"bench\":\"home-agent\",\"bindings\":%d,\"newBindingsPerSecond\":%.0f,\"refreshesPerSecond\":%.0f,"
                        + "\"refreshP99Millis\":%.1f,\"unanswered\":%d,\"cpuMicrosPerNewBinding\":%.1f,\"cpuMicrosPerRefresh\":%.1f,"
                        + "\"kernelBytesPerBinding\":%.0f,\"heapBytesPerBinding\":%.0f,\"residentKib\":%d,"
                        + "\"flatOut\":%s,\"sustained\":%b}",
                arguments.bindings(),
                paced.generator().registeredPerSecond(),
                paced.generator().refreshedPerSecond(),
                paced.generator().refreshP99Millis(),
                paced.generator().unanswered(),
                paced.cpuMicrosPerRegistration(),
                paced.cpuMicrosPerRefresh(),
                paced.kernelBytesPerBinding(),
                paced.heapBytesPerBinding(),
                paced.residentKib(),
                most,
                sustained);
    }

    private static void say(String format, Object... values) {
        System.out.print(String.format(Locale.ROOT, format, values));
        System.out.flush();
    }
}
