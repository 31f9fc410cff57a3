package dev.roost.mobilenode.generator;

import java.util.Locale;

/** What the nodes are busy with, and what of it is measured: transactions from when each was due to its answer. */
final class Phase {
    /** In their order. */
    enum Kind {
        REGISTER,
        REFRESH,
        DEREGISTER;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final int STATUSES = 256;

    private final Kind kind;
    private final long startNanos;
    private final LatencyHistogram latency = new LatencyHistogram();
    private final LatencyHistogram discoveryLatency = new LatencyHistogram();
    private final long[] statuses = new long[STATUSES];
    private long started;
    private long sent;
    private long retransmitted;
    private long failed;
    private long lastAnswerNanos;

    Phase(Kind kind, long nowNanos) {
        this.kind = kind;
        this.startNanos = nowNanos;
        this.lastAnswerNanos = nowNanos;
    }

    void onStarted() {
        started++;
    }

    void onSent(boolean again) {
        sent++;
        retransmitted += again ? 1 : 0;
    }

    void onDiscovered(long nanos) {
        discoveryLatency.add(nanos);
    }

    void onStatus(int status) {
        statuses[status]++;
    }

    /** A transaction is over, well. */
    void onAnswered(long nowNanos, long dueNanos) {
        latency.add(nowNanos - dueNanos);
        lastAnswerNanos = nowNanos;
    }

    void onFailed() {
        failed++;
    }

    Kind kind() {
        return kind;
    }

    long started() {
        return started;
    }

    long answered() {
        return latency.count();
    }

    long retransmitted() {
        return retransmitted;
    }

    long failed() {
        return failed;
    }

    long startNanos() {
        return startNanos;
    }

    /** From the beginning to the last answer. */
    double seconds() {
        return (lastAnswerNanos - startNanos) / 1e9;
    }

    /** As the members of a JSON object. */
    void writeTo(Json json) {
        json.object(kind.word());
        json.number("started", started);
        json.number("answered", answered());
        json.number("failed", failed);
        json.number("sent", sent);
        json.number("retransmitted", retransmitted);
        json.number("seconds", seconds());
        json.number("answersPerSecond", seconds() > 0 ? answered() / seconds() : 0);
        latency(json, "latencyMillis", latency);
        if (discoveryLatency.count() > 0) {
            latency(json, "discoveryLatencyMillis", discoveryLatency);
        }
        json.object("statuses");
        for (int status = 0; status < STATUSES; status++) {
            if (statuses[status] > 0) {
                json.number(Integer.toString(status), statuses[status]);
            }
        }
        json.end();
        json.end();
    }

    private static void latency(Json json, String name, LatencyHistogram histogram) {
        json.object(name);
        json.number("p50", histogram.percentileMillis(0.50));
        json.number("p90", histogram.percentileMillis(0.90));
        json.number("p99", histogram.percentileMillis(0.99));
        json.number("max", histogram.maxMillis());
        json.end();
    }
}
