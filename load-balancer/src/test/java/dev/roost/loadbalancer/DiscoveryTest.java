package dev.roost.loadbalancer;

import static dev.roost.loadbalancer.Scene.REPRESENTATIVE;
import static dev.roost.loadbalancer.Scene.ROUTER_MAC;
import static dev.roost.loadbalancer.Scene.ROUTER_PORT;
import static dev.roost.loadbalancer.Scene.careOf;
import static dev.roost.loadbalancer.Scene.global;
import static dev.roost.loadbalancer.Scene.home;
import static dev.roost.loadbalancer.Scene.linkLocal;
import static dev.roost.loadbalancer.Scene.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.Change.AnswerSent;
import dev.roost.loadbalancer.Effect.SendDiscoveryReply;
import dev.roost.mobileip.HomeAgentAddressDiscoveryReply;
import dev.roost.mobileip.Ipv6Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Home agent address discovery: who is named, in which order, and who is not answered. */
final class DiscoveryTest {

    private final Scene scene = new Scene();

    private static Scene without(Duration stickiness) {
        return new Scene(
                Scene.config().withStickiness(new StickinessConfig(stickiness, StickinessConfig.Mode.DEFAULT)));
    }

    private static Scene strict() {
        return new Scene(Scene.config()
                .withStickiness(new StickinessConfig(Duration.ofSeconds(60), StickinessConfig.Mode.STRICT)));
    }

    /** How often each home agent is named first when this many care-of addresses ask. */
    private static Map<Ipv6Address, Integer> firsts(Scene scene, int requests, Duration apart) {
        Map<Ipv6Address, Integer> firsts = new TreeMap<>();
        for (int i = 0; i < requests; i++) {
            firsts.merge(scene.ask(careOf(i)).get(0), 1, Integer::sum);
            scene.pass(apart);
        }
        return firsts;
    }

    @Test
    void theReplyComesFromTheRepresentativeWithTheIdentifierOfTheRequest() {
        scene.withHomeAgents(1);

        scene.request(careOf(1));

        assertThat(scene.last.effects())
                .containsExactly(new SendDiscoveryReply(
                        ROUTER_PORT,
                        ROUTER_MAC,
                        REPRESENTATIVE,
                        careOf(1),
                        new HomeAgentAddressDiscoveryReply(1, List.of(global(1), REPRESENTATIVE))));
        assertThat(scene.last.changes())
                .containsExactly(new AnswerSent(
                        careOf(1), HomeAgentOrder.of(0), scene.now.toEpochMilli(), scene.now.toEpochMilli()));
    }

    @Test
    void homeAgentsAreNamedByPreferenceAndTheRepresentativeLast() {
        scene.homeAgent(1).preference(10).advertises();
        scene.homeAgent(2).preference(200).advertises();
        scene.homeAgent(3).preference(50).advertises();

        assertThat(scene.ask(careOf(1))).containsExactly(global(2), global(3), global(1), REPRESENTATIVE);
    }

    @Test
    void aNewPreferenceChangesTheOrderOfTheNextReply() {
        scene.withHomeAgents(2);

        scene.homeAgent(2).preference(200).advertises();
        assertThat(scene.ask(careOf(1))).startsWith(global(2));
        scene.homeAgent(1).preference(300).advertises();
        assertThat(scene.ask(careOf(2))).startsWith(global(1));
    }

    @Test
    void preferenceComesBeforeLoad() {
        scene.homeAgent(1).preference(11).advertises();
        scene.homeAgent(2).preference(10).advertises();
        for (int n = 0; n < 50; n++) {
            scene.bind(n, 1);
        }

        assertThat(scene.ask(careOf(1000))).startsWith(global(1), global(2));
    }

    @Test
    void amongEqualsTheOneWithFewerBindingsComesFirst() {
        scene.withHomeAgents(3);
        scene.bind(1, 1);
        scene.bind(2, 1);
        scene.bind(3, 3);

        assertThat(scene.ask(careOf(1000))).containsExactly(global(2), global(3), global(1), REPRESENTATIVE);
    }

    @Test
    void withNobodyToNameTheRepresentativeIsNamedAlone() {
        assertThat(scene.ask(careOf(1))).containsExactly(REPRESENTATIVE);
        assertThat(scene.last.changes()).isEmpty();
    }

    @Test
    void withNobodyToNameAndTheRepresentativeLeftOutThereIsSilence() {
        Scene alone = new Scene(Scene.config().withBalancing(Scene.balancing().withIncludeRepresentative(false)));

        assertThat(alone.request(careOf(1))).isEqualTo(Reason.NO_HOME_AGENT.decision());
        alone.withHomeAgents(2);
        assertThat(alone.ask(careOf(1))).containsExactlyInAnyOrder(global(1), global(2));
    }

    @Test
    void ofAHundredHomeAgentsTheSeventySixMostPreferredAndTheRepresentativeFitTheReply() {
        List<Ipv6Address> expected = new ArrayList<>();
        for (int n = 1; n <= 100; n++) {
            scene.homeAgent(n).preference(n).advertises();
        }
        for (int n = 100; n > 24; n--) {
            expected.add(global(n));
        }
        expected.add(REPRESENTATIVE);

        assertThat(scene.ask(careOf(1))).hasSize(77).isEqualTo(expected);
    }

    @Test
    void theListIsNoLongerThanConfigured() {
        Scene capped = new Scene(Scene.config().withBalancing(Scene.balancing().withMaxListLength(3)));
        for (int n = 1; n <= 5; n++) {
            capped.homeAgent(n).preference(n).advertises();
        }

        assertThat(capped.ask(careOf(1))).containsExactly(global(5), global(4), REPRESENTATIVE);
    }

    @Test
    void addressesCountTowardsTheLengthNotHomeAgents() {
        Scene capped = new Scene(Scene.config().withBalancing(Scene.balancing().withMaxListLength(4)));
        capped.homeAgent(1).preference(2).address(global(1)).address(global(11)).advertises();
        capped.homeAgent(2).preference(1).address(global(2)).address(global(12)).advertises();

        assertThat(capped.ask(careOf(1))).containsExactly(global(1), global(11), global(2), REPRESENTATIVE);
    }

    @Test
    void threeHundredRequestsInASecondSpreadOverThreeEqualHomeAgents() {
        scene.withHomeAgents(3);

        assertThat(firsts(scene, 300, Duration.ofMillis(3)).values())
                .hasSize(3)
                .allSatisfy(count -> assertThat(count).isBetween(95, 105));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 100, 11_000})
    void aThousandRequestsNameEachOfThreeEqualsFirstAThirdOfTheTime(long millisApart) {
        for (int n = 1; n <= 3; n++) {
            scene.homeAgent(n).information(10, 65535).advertises();
        }

        assertThat(firsts(scene, 1000, Duration.ofMillis(millisApart)).values())
                .hasSize(3)
                .allSatisfy(count -> assertThat(count).isBetween(283, 383));
    }

    @Test
    void restBehindTheFirstIsNotAlwaysInTheSameOrderEither() {
        scene.withHomeAgents(3);
        Map<List<Ipv6Address>, Integer> orders = new HashMap<>();

        for (int i = 0; i < 600; i++) {
            orders.merge(scene.ask(careOf(i)), 1, Integer::sum);
        }

        assertThat(orders)
                .hasSize(6)
                .allSatisfy((order, count) -> assertThat(count).isGreaterThan(60));
    }

    @Test
    void aBurstGoesToTheLessLoadedUntilItHasCaughtUp() {
        scene.withHomeAgents(2);
        for (int n = 0; n < 10; n++) {
            scene.bind(n, 1);
        }

        Map<Ipv6Address, Integer> firsts = new TreeMap<>();
        for (int i = 0; i < 30; i++) {
            firsts.merge(scene.ask(careOf(1000 + i)).get(0), 1, Integer::sum);
        }

        assertThat(firsts).isEqualTo(Map.of(global(1), 10, global(2), 20));
    }

    @Test
    void anAnswerCountsAsLoadForTenSeconds() {
        scene.withHomeAgents(1);
        scene.ask(careOf(1));

        scene.passMillis(9_999);
        assertThat(scene.view(1).load().inFlight()).isEqualTo(1);
        scene.passMillis(1);
        assertThat(scene.view(1).load().inFlight()).isZero();
    }

    @Test
    void anAnswerCountsNoLongerOnceItsBindingShowsUp() {
        scene.withHomeAgents(1);
        scene.ask(careOf(1));

        scene.bind(1, 1);

        assertThat(scene.view(1).load().inFlight()).isZero();
        assertThat(scene.view(1).load().bindings()).isEqualTo(1);
    }

    @Test
    void anAnswerToWhoIsBoundAlreadyIsNoLoad() {
        scene.withHomeAgents(1);
        scene.bind(1, 1);

        scene.ask(careOf(1));

        assertThat(scene.view(1).load().inFlight()).isZero();
    }

    @Test
    void askingAgainCountsOnceAndForTenSecondsFromThen() {
        scene.withHomeAgents(1);
        scene.ask(careOf(1));
        scene.passMillis(6_000);
        scene.ask(careOf(1));
        assertThat(scene.view(1).load().inFlight()).isEqualTo(1);

        scene.passMillis(9_999);
        assertThat(scene.view(1).load().inFlight()).isEqualTo(1);
        scene.passMillis(1);
        assertThat(scene.view(1).load().inFlight()).isZero();
    }

    @Test
    void askingAgainWithinTheTimeToLiveGetsTheSameList() {
        scene.withHomeAgents(3);
        List<Ipv6Address> first = scene.ask(careOf(1));
        for (int i = 2; i < 50; i++) {
            scene.ask(careOf(i));
        }
        scene.passMillis(59_999);

        assertThat(scene.ask(careOf(1))).isEqualTo(first);
    }

    @Test
    void theTimeToLiveCountsFromWhenTheListWasMade() {
        scene.homeAgent(1).preference(1).advertises();
        scene.homeAgent(2).preference(2).advertises();
        scene.ask(careOf(1));
        scene.homeAgent(1).preference(3).advertises();

        scene.passMillis(40_000);
        assertThat(scene.ask(careOf(1))).startsWith(global(2));
        scene.passMillis(20_000);
        assertThat(scene.ask(careOf(1))).startsWith(global(1));
    }

    @Test
    void withoutStickinessEveryRequestIsOrderedAnew() {
        Scene loose = without(Duration.ZERO);
        loose.homeAgent(1).preference(1).advertises();
        loose.homeAgent(2).preference(2).advertises();
        loose.ask(careOf(1));
        loose.homeAgent(1).preference(3).advertises();

        assertThat(loose.ask(careOf(1))).startsWith(global(1));
    }

    @Test
    void askingAgainLeavesOutWhoIsGone() {
        scene.homeAgent(1).preference(3).advertises();
        scene.homeAgent(2).preference(2).advertises();
        scene.homeAgent(3).preference(1).advertises();
        scene.ask(careOf(1));
        scene.homeAgent(4).preference(4).advertises();
        scene.homeAgent(2).withoutHomeAgentFlag().advertises();

        assertThat(scene.ask(careOf(1))).containsExactly(global(1), global(3), REPRESENTATIVE);
    }

    @Test
    void askingAgainGetsANewListWhenTheFirstIsGoneOrDraining() {
        scene.homeAgent(1).preference(3).advertises();
        scene.homeAgent(2).preference(2).advertises();
        scene.ask(careOf(1));
        scene.homeAgent(4).preference(4).advertises();

        scene.happened(scene.network.drain(scene.now, global(1)));
        assertThat(scene.ask(careOf(1))).containsExactly(global(4), global(2), REPRESENTATIVE);
        scene.homeAgent(4).withoutHomeAgentFlag().advertises();
        assertThat(scene.ask(careOf(1))).containsExactly(global(2), REPRESENTATIVE);
    }

    @Test
    void inStrictModeAskingAgainGetsANewListWhenAnyIsGone() {
        Scene strict = strict();
        strict.homeAgent(1).preference(3).advertises();
        strict.homeAgent(2).preference(2).advertises();
        strict.ask(careOf(1));
        strict.homeAgent(4).preference(4).advertises();
        assertThat(strict.ask(careOf(1))).containsExactly(global(1), global(2), REPRESENTATIVE);

        strict.homeAgent(2).withoutHomeAgentFlag().advertises();

        assertThat(strict.ask(careOf(1))).containsExactly(global(4), global(1), REPRESENTATIVE);
    }

    @Test
    void askingAgainGetsTwoAddressesWheneverThereAreTwo() {
        Scene alone = new Scene(Scene.config().withBalancing(Scene.balancing().withIncludeRepresentative(false)));
        alone.homeAgent(1).preference(3).advertises();
        alone.homeAgent(2).preference(2).advertises();
        alone.ask(careOf(1));
        alone.homeAgent(2).withoutHomeAgentFlag().advertises();
        alone.homeAgent(3).preference(1).advertises();

        assertThat(alone.ask(careOf(1))).containsExactly(global(1), global(3));
    }

    @Test
    void aDrainedHomeAgentIsNotNamedUntilUndrained() {
        scene.withHomeAgents(2);
        scene.happened(scene.network.drain(scene.now, linkLocal(1)));
        assertThat(scene.ask(careOf(1))).containsExactly(global(2), REPRESENTATIVE);
        assertThat(scene.view(1).state()).isEqualTo(HomeNetworkView.State.DRAINING);

        scene.happened(scene.network.undrain(scene.now, global(1)));
        assertThat(scene.ask(careOf(2))).contains(global(1));

        assertThat(scene.network.drain(scene.now, global(9))).isEqualTo(Reason.UNKNOWN_HOME_AGENT.decision());
    }

    @Test
    void aHomeAgentBehindAPortThatIsDownIsNotNamed() {
        scene.withHomeAgents(2);
        scene.happened(scene.network.onHomeAgentUnreachable(scene.now, port(1)));
        assertThat(scene.events()).containsExactly("home-agent-unreachable");
        assertThat(scene.ask(careOf(1))).containsExactly(global(2), REPRESENTATIVE);

        scene.happened(scene.network.onPortUp(scene.now, port(1)));
        assertThat(scene.ask(careOf(2))).contains(global(1));
        assertThat(scene.network.onPortUp(scene.now, port(1))).isEqualTo(Decision.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"::", "::1", "ff02::1", "ff0e::1", "fe80::1"})
    void whoIsNotRoutableIsNotAnswered(String source) {
        scene.withHomeAgents(1);

        assertThat(scene.request(Ipv6Address.parse(source))).isEqualTo(Reason.DISCOVERY_SOURCE_NOT_ROUTABLE.decision());
    }

    @Test
    void whoSaysThatItIsInTheHomeNetworkIsNotAnswered() {
        scene.withHomeAgents(1);

        assertThat(scene.request(home(1))).isEqualTo(Reason.DISCOVERY_SOURCE_IN_HOME_NETWORK.decision());
    }

    @Test
    void aRequestToAnotherAddressIsNotAnswered() {
        scene.withHomeAgents(1);

        assertThat(scene.request(careOf(1), REPRESENTATIVE)).isEqualTo(Reason.DISCOVERY_NOT_TO_ANYCAST.decision());
    }

    @Test
    void theOldestAnswerMakesRoomAndThatIsCounted() {
        Scene small = new Scene(Scene.config().withLimits(new TableLimits(16, 16, 2048, 1000, 1000)));
        small.withHomeAgents(3);
        for (int i = 0; i < 2048; i++) {
            small.ask(careOf(i));
            assertThat(small.counted()).isEmpty();
        }

        small.ask(careOf(5000));

        assertThat(small.counted()).containsExactly(Reason.ANSWER_EVICTED);
        assertThat(small.network.answers(small.now))
                .hasSize(2048)
                .noneMatch(answer -> answer.careOfAddress().equals(careOf(0)));
        assertThat(List.of(1, 2, 3))
                .extracting(n -> small.view(n).load().inFlight())
                .allSatisfy(credit -> assertThat(credit).isBetween(681, 684));
    }

    @Test
    void answersAreShownUntilTheirTimeIsOver() {
        scene.withHomeAgents(1);
        scene.ask(careOf(1));

        assertThat(scene.network.answers(scene.now))
                .containsExactly(
                        new HomeNetworkView.AnswerView(careOf(1), List.of(global(1), REPRESENTATIVE), scene.now));
        scene.passMillis(60_000);
        assertThat(scene.network.answers(scene.now)).isEmpty();
    }

    @Test
    void repliesInTheSameOrderShareTheirAddressList() {
        scene.withHomeAgents(1);

        assertThat(scene.ask(careOf(1))).isSameAs(scene.ask(careOf(2)));
    }
}
