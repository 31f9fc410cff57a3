package dev.roost.controller.standalone;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What the server listens on, and its limits.
 *
 * @param ioThreads netty event loops; a switch stays with one of them
 * @param sharedLoop whether the controller's loop runs on the (then only) event loop instead of a thread of its own
 * @param maxConnections connections at a time, those in handshake included; further ones are closed at once
 * @param handshakeTimeout from the connect to the last answer of the handshake
 * @param echoInterval how often a switch that is silent is asked for an echo; after three without any sign it is dropped
 * @param outboundLimitBytes what may wait for one slow switch before packet-outs to it are dropped; at four times as
 *     much the switch itself is dropped
 * @param generationId for the role request (OpenFlow 1.3.5, 6.3.6); must not go down from one start to the next
 */
public record OpenFlowServerOptions(
        InetSocketAddress listen,
        int ioThreads,
        boolean sharedLoop,
        int maxConnections,
        Duration handshakeTimeout,
        Duration echoInterval,
        int outboundLimitBytes,
        long generationId) {

    private static final int MOST_IO_THREADS = 4;
    private static final int MAX_CONNECTIONS = 1024;
    private static final int OUTBOUND_LIMIT_BYTES = 4 << 20;

    public OpenFlowServerOptions {
        if (sharedLoop && ioThreads != 1) {
            throw new IllegalArgumentException("a shared loop is the only one, not one of " + ioThreads);
        }
        if (ioThreads < 1 || maxConnections < 1 || outboundLimitBytes < 1) {
            throw new IllegalArgumentException("limits below 1: threads " + ioThreads + ", connections "
                    + maxConnections + ", outbound " + outboundLimitBytes);
        }
    }

    /** Everything but the address at its default; how many threads depends on the processors that this process may use. */
    public static OpenFlowServerOptions listeningOn(InetSocketAddress listen, long generationId) {
        int processors = Runtime.getRuntime().availableProcessors();
        return new OpenFlowServerOptions(
                listen,
                Math.max(1, Math.min(MOST_IO_THREADS, processors - 1)),
                processors == 1,
                MAX_CONNECTIONS,
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                OUTBOUND_LIMIT_BYTES,
                generationId);
    }
}
