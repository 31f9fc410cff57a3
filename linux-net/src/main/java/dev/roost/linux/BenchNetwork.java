package dev.roost.linux;

import dev.roost.mobileip.MacAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The network that {@link TunnelBench} measures in: a generator, two forwarders of which only one gets tunnels, a sink
 * behind each, joined by veth pairs in network namespaces of its own, which end with it.
 *
 * <pre>
 *                 +-- plain (forwards) ----- sink-plain
 *   generator ----+
 *                 +-- tunnels (home agent) - sink-tunnels
 * </pre>
 */
final class BenchNetwork implements AutoCloseable {
    /** Where what is forwarded goes: nobody's, so that the sink drops it at once. */
    private static final String SINK_MAC = "02:00:00:00:00:99";

    /** A line of /proc/net/dev: name, bytes and packets received. */
    private static final Pattern SINK_COUNTERS = Pattern.compile("\\s*sink:\\s*\\d+\\s+(\\d+)");

    private static final long COMMAND_SECONDS = 30;

    private final String prefix = "roost-bench-" + ProcessHandle.current().pid() + "-";

    static BenchNetwork create() {
        BenchNetwork network = new BenchNetwork();
        boolean done = false;
        try {
            network.build();
            done = true;
            return network;
        } finally {
            if (!done) {
                network.close();
            }
        }
    }

    String generator() {
        return prefix + "generator";
    }

    String forwarder(String kind) {
        return prefix + kind;
    }

    private String sink(String kind) {
        return prefix + "sink-" + kind;
    }

    /** The address that frames to this forwarder go to. */
    MacAddress macOf(String kind) {
        return Namespaces.call(forwarder(kind), () -> NetworkLink.named("in").macAddress());
    }

    int generatorInterface(String kind) {
        return Namespaces.call(
                generator(), () -> NetworkLink.named("to-" + kind).index());
    }

    /** Frames that have come out behind this forwarder. */
    long arrived(String kind) {
        return Namespaces.call(sink(kind), () -> {
            for (String line : Files.readAllLines(Path.of("/proc/thread-self/net/dev"))) {
                Matcher counted = SINK_COUNTERS.matcher(line);
                if (counted.lookingAt()) {
                    return Long.parseLong(counted.group(1));
                }
            }
            throw new IllegalStateException("no interface 'sink'");
        });
    }

    @Override
    public void close() {
        for (String name :
                List.of(generator(), forwarder("plain"), forwarder("tunnels"), sink("plain"), sink("tunnels"))) {
            if (Files.exists(Path.of("/var/run/netns", name))) {
                command("ip netns del " + name);
            }
        }
    }

    private void build() {
        command("ip netns add " + generator());
        for (String kind : List.of("plain", "tunnels")) {
            String forwarder = forwarder(kind);
            command("ip netns add " + forwarder);
            command("ip netns add " + sink(kind));
            command("ip link add to-%s netns %s type veth peer name in netns %s"
                    .formatted(kind, generator(), forwarder));
            command("ip link add out netns %s type veth peer name sink netns %s".formatted(forwarder, sink(kind)));
            // No packets but those that are measured.
            command("ip netns exec %s sysctl -qw net.ipv6.conf.sink.disable_ipv6=1".formatted(sink(kind)));
            command("ip netns exec %s sysctl -qw net.ipv6.conf.to-%s.disable_ipv6=1".formatted(generator(), kind));
            command("ip -n %s link set to-%s up".formatted(generator(), kind));
            command("ip -n %s link set sink up".formatted(sink(kind)));
            for (String link : List.of("lo", "in", "out")) {
                command("ip -n %s link set %s up".formatted(forwarder, link));
            }
            command("ip -n %s addr add 2001:db8:1::a/64 dev in nodad".formatted(forwarder));
            command("ip -n %s addr add 2001:db8:2::1/64 dev out nodad".formatted(forwarder));
            command("ip -n %s neigh add 2001:db8:2::2 lladdr %s dev out nud permanent".formatted(forwarder, SINK_MAC));
            command("ip -n %s route add default via 2001:db8:2::2".formatted(forwarder));
            command("ip netns exec %s sysctl -qw net.ipv6.conf.all.forwarding=1".formatted(forwarder));
        }
    }

    private static void command(String line) {
        try {
            Process process = new ProcessBuilder(List.of(line.split(" ", -1)))
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(line + ": " + said);
            }
        } catch (IOException e) {
            throw new IllegalStateException(line + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(line, e);
        }
    }
}
