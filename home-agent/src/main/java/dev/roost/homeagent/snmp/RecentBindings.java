package dev.roost.homeagent.snmp;

import dev.roost.homeagent.binding.BindingSnapshot;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The bindings for who walks the table: a copy of the last second. The loop is asked for a new one only when the old one is older
 * than {@link #FRESH}, so a walk costs it one copy of memory in that time, however many steps it has. Belongs to the agent's thread.
 */
final class RecentBindings {
    static final Duration FRESH = Duration.ofSeconds(1);
    /** Less than managers wait by default. A loop that is busier than this is not to be bothered; the old copy will do. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final ManagedHomeAgent managed;
    private BindingRows rows;
    private long copiedAtNanos;

    RecentBindings(ManagedHomeAgent managed) {
        this.managed = managed;
        rows = new BindingRows(BindingSnapshot.EMPTY, managed::now);
        copiedAtNanos = System.nanoTime() - FRESH.toNanos();
    }

    BindingRows rows() {
        if (System.nanoTime() - copiedAtNanos >= FRESH.toNanos()) {
            refresh();
        }
        return rows;
    }

    private void refresh() {
        copiedAtNanos = System.nanoTime();
        try {
            BindingSnapshot snapshot = managed.copyBindings()
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .sorted();
            rows = new BindingRows(snapshot, managed::now);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // The old rows stay; the next step after a pause asks again.
            copiedAtNanos = System.nanoTime();
        }
    }
}
