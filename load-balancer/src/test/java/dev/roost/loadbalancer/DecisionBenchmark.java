package dev.roost.loadbalancer;

import dev.roost.mobileip.HomeAgentAddressDiscoveryRequest;
import dev.roost.mobileip.Ipv6Address;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Locale;

/**
 * What one discovery request from a new care-of address costs the core: deciding, applying and writing the change for the
 * journal. Not a test; run its main on the test class path.
 */
final class DecisionBenchmark {

    private static final int REQUESTS_BY_HOME_AGENTS = 15_000_000;
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    private DecisionBenchmark() {}

    public static void main(String[] arguments) {
        int homeAgents = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
        int requests = REQUESTS_BY_HOME_AGENTS / homeAgents;
        int distinct = arguments.length > 1 ? Integer.parseInt(arguments[1]) : Integer.MAX_VALUE;
        int answers = arguments.length > 2 ? Integer.parseInt(arguments[2]) : TableLimits.DEFAULTS.answers();
        TableLimits limits = new TableLimits(256, 16, answers, 1000, 1000);
        Scene scene = new Scene(Scene.config().withLimits(limits)).withHomeAgents(homeAgents);
        ByteBuffer journal = ByteBuffer.allocateDirect(1 << 20);
        for (int round = 0; round < 8; round++) {
            long octets = 0;
            long started = CPU.getCurrentThreadCpuTime();
            for (int i = 0; i < requests; i++) {
                if (journal.remaining() < ChangeCodec.MAX_LENGTH) {
                    octets += journal.position();
                    journal.clear();
                }
                answer(scene, (round * (long) requests + i) % distinct, i, journal);
            }
            double nanos = (CPU.getCurrentThreadCpuTime() - started) / (double) requests;
            System.out.printf(
                    Locale.ROOT,
                    "%d home agents: %.0f ns of CPU a request, %.1f octets journalled%n",
                    homeAgents,
                    nanos,
                    (octets + journal.position()) / (double) requests);
            journal.clear();
        }
    }

    private static void answer(Scene scene, long request, int identifier, ByteBuffer journal) {
        // 600,000 a second, in batches of 64 that share a time.
        Instant now = scene.now.plusMillis(request / 64 * 64 / 600);
        PacketOrigin origin = new PacketOrigin(
                Scene.ROUTER_PORT,
                Scene.ROUTER_MAC,
                new Ipv6Address(0x2001_0db8_f00d_0000L, Mixing.mix(request)),
                Scene.ANYCAST);
        Decision decision = scene.network.onDiscoveryRequest(
                now, origin, new HomeAgentAddressDiscoveryRequest(identifier & 0xffff));
        for (int i = 0; i < decision.changes().size(); i++) {
            Change change = decision.changes().get(i);
            scene.network.apply(change);
            if (change.durable()) {
                ChangeCodec.write(change, journal);
            }
        }
    }
}
