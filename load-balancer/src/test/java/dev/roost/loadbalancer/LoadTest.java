package dev.roost.loadbalancer;

import static dev.roost.loadbalancer.Scene.careOf;
import static dev.roost.loadbalancer.Scene.global;
import static dev.roost.loadbalancer.Scene.linkLocal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.roost.mobileip.Ipv6Address;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Load samples, rates, thresholds, and what they do to the order. */
final class LoadTest {

    private static final LoadThresholds HUNDRED =
            new LoadThresholds(OptionalInt.of(5), OptionalLong.of(100), OptionalLong.of(100));

    private final Scene scene = new Scene(Scene.config()
                    .withStickiness(new StickinessConfig(Duration.ZERO, StickinessConfig.Mode.DEFAULT))
                    .withBalancing(Scene.balancing().withThresholds(HUNDRED)))
            .withHomeAgents(2);

    private Decision sample(int n, long transmitted, long received) {
        return sample(n, transmitted, received, 64, OptionalInt.empty());
    }

    private Decision sample(int n, long transmitted, long received, int bits, OptionalInt bindings) {
        return scene.happened(scene.network.onLoadSample(
                scene.now,
                new LoadSample(
                        global(n), LoadSample.Source.OPENFLOW, scene.now, transmitted, received, bits, bindings)));
    }

    private double transmitRate(int n) {
        return scene.view(n).load().transmitRate().orElse(-1);
    }

    /** Samples of home agent 1, a second apart, that come to these rates. */
    private void runsAt(long transmitRate, long receiveRate) {
        sample(1, 1_000_000, 1_000_000);
        for (int i = 1; i <= 10; i++) {
            scene.passMillis(1000);
            sample(1, 1_000_000 + i * transmitRate, 1_000_000 + i * receiveRate);
        }
    }

    private void becomes(long transmitRate) {
        long transmitted = scene.view(1).load().packetsTransmitted();
        for (int i = 1; i <= 11; i++) {
            scene.passMillis(1000);
            sample(1, transmitted + i * transmitRate, scene.view(1).load().packetsReceived());
        }
    }

    @Test
    void unknownLoadLowersNothing() {
        assertThat(scene.view(1).effectivePreference()).isEqualTo(10);
        assertThat(scene.view(1).load().transmitRate()).isEmpty();
        assertThat(scene.view(1).load().source()).isEmpty();
    }

    @Test
    void loadIsFoundByLinkLocalAddressToo() {
        scene.happened(scene.network.onLoadSample(
                scene.now,
                new LoadSample(linkLocal(1), LoadSample.Source.SNMP, scene.now, 1, 2, 32, OptionalInt.empty())));

        assertThat(scene.view(1).load().source()).contains(LoadSample.Source.SNMP);
        assertThat(scene.view(1).load().packetsReceived()).isEqualTo(2);
    }

    @Test
    void loadOfNobodyIsCounted() {
        sample(7, 1, 1);

        assertThat(scene.counted()).containsExactly(Reason.LOAD_OF_UNKNOWN_HOME_AGENT);
    }

    @Test
    void aSampleThatIsNotNewerIsCounted() {
        sample(1, 1, 1);
        sample(1, 2, 2);

        assertThat(scene.counted()).containsExactly(Reason.LOAD_OUT_OF_ORDER);
    }

    @Test
    void countersBecomeRatesOverTheWindow() {
        runsAt(50, 20);

        assertThat(transmitRate(1)).isCloseTo(50, within(0.01));
        assertThat(scene.view(1).load().receiveRate().orElseThrow()).isCloseTo(20, within(0.01));
    }

    @Test
    void largeCountersAloneAreNoLoad() {
        sample(1, Long.MAX_VALUE - 5, Long.MAX_VALUE - 5);
        scene.passMillis(1000);
        sample(1, Long.MIN_VALUE + 44, Long.MIN_VALUE + 44);

        assertThat(transmitRate(1)).isCloseTo(50, within(0.01));
        assertThat(scene.view(1).state()).isEqualTo(HomeNetworkView.State.ACTIVE);
    }

    @Test
    void samplesFurtherApartThanTheWindowStillGiveARate() {
        sample(1, 0, 0);
        scene.passMillis(30_000);
        sample(1, 3000, 0);

        assertThat(transmitRate(1)).isCloseTo(100, within(0.01));
    }

    @Test
    void manySamplesInAWindowStillGiveTheRateOverAllOfIt() {
        for (int i = 0; i <= 1000; i++) {
            sample(1, i < 500 ? 0 : (i - 500) * 2L, 0);
            scene.passMillis(20);
        }

        assertThat(transmitRate(1)).isCloseTo(100, within(10.0));
    }

    @Test
    void aCounterOf32BitsMayWrap() {
        sample(1, 0xffff_ff9cL, 0, 32, OptionalInt.empty());
        scene.passMillis(1000);
        sample(1, 50, 0, 32, OptionalInt.empty());

        assertThat(transmitRate(1)).isCloseTo(150, within(0.01));
    }

    @Test
    void countersThatStartAnewKeepTheLastRateUntilThereIsAnother() {
        runsAt(50, 20);
        scene.passMillis(1000);
        sample(1, 10, 10);
        assertThat(transmitRate(1)).isCloseTo(50, within(0.01));

        scene.passMillis(1000);
        sample(1, 40, 40);

        assertThat(transmitRate(1)).isCloseTo(30, within(0.01));
    }

    @Test
    void a32BitCounterThatStartsAnewIsNotTakenForAFlood() {
        sample(1, 3_500_000_000L, 0, 32, OptionalInt.empty());
        scene.passMillis(1000);
        sample(1, 3_500_000_050L, 0, 32, OptionalInt.empty());
        scene.passMillis(1000);
        sample(1, 100, 0, 32, OptionalInt.empty());

        assertThat(transmitRate(1)).isCloseTo(50, within(0.01));
    }

    @Test
    void countersOfAnotherPortBeginAnew() {
        runsAt(50, 20);
        scene.happened(scene.network.onHomeAgentUnreachable(scene.now, Scene.port(1)));
        scene.homeAgent(1).at(Scene.HOST_PORT).advertises();

        scene.passMillis(1000);
        sample(1, 9_000_000, 9_000_000);
        assertThat(transmitRate(1)).isCloseTo(50, within(0.01));
        scene.passMillis(1000);
        sample(1, 9_000_070, 9_000_070);
        assertThat(transmitRate(1)).isCloseTo(70, within(0.01));
    }

    @Test
    void exactlyTheThresholdIsNotTooMuch() {
        runsAt(100, 100);

        assertThat(scene.view(1).effectivePreference()).isEqualTo(10);
    }

    @Test
    void moreTransmittedThanTheThresholdLowersThePreference() {
        runsAt(101, 0);

        assertThat(scene.view(1).effectivePreference()).isZero();
        assertThat(scene.view(1).state()).isEqualTo(HomeNetworkView.State.OVERLOADED);
        assertThat(scene.ask(careOf(1))).startsWith(global(2), global(1));
    }

    @Test
    void moreReceivedThanTheThresholdLowersThePreference() {
        runsAt(0, 101);

        assertThat(scene.view(1).effectivePreference()).isZero();
    }

    @Test
    void moreBindingsThanTheThresholdLowerThePreference() {
        for (int n = 0; n < 5; n++) {
            scene.bind(n, 1);
        }
        assertThat(scene.view(1).effectivePreference()).isEqualTo(10);

        scene.bind(5, 1);

        assertThat(scene.view(1).effectivePreference()).isZero();
    }

    @Test
    void bindingsThatTheSourceReportsCountToo() {
        sample(1, 0, 0, 64, OptionalInt.of(6));

        assertThat(scene.view(1).load().bindings()).isEqualTo(6);
        assertThat(scene.view(1).effectivePreference()).isZero();
    }

    @Test
    void anOverloadedHomeAgentRecoversBelowFourFifthsOfTheThreshold() {
        runsAt(101, 0);

        becomes(81);
        assertThat(scene.view(1).effectivePreference()).isZero();
        becomes(79);
        assertThat(scene.view(1).effectivePreference()).isEqualTo(10);
        becomes(99);
        assertThat(scene.view(1).effectivePreference()).isEqualTo(10);
    }

    @Test
    void overloadByBindingsRecoversBelowFourFifthsOfTheThreshold() {
        for (int n = 0; n < 6; n++) {
            scene.bind(n, 1);
        }
        scene.bind(Scene.home(0), careOf(0), 2);
        scene.bind(Scene.home(1), careOf(1), 2);
        assertThat(scene.view(1).load().bindings()).isEqualTo(4);
        assertThat(scene.view(1).effectivePreference()).isZero();

        scene.bind(Scene.home(2), careOf(2), 2);
        assertThat(scene.view(1).effectivePreference()).isEqualTo(10);
    }

    @Test
    void aRateThatIsStaleIsUnknown() {
        runsAt(101, 0);
        scene.passMillis(90_001);

        assertThat(scene.view(1).effectivePreference()).isEqualTo(10);
        assertThat(scene.view(1).load().transmitRate()).isEmpty();
    }

    @Test
    void withAllOverloadedTheLessLoadedStillComesFirst() {
        runsAt(500, 0);
        for (int n = 0; n < 6; n++) {
            scene.bind(n, 2);
        }

        assertThat(scene.view(1).effectivePreference()).isZero();
        assertThat(scene.view(2).effectivePreference()).isZero();
        assertThat(scene.ask(careOf(1000))).startsWith(global(1), global(2));
    }

    @Test
    void whereTheFloorHidesThePenaltyTheOverloadedStillComesLater() {
        scene.homeAgent(1).preference(0).advertises();
        scene.homeAgent(2).preference(0).advertises();
        scene.bind(1, 2);
        runsAt(101, 0);

        assertThat(scene.ask(careOf(1000))).startsWith(global(2), global(1));
    }

    @Test
    void aSmallerPenaltyOnlyLowers() {
        Scene mild = new Scene(Scene.config()
                .withBalancing(Scene.balancing().withThresholds(HUNDRED).withOverloadPenalty(3)));
        mild.withHomeAgents(1);
        for (int n = 0; n < 6; n++) {
            mild.bind(n, 1);
        }

        assertThat(mild.view(1).effectivePreference()).isEqualTo(7);
    }

    @Test
    void amongEqualsWithEqualBindingsTheOneWithTheLowerRateComesFirst() {
        Scene rated = new Scene().withHomeAgents(2);
        for (int second = 0; second < 3; second++) {
            for (int n = 1; n <= 2; n++) {
                Ipv6Address homeAgent = global(n);
                long packets = second * (n == 1 ? 1000L : 100L);
                rated.happened(rated.network.onLoadSample(
                        rated.now,
                        new LoadSample(
                                homeAgent,
                                LoadSample.Source.OPENFLOW,
                                rated.now,
                                packets,
                                packets,
                                64,
                                OptionalInt.empty())));
            }
            rated.passMillis(1000);
        }

        assertThat(rated.ask(careOf(1))).startsWith(global(2), global(1));
    }

    @Test
    void theHomeAgentsOwnWordCountsBeforeTheSwitches() {
        runsAt(50, 20);
        scene.passMillis(1);
        for (int i = 0; i < 2; i++) {
            scene.happened(scene.network.onLoadSample(
                    scene.now,
                    new LoadSample(
                            global(1), LoadSample.Source.SNMP, scene.now, i * 300L, i * 100L, 32, OptionalInt.of(3))));
            scene.passMillis(1000);
            sample(1, 1_000_600, 1_000_300);
        }

        assertThat(scene.view(1).load().source()).contains(LoadSample.Source.SNMP);
        assertThat(scene.view(1).load().bindings()).isEqualTo(3);
        assertThat(scene.view(1).effectivePreference()).as("300 a second").isZero();

        scene.passMillis(90_000);
        sample(1, 1_000_700, 1_000_300);
        assertThat(scene.view(1).load().source()).contains(LoadSample.Source.OPENFLOW);
        assertThat(scene.view(1).load().bindings()).isZero();
    }

    @Test
    void aHomeAgentWhoseBindingsAreUnknownCountsAsCarryingTheAverage() {
        Scene partly = new Scene().withHomeAgents(3);
        for (int n = 1; n <= 2; n++) {
            partly.happened(partly.network.onLoadSample(
                    partly.now,
                    new LoadSample(
                            global(n),
                            LoadSample.Source.SNMP,
                            partly.now,
                            0,
                            0,
                            64,
                            OptionalInt.of(n == 1 ? 1000 : 3000))));
        }

        assertThat(partly.ask(careOf(1))).startsWith(global(1), global(3), global(2));
        partly.passMillis(90_001);
        assertThat(partly.ask(careOf(2)))
                .as("then all are unknown")
                .doesNotHaveDuplicates()
                .hasSize(4);
    }

    @Test
    void whereCountsTellNoMoreThanWasSeenWhatWasSeenHoldsForTheUnknownToo() {
        Scene partly = new Scene().withHomeAgents(2);
        for (int n = 0; n < 6; n++) {
            partly.bind(n, n < 4 ? 1 : 2);
        }
        partly.happened(partly.network.onLoadSample(
                partly.now,
                new LoadSample(global(1), LoadSample.Source.SNMP, partly.now, 0, 0, 64, OptionalInt.of(4))));

        assertThat(partly.ask(careOf(100))).startsWith(global(2), global(1));
    }

    @Test
    void anUnknownRateComesAfterKnownOnes() {
        Scene partly = new Scene().withHomeAgents(2);
        for (int second = 0; second < 3; second++) {
            partly.happened(partly.network.onLoadSample(
                    partly.now,
                    new LoadSample(
                            global(2),
                            LoadSample.Source.OPENFLOW,
                            partly.now,
                            second * 5000L,
                            0,
                            64,
                            OptionalInt.empty())));
            partly.passMillis(1000);
        }

        assertThat(partly.ask(careOf(1))).startsWith(global(2), global(1));
    }
}
