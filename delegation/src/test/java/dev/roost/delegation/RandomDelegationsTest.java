package dev.roost.delegation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Whatever is lost, late, doubled or out of order, whoever dies or changes their mind: packets meet a tunnel at every moment (unless
 * somebody died), in the end one home agent forwards, it is the one that switches steer to, it knows the newest care-of address, and
 * when the registrations are over nothing is left.
 */
final class RandomDelegationsTest {
    private static final int HISTORIES = 100_000;

    /** As many have every message go through {@link MessageProtection} and back; that costs more. */
    private static final int SEALED_EVERY = 40;

    @Test
    void endWithOneForwarderThatSwitchesSteerTo() {
        long first = Long.getLong("roost.seed", System.nanoTime());
        int histories = Integer.getInteger("roost.histories", HISTORIES);
        System.out.println("delegation histories: " + histories + ", first seed " + first);
        Map<DelegationCounter, Integer> seen = new ConcurrentHashMap<>();
        LongStream.range(first, first + histories).parallel().forEach(seed -> {
            boolean sealed = seed % SEALED_EVERY == 0;
            DelegationHistory history = new DelegationHistory(seed, sealed, false);
            try {
                history.run();
            } catch (AssertionError | RuntimeException e) {
                System.out.println("failed: seed " + seed + (sealed ? ", sealed" : ""));
                new DelegationHistory(seed, sealed, true).run();
                throw e;
            }
            history.counters().forEach((counter, count) -> seen.merge(counter, count, Integer::sum));
        });

        if (histories == HISTORIES) {
            assertThat(seen.keySet())
                    .as("what histories go through")
                    .containsAll(Set.of(
                            DelegationCounter.DELEGATIONS_DONE,
                            DelegationCounter.DELEGATIONS_REFUSED,
                            DelegationCounter.DELEGATIONS_UNANSWERED,
                            DelegationCounter.TAKEN_BACK,
                            DelegationCounter.REPORTS_REPEATED,
                            DelegationCounter.REFUSED_STALE_EPOCH,
                            DelegationCounter.FORWARDING_EXPIRED,
                            DelegationCounter.FORWARDING_YIELDED,
                            DelegationCounter.SECONDARIES_SILENT,
                            DelegationCounter.SECONDARIES_RESTARTED,
                            DelegationCounter.ORDERS_REFUSED));
        }
    }
}
