package dev.roost.loadbalancer.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A crowd of a thousand a second, and load samples that are up to half a minute old. */
final class BalanceSimulationTest {

    private static final long SEED = 20_250_713;
    private static final BalanceScenario EQUALS = BalanceScenario.ofEquals(8, SEED);

    private static BalanceResult ofCore(BalanceScenario scenario) {
        return BalanceSimulation.run(scenario, new CorePolicy(scenario));
    }

    @Test
    void aCrowdSpreadsWhenItsBindingsAreSeen() {
        BalanceResult result = ofCore(EQUALS);

        assertThat(result.bindings().stream().mapToInt(Integer::intValue).sum()).isBetween(53_000, 55_000);
        assertThat(result.worstPeakOverMean()).isBetween(1.0, 1.15);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCrowdSpreadsWhenOnlyOldCountsTellOfIt(boolean samplesSpread) {
        assertThat(ofCore(EQUALS.unseen(samplesSpread)).worstPeakOverMean()).isBetween(1.0, 1.15);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHomeAgentThatTellsNothingGetsItsShare(boolean samplesSpread) {
        BalanceResult result = ofCore(EQUALS.unseen(samplesSpread).withSilent(2));

        assertThat(result.worstPeakOverMean()).isBetween(1.0, 1.15);
        assertThat(result.largestShareError(EQUALS.weights())).isLessThan(0.15);
    }

    @Test
    void soItDoesWhenBindingsAreSeen() {
        assertThat(ofCore(EQUALS.withSilent(2)).worstPeakOverMean()).isBetween(1.0, 1.15);
    }

    @Test
    void sharesFollowTheWeights() {
        BalanceScenario weighted = BalanceScenario.ofWeights(List.of(1, 2, 4), SEED);

        assertThat(ofCore(weighted).largestShareError(weighted.weights())).isLessThan(0.05);
        assertThat(ofCore(weighted.unseen(true)).largestShareError(weighted.weights()))
                .isLessThan(0.05);
    }

    @Test
    void theLeastLoadedByOldCountsDrawsTheHerd() {
        BalanceResult result = BalanceSimulation.run(EQUALS, BalancingPolicy.leastLoaded(8));

        assertThat(result.worstPeakOverMean()).isGreaterThan(4);
    }
}
