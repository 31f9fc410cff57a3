package dev.roost.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

/**
 * Long random histories of a small home network with small tables, checked after each event against a {@link Simulation}'s
 * own simple idea of what must be. Rerun one with {@code -Droost.seed=...}.
 */
final class SimulationTest {

    private static final int EVENTS = 100_000;

    @Test
    void keepsItsInvariantsThroughAKnownHistory() {
        assertThat(run(20_250_713).kindsThatNeverHappened()).isEmpty();
    }

    @Test
    void keepsItsInvariantsThroughANewHistoryEachTime() {
        run(Long.getLong("roost.seed", new SecureRandom().nextLong()));
    }

    private static Simulation run(long seed) {
        System.out.println("simulation: -Droost.seed=" + seed);
        Simulation simulation = new Simulation(seed);
        int event = 0;
        try {
            for (; event < EVENTS; event++) {
                simulation.step();
            }
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("-Droost.seed=" + seed + ", event " + event + ": " + e.getMessage(), e);
        }
        System.out.println("simulation: " + simulation.summary());
        return simulation;
    }
}
