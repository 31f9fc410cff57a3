package dev.roost.loadbalancer;

import java.security.SecureRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Very many {@link DelegationHistory}s; rerun one with {@code -Droost.seed=... -Droost.histories=1}. */
final class RandomDelegationHistoriesTest {

    private static final int HISTORIES = 20_000;

    @Test
    void endWithOneForwarderAndNothingLeftBehind() {
        long first = Long.getLong("roost.seed", new SecureRandom().nextLong());
        int histories = Integer.getInteger("roost.histories", HISTORIES);
        System.out.println("delegation histories of the controller: " + histories + ", -Droost.seed=" + first);
        LongStream.range(first, first + histories).parallel().forEach(seed -> {
            try {
                new DelegationHistory(seed, false).run();
            } catch (AssertionError | RuntimeException e) {
                System.out.println("failed: -Droost.seed=" + seed + " -Droost.histories=1");
                new DelegationHistory(seed, true).run();
                throw e;
            }
        });
    }
}
