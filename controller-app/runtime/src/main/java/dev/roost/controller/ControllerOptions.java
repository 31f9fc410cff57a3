package dev.roost.controller;

import dev.roost.mobileip.OpaqueBytes;
import dev.roost.openflow.rules.RuleCompiler;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What a host decides about the runtime.
 *
 * @param rules what depends on the host; without link discovery the host tells of links itself
 * @param probeKey keys the probes of link discovery, so that no host can pretend a link
 * @param seed breaks ties between equal home agents; not to be guessed from outside
 * @param sessions gives a number that no earlier process used, for the forwarding protocol; one for each home network
 * @param auditInterval how often what a switch has is read back
 * @param loadInterval how often the ports of home agents are read
 * @param packetLimit packets that may wait for the loop
 * @param taskLimit other events and queries that may wait for the loop
 * @param recentEvents how many events the dashboard can look back on
 */
public record ControllerOptions(
        RuleCompiler.Options rules,
        OpaqueBytes probeKey,
        long seed,
        LongSupplier sessions,
        Duration auditInterval,
        Duration loadInterval,
        int packetLimit,
        int taskLimit,
        int recentEvents) {

    private static final int KEY_BYTES = 32;

    public ControllerOptions withLoadInterval(Duration interval) {
        return new ControllerOptions(
                rules, probeKey, seed, sessions, auditInterval, interval, packetLimit, taskLimit, recentEvents);
    }

    /** The defaults, with a key, a seed and sessions of this start. */
    public static ControllerOptions defaults(RuleCompiler.Options rules) {
        SecureRandom random = new SecureRandom();
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return new ControllerOptions(
                rules,
                OpaqueBytes.of(key),
                random.nextLong(),
                random::nextLong,
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                1 << 16,
                1 << 14,
                500);
    }
}
