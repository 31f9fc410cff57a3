package dev.roost.controller.api;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Keeps the last snapshot for a second, so that a hundred dashboards cost the loop as much as one. Any thread. */
final class SnapshotCache {
    private static final long MAX_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(900);

    private final LongSupplier nanos;
    private String snapshot = "";
    private long madeAtNanos;

    SnapshotCache(LongSupplier nanos) {
        this.nanos = nanos;
    }

    synchronized String get(Supplier<String> maker) {
        if (snapshot.isEmpty() || nanos.getAsLong() - madeAtNanos > MAX_AGE_NANOS) {
            snapshot = maker.get();
            madeAtNanos = nanos.getAsLong();
        }
        return snapshot;
    }
}
