package dev.roost.linux;

import dev.roost.mobileip.MacAddress;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Measures the home agent's tunnels beside plain IPv6 forwarding by the same kernel over the same path, in turns of a
 * fraction of a second, so that what else the machine does falls on both alike. Run as {@code ./roost bench tunnel}.
 *
 * <p>Everything a packet costs is spent by one thread on one processor, from the generator's system call to the sink;
 * figures are packets for each second of that thread's processor time, generator and sink included. What these two
 * cost by themselves is measured too, so that the ratio of the forwarding alone, which is the stricter one, can be told.
 * Needs root, iproute2 and nftables; leaves nothing behind. The last line is a JSON object.
 */
public final class TunnelBench {
    private static final double WANTED_RATIO = 0.85;
    private static final MacAddress SOMEBODY_ELSE = MacAddress.parse("02:00:00:00:00:77");
    private static final int WARM_UP_ROUNDS = 3;

    private enum Case {
        PLAIN("plain", "plain forwarding"),
        ENCAPSULATION("tunnels", "into the tunnel"),
        PLAIN_AGAIN("plain", "plain forwarding, a second time"),
        DECAPSULATION("tunnels", "out of the tunnel, source checked"),
        WRONG_SOURCE("tunnels", "from a wrong source, dropped"),
        ENTRY_ONLY("plain", "sent and received only, not forwarded");

        private final String forwarder;
        private final String title;

        Case(String forwarder, String title) {
            this.forwarder = forwarder;
            this.title = title;
        }

        boolean isForwarded() {
            return this != WRONG_SOURCE && this != ENTRY_ONLY;
        }
    }

    private final BenchOptions options;
    /** For each case and round: packets a second of processor time. */
    private final Map<Case, double[]> rates = new EnumMap<>(Case.class);

    private final Map<Case, Long> sent = new EnumMap<>(Case.class);
    private final Map<Case, Long> arrived = new EnumMap<>(Case.class);

    private TunnelBench(BenchOptions options) {
        this.options = options;
    }

    public static void main(String[] args) {
        System.exit(run(args));
    }

    private static int run(String[] args) {
        BenchOptions options;
        try {
            options = BenchOptions.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            return 2;
        }
        if (!LinuxCalls.isRoot()) {
            System.err.println("bench tunnel: needs root (network namespaces, eBPF, packet sockets)");
            return 1;
        }
        try {
            return new TunnelBench(options).measure() ? 0 : 1;
        } catch (LinuxException | IllegalStateException e) {
            System.err.println("bench tunnel: " + e.getMessage());
            return 1;
        }
    }

    private boolean measure() {
        System.out.printf(
                Locale.ROOT,
                "Home agent's tunnels beside plain IPv6 forwarding: same kernel, same path, one processor.%n"
                        + "%d bindings, %d flows, %d bytes of UDP payload, %d rounds of %d ms each.%n",
                options.bindings(),
                options.flows(),
                options.payloadBytes(),
                options.rounds(),
                options.roundMillis());
        SplittableRandom random = new SplittableRandom(options.seed());
        List<TunnelBinding> bindings = BenchFrames.bindings(options.bindings(), random);
        BenchFrames frames = new BenchFrames(bindings, options.flows(), options.payloadBytes(), random);
        try (BenchNetwork network = BenchNetwork.create()) {
            TunnelCounters counters = Namespaces.call(network.forwarder("tunnels"), () -> {
                KernelSilence silence = KernelSilence.open("bench"); // a home agent's forwarder has it too
                try (HomeAgentTunnels tunnels = open(bindings)) {
                    run(network, frames);
                    return tunnels.counters();
                } finally {
                    silence.close();
                }
            });
            return report(counters);
        }
    }

    private HomeAgentTunnels open(List<TunnelBinding> bindings) {
        long start = System.nanoTime();
        HomeAgentTunnels tunnels = HomeAgentTunnels.open(
                new HomeAgentTunnels.Options("in", List.of(), List.of("out"), options.bindings()), bindings);
        System.out.printf(
                Locale.ROOT, "%d bindings installed in %.0f ms%n", bindings.size(), (System.nanoTime() - start) / 1e6);
        return tunnels;
    }

    private void run(BenchNetwork network, BenchFrames frames) {
        MacAddress plain = network.macOf("plain");
        MacAddress tunnels = network.macOf("tunnels");
        Map<Case, List<byte[]>> contents = new EnumMap<>(Case.class);
        contents.put(Case.PLAIN, frames.plain(plain));
        contents.put(Case.ENCAPSULATION, frames.forMobileNodes(tunnels));
        contents.put(Case.PLAIN_AGAIN, frames.plain(plain));
        contents.put(Case.DECAPSULATION, frames.fromMobileNodes(tunnels));
        contents.put(Case.WRONG_SOURCE, frames.forged(tunnels));
        contents.put(Case.ENTRY_ONLY, frames.plain(SOMEBODY_ELSE));
        for (Case each : Case.values()) {
            rates.put(each, new double[options.rounds()]);
        }
        Namespaces.run(network.generator(), () -> {
            int[] processors = LinuxCalls.usableProcessors();
            LinuxCalls.pinTo(processors[processors.length - 1]);
            Map<Case, BenchGenerator> generators = new EnumMap<>(Case.class);
            for (Case each : Case.values()) {
                generators.put(
                        each,
                        new BenchGenerator(
                                network.generatorInterface(each.forwarder), contents.getOrDefault(each, List.of())));
            }
            for (int round = -WARM_UP_ROUNDS; round < options.rounds(); round++) {
                for (Map.Entry<Case, BenchGenerator> each : generators.entrySet()) {
                    turn(network, each.getKey(), each.getValue(), round);
                }
            }
            generators.values().forEach(BenchGenerator::close);
        });
    }

    private void turn(BenchNetwork network, Case which, BenchGenerator generator, int round) {
        long before = network.arrived(which.forwarder);
        BenchGenerator.Burst burst = generator.run(options.roundMillis() * 1_000_000L);
        long through = network.arrived(which.forwarder) - before;
        sent.merge(which, burst.sent(), Long::sum);
        arrived.merge(which, through, Long::sum);
        if (round >= 0) {
            long packets = which.isForwarded() ? through : burst.sent();
            packetsPerSecond(which)[round] = packets * 1e9 / burst.processorNanos();
        }
    }

    private double[] packetsPerSecond(Case which) {
        return rates.getOrDefault(which, new double[0]);
    }

    private boolean report(TunnelCounters counters) {
        for (Case each : Case.values()) {
            System.out.printf(
                    Locale.ROOT,
                    "%-40s %9.0f packets/s  (%.0f ns each)  sent %d, arrived %d%n",
                    each.title,
                    median(packetsPerSecond(each)),
                    1e9 / median(packetsPerSecond(each)),
                    sent.getOrDefault(each, 0L),
                    arrived.getOrDefault(each, 0L));
        }
        double encapsulation = ratio(Case.ENCAPSULATION);
        double decapsulation = ratio(Case.DECAPSULATION);
        long passed = sent.getOrDefault(Case.WRONG_SOURCE, 0L) - counters.wrongSource();
        boolean checked = passed == 0;
        boolean reached = encapsulation >= WANTED_RATIO && decapsulation >= WANTED_RATIO && checked;
        System.out.printf(
                Locale.ROOT,
                "Beside plain forwarding: %.3f into the tunnel, %.3f out of it (wanted: %.2f each); "
                        + "the forwarding alone %.3f and %.3f. Wrong sources %s.%n",
                encapsulation,
                decapsulation,
                WANTED_RATIO,
                forwardingRatio(Case.ENCAPSULATION),
                forwardingRatio(Case.DECAPSULATION),
                checked ? "all dropped" : "NOT all dropped: " + counters);
        System.out.printf(
                Locale.ROOT,
                "{\"bench\":\"tunnel\",\"encapsulationRatio\":%.3f,\"decapsulationRatio\":%.3f,"
                        + "\"encapsulationForwardingRatio\":%.3f,\"decapsulationForwardingRatio\":%.3f,"
                        + "\"plainPacketsPerSecond\":%.0f,\"encapsulationPacketsPerSecond\":%.0f,"
                        + "\"decapsulationPacketsPerSecond\":%.0f,\"wrongSourcePassed\":%d,"
                        + "\"bindings\":%d,\"wantedRatio\":%.2f,\"reached\":%b}%n",
                encapsulation,
                decapsulation,
                forwardingRatio(Case.ENCAPSULATION),
                forwardingRatio(Case.DECAPSULATION),
                median(packetsPerSecond(Case.PLAIN)),
                median(packetsPerSecond(Case.ENCAPSULATION)),
                median(packetsPerSecond(Case.DECAPSULATION)),
                passed,
                options.bindings(),
                WANTED_RATIO,
                reached);
        return reached;
    }

    /** The median over the rounds of this case beside the plain ones on both sides of it. */
    private double ratio(Case which) {
        double[] ratios = new double[options.rounds()];
        for (int i = 0; i < ratios.length; i++) {
            double plain = (packetsPerSecond(Case.PLAIN)[i] + packetsPerSecond(Case.PLAIN_AGAIN)[i]) / 2;
            ratios[i] = packetsPerSecond(which)[i] / plain;
        }
        return median(ratios);
    }

    /** The same of the forwarding alone: what a packet costs that is not forwarded is taken off both. */
    private double forwardingRatio(Case which) {
        double[] ratios = new double[options.rounds()];
        for (int i = 0; i < ratios.length; i++) {
            double entry = 1.0 / packetsPerSecond(Case.ENTRY_ONLY)[i];
            double plain = (1 / packetsPerSecond(Case.PLAIN)[i] + 1 / packetsPerSecond(Case.PLAIN_AGAIN)[i]) / 2;
            ratios[i] = (plain - entry) / (1 / packetsPerSecond(which)[i] - entry);
        }
        return median(ratios);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
