package dev.roost.loadbalancer;

import static dev.roost.loadbalancer.Scene.HOST_PORT;
import static dev.roost.loadbalancer.Scene.REPRESENTATIVE;
import static dev.roost.loadbalancer.Scene.REPRESENTATIVE_MAC;
import static dev.roost.loadbalancer.Scene.careOf;
import static dev.roost.loadbalancer.Scene.global;
import static dev.roost.loadbalancer.Scene.home;
import static dev.roost.loadbalancer.Scene.linkLocal;
import static dev.roost.loadbalancer.Scene.mac;
import static dev.roost.loadbalancer.Scene.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.Change.HomeAgentLearned;
import dev.roost.loadbalancer.Change.HomeAgentRefreshed;
import dev.roost.loadbalancer.Change.HomeAgentRemoved;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.PrefixInformation;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Router advertisements and the home agents list: each branch of the list creation routine, and who is believed. */
final class HomeAgentsListTest {

    private static final Ipv6Address ELSEWHERE = Ipv6Address.parse("2001:db8:9::11");

    private final Scene scene = new Scene();

    @Test
    void anAdvertisementWithTheHomeAgentFlagOffRemovesItsSender() {
        scene.homeAgent(1).advertises();

        scene.homeAgent(1).withoutHomeAgentFlag().advertises();

        assertThat(scene.last.changes())
                .containsExactly(new HomeAgentRemoved(0, HomeAgentRemoved.Cause.NOT_A_HOME_AGENT));
        assertThat(scene.lists(1)).isFalse();
    }

    @Test
    void anAdvertisementWithTheHomeAgentFlagOffFromAStrangerDoesNothing() {
        scene.homeAgent(1).withoutHomeAgentFlag().advertises();

        assertThat(scene.last.changes()).isEmpty();
        assertThat(scene.counted()).containsExactly(Reason.ADVERTISEMENT_NOT_OF_HOME_AGENT);
    }

    @Test
    void aSourceThatIsNotLinkLocalIsNoKey() {
        scene.homeAgent(1).from(global(1)).advertises();

        assertThat(scene.last.changes()).isEmpty();
        assertThat(scene.counted()).containsExactly(Reason.ADVERTISEMENT_SOURCE_NOT_LINK_LOCAL);
    }

    @Test
    void withoutTheHomeAgentInformationOptionPreferenceIsZero() {
        scene.homeAgent(1).withoutInformation().advertises();

        assertThat(scene.view(1).preference()).isZero();
    }

    @Test
    void withoutTheHomeAgentInformationOptionLifetimeIsTheRouterLifetime() {
        scene.homeAgent(1).withoutInformation().routerLifetime(77).advertises();

        assertThat(scene.view(1).remainingLifetime()).isEqualTo(Duration.ofSeconds(77));
    }

    @Test
    void preferenceAndLifetimeComeFromTheOption() {
        scene.homeAgent(1).information(20, 50).routerLifetime(77).advertises();

        assertThat(scene.view(1).preference()).isEqualTo(20);
        assertThat(scene.view(1).remainingLifetime()).isEqualTo(Duration.ofSeconds(50));
    }

    @Test
    void preferenceIsUnsigned() {
        scene.homeAgent(1).preference(0xffff).advertises();
        scene.homeAgent(2).preference(0x7fff).advertises();

        assertThat(scene.view(1).preference()).isEqualTo(65535);
        assertThat(scene.ask(careOf(1))).containsExactly(global(1), global(2), REPRESENTATIVE);
    }

    @Test
    void aLifetimeOfZeroRemovesItsSender() {
        scene.homeAgent(1).advertises();

        scene.homeAgent(1).information(10, 0).advertises();

        assertThat(scene.last.changes()).containsExactly(new HomeAgentRemoved(0, HomeAgentRemoved.Cause.LIFETIME_ZERO));
        assertThat(scene.lists(1)).isFalse();
    }

    @Test
    void aRouterLifetimeOfZeroWithoutTheOptionRemovesItsSender() {
        scene.homeAgent(1).withoutInformation().advertises();

        scene.homeAgent(1).withoutInformation().routerLifetime(0).advertises();

        assertThat(scene.lists(1)).isFalse();
    }

    @Test
    void aLifetimeOfZeroFromAStrangerCreatesNothing() {
        scene.homeAgent(1).information(10, 0).advertises();

        assertThat(scene.last.changes()).isEmpty();
        assertThat(scene.counted()).containsExactly(Reason.ADVERTISEMENT_WITHOUT_LIFETIME);
    }

    @Test
    void anAdvertisementOfAListedHomeAgentResetsLifetimeAndPreferenceAndAddsAddresses() {
        scene.homeAgent(1).information(10, 100).advertises();
        scene.pass(Duration.ofSeconds(60));

        scene.homeAgent(1).information(200, 100).address(global(7)).advertises();

        assertThat(scene.view(1).preference()).isEqualTo(200);
        assertThat(scene.view(1).remainingLifetime()).isEqualTo(Duration.ofSeconds(100));
        assertThat(scene.view(1).addresses()).containsExactly(global(1), global(7));
    }

    @Test
    void anAdvertisementWithNothingNewCostsASmallChange() {
        scene.homeAgent(1).information(10, 100).advertises();
        scene.pass(Duration.ofSeconds(60));

        scene.homeAgent(1).information(10, 100).advertises();

        assertThat(scene.durable())
                .containsExactly(
                        new HomeAgentRefreshed(0, scene.now.plusSeconds(100).toEpochMilli()));
        assertThat(scene.last.effects()).isEmpty();
        assertThat(scene.view(1).remainingLifetime()).isEqualTo(Duration.ofSeconds(100));
    }

    @Test
    void aStrangerIsAddedWithTheAddressOfItsRouterAddressFlag() {
        scene.homeAgent(3).advertises();

        assertThat(scene.view(3).addresses()).containsExactly(global(3));
        assertThat(scene.view(3).attachment()).isEqualTo(port(3));
        assertThat(scene.view(3).linkLayerAddress()).isEqualTo(mac(3));
        assertThat(scene.events()).containsExactly("home-agent-learned");
    }

    @Test
    void withoutTheRouterAddressFlagNoAddressIsLearntAndNothingIsNamed() {
        scene.homeAgent(1).prefix(global(1), 0, 86400).advertises();

        assertThat(scene.view(1).addresses()).isEmpty();
        assertThat(scene.view(1).state()).isEqualTo(HomeNetworkView.State.WITHOUT_ADDRESS);
        assertThat(scene.ask(careOf(1))).containsExactly(REPRESENTATIVE);
    }

    @Test
    void takingTheRouterAddressFlagBackTakesTheAddressBack() {
        scene.homeAgent(1).advertises();

        scene.homeAgent(1).prefix(Scene.PREFIX.address(), 0, 86400).advertises();

        assertThat(scene.view(1).addresses()).isEmpty();
    }

    @Test
    void aPrefixWithoutTheFlagBesideOneWithItTakesNothingBack() {
        scene.homeAgent(1).advertises();

        scene.homeAgent(1)
                .address(global(1))
                .prefix(Scene.PREFIX.address(), 0, 86400)
                .advertises();

        assertThat(scene.view(1).addresses()).containsExactly(global(1));
    }

    @Test
    void aValidLifetimeOfZeroTakesTheAddressBack() {
        scene.homeAgent(1).address(global(1)).address(global(7)).advertises();

        scene.homeAgent(1)
                .prefix(global(7), PrefixInformation.ROUTER_ADDRESS, 0)
                .advertises();

        assertThat(scene.view(1).addresses()).containsExactly(global(1));
    }

    @Test
    void allGlobalAddressesAreKeptAndThoseInTheHomePrefixAreNamed() {
        scene.homeAgent(1)
                .address(global(1))
                .address(ELSEWHERE)
                .address(global(7))
                .advertises();

        assertThat(scene.view(1).addresses()).containsExactly(global(1), global(7), ELSEWHERE);
        assertThat(scene.ask(careOf(1))).containsExactly(global(1), global(7), REPRESENTATIVE);
    }

    @Test
    void anEntryDisappearsWhenItsLifetimeEndsAndNotBefore() {
        scene.homeAgent(1).information(10, 5).advertises();
        scene.passMillis(4_999);

        assertThat(scene.network.onDeadline(scene.now)).isEqualTo(Decision.NONE);
        assertThat(scene.ask(careOf(1))).startsWith(global(1));

        assertThat(scene.network.nextDeadline()).contains(scene.now.plusMillis(1));
        scene.toNextDeadline();
        assertThat(scene.last.changes())
                .containsExactly(new HomeAgentRemoved(0, HomeAgentRemoved.Cause.LIFETIME_EXPIRED));
        assertThat(scene.lists(1)).isFalse();
    }

    @Test
    void whoseLifetimeIsOverIsNotNamedEvenBeforeTheDeadlineRan() {
        scene.homeAgent(1).information(10, 5).advertises();
        scene.homeAgent(2).advertises();
        scene.passMillis(5_000);

        assertThat(scene.ask(careOf(1))).containsExactly(global(2), REPRESENTATIVE);
    }

    @Test
    void anIndexSurvivesLeavingAndComingBack() {
        scene.withHomeAgents(2);
        scene.homeAgent(1).withoutHomeAgentFlag().advertises();
        scene.homeAgent(3).advertises();

        scene.homeAgent(1).advertises();

        assertThat(scene.view(1).index()).isZero();
        assertThat(scene.view(3).index()).isEqualTo(2);
    }

    @Test
    void whoComesBackStartsWithTheAddressesItAdvertisesNow() {
        scene.homeAgent(1).address(global(1)).address(global(7)).advertises();
        scene.homeAgent(1).withoutHomeAgentFlag().advertises();

        scene.homeAgent(1).address(global(7)).advertises();

        assertThat(scene.view(1).addresses()).containsExactly(global(7));
    }

    @Test
    void aFullTableRecyclesTheIndexOfSomebodyWhoLeftAndIsNotNeeded() {
        Scene small = new Scene(Scene.config().withLimits(new TableLimits(2, 16, 1024, 1000, 1000)));
        small.withHomeAgents(2);
        small.bind(1, 1);
        small.homeAgent(1).withoutHomeAgentFlag().advertises();

        small.homeAgent(3).advertises();
        assertThat(small.counted()).containsExactly(Reason.HOME_AGENTS_FULL);

        small.homeAgent(2).withoutHomeAgentFlag().advertises();
        small.homeAgent(3).advertises();
        assertThat(small.view(3).index()).isEqualTo(1);
        assertThat(small.network.steeringPlan().forwarderOf(home(1)))
                .map(SteeredHomeAgent::linkLocalAddress)
                .contains(linkLocal(1));
    }

    @Test
    void aListSentBeforeAnIndexWasRecycledDoesNotNameItsNewOwner() {
        Scene small = new Scene(Scene.config().withLimits(new TableLimits(2, 16, 1024, 1000, 1000)));
        small.homeAgent(1).preference(20).advertises();
        small.homeAgent(2).advertises();
        small.ask(careOf(1));
        small.pass(Duration.ofSeconds(1));
        small.homeAgent(2).withoutHomeAgentFlag().advertises();
        small.homeAgent(3).preference(1).advertises();

        assertThat(small.ask(careOf(1))).containsExactly(global(1), REPRESENTATIVE);
        assertThat(small.ask(careOf(2))).containsExactly(global(1), global(3), REPRESENTATIVE);
    }

    @Test
    void nobodySpeaksForALivingHomeAgentFromAnotherPort() {
        scene.homeAgent(1).advertises();

        scene.homeAgent(1).at(HOST_PORT).withoutHomeAgentFlag().advertises();
        assertThat(scene.counted()).containsExactly(Reason.HOME_AGENT_AT_OTHER_PORT);
        assertThat(scene.events()).containsExactly("home-agent-refused");
        scene.homeAgent(1).at(HOST_PORT).information(10, 0).advertises();
        scene.homeAgent(1).at(HOST_PORT).preference(0).advertises();

        assertThat(scene.last.changes()).isEmpty();
        assertThat(scene.view(1).attachment()).isEqualTo(port(1));
        assertThat(scene.view(1).preference()).isEqualTo(10);
    }

    @Test
    void anOffenderIsToldAtMostOnceAMinuteAndCountedEachTime() {
        scene.homeAgent(1).advertises();
        int told = 0;
        for (int second = 0; second < 150; second++) {
            scene.homeAgent(1).at(HOST_PORT).preference(65535).advertises();
            assertThat(scene.counted()).containsExactly(Reason.HOME_AGENT_AT_OTHER_PORT);
            told += scene.events().size();
            scene.passMillis(1000);
        }

        assertThat(told).isEqualTo(3);
        scene.homeAgent(1).at(Scene.ROUTER_PORT).advertises();
        assertThat(scene.events()).as("of another port").containsExactly("home-agent-refused");
    }

    @Test
    void whoHasBindingsKeepsItsPortAndItsAddressAfterItsLifetime() {
        scene.homeAgent(1).information(10, 100).advertises();
        scene.bind(1, 1);
        scene.pass(Duration.ofSeconds(100));
        scene.happened(scene.network.onDeadline(scene.now));
        assertThat(scene.lists(1)).isFalse();

        scene.homeAgent(1).at(HOST_PORT).advertises();
        assertThat(scene.counted()).containsExactly(Reason.HOME_AGENT_AT_OTHER_PORT);
        scene.homeAgent(2).address(global(1)).advertises();
        assertThat(scene.counted()).containsExactly(Reason.GLOBAL_ADDRESS_TAKEN);
        assertThat(scene.network
                        .steeringPlan()
                        .forwarderOf(Scene.home(1))
                        .orElseThrow()
                        .attachment())
                .isEqualTo(port(1));

        scene.pass(Duration.ofSeconds(500));
        scene.happened(scene.network.onDeadline(scene.now));
        scene.homeAgent(1).at(HOST_PORT).advertises();
        assertThat(scene.view(1).attachment()).isEqualTo(HOST_PORT);
    }

    @Test
    void ofTheListedOnlyAdvertisingHomeAgentsAreOffenders() {
        Scene listed = new Scene(Scene.config().withHomeAgents(List.of(AdmittedHomeAgent.of(mac(1)))));

        listed.homeAgent(2).preference(65535).advertises();
        assertThat(listed.events()).containsExactly("home-agent-refused");
        listed.homeAgent(3).withoutHomeAgentFlag().advertises();
        assertThat(listed.counted()).containsExactly(Reason.HOME_AGENT_NOT_ADMITTED);
        assertThat(listed.events()).isEmpty();
        assertThat(listed.network.view(listed.now).homeAgents()).isEmpty();
    }

    @Test
    void aHomeAgentMayMoveWhenItsPortWentDown() {
        scene.homeAgent(1).advertises();
        scene.happened(scene.network.onHomeAgentUnreachable(scene.now, port(1)));

        scene.homeAgent(1).at(HOST_PORT).advertises();

        assertThat(scene.view(1).attachment()).isEqualTo(HOST_PORT);
        assertThat(scene.view(1).state()).isEqualTo(HomeNetworkView.State.ACTIVE);
    }

    @Test
    void aHomeAgentThatWasSeenAtAPortBetweenSwitchesIsLearntAnewFromItsOwn() {
        SwitchPort trunk = new SwitchPort(new SwitchId(2), 9);
        scene.homeAgent(1).at(trunk).advertises();
        scene.happened(scene.network.onLinkPort(scene.now, trunk));

        scene.homeAgent(1).advertises();

        assertThat(scene.view(1).attachment()).isEqualTo(port(1));
    }

    @Test
    void theFirstOwnerOfAGlobalAddressKeepsIt() {
        scene.homeAgent(1).advertises();

        scene.homeAgent(2).address(global(1)).address(global(2)).advertises();

        assertThat(scene.counted()).containsExactly(Reason.GLOBAL_ADDRESS_TAKEN);
        assertThat(scene.view(1).addresses()).containsExactly(global(1));
        assertThat(scene.view(2).addresses()).containsExactly(global(2));
    }

    @Test
    void nobodyClaimsTheRepresentativesAddresses() {
        scene.homeAgent(1).address(REPRESENTATIVE).address(Scene.ANYCAST).advertises();
        assertThat(scene.counted()).containsExactly(Reason.GLOBAL_ADDRESS_TAKEN, Reason.GLOBAL_ADDRESS_TAKEN);
        assertThat(scene.view(1).addresses()).isEmpty();

        scene.homeAgent(2).linkLayer(REPRESENTATIVE_MAC).advertises();
        assertThat(scene.counted()).containsExactly(Reason.LINK_LAYER_ADDRESS_TAKEN);
        assertThat(scene.lists(2)).isFalse();
    }

    @Test
    void nobodyClaimsTheLinkLayerAddressOfALivingHomeAgentFromAnotherPort() {
        scene.homeAgent(1).advertises();

        scene.homeAgent(2).linkLayer(mac(1)).advertises();

        assertThat(scene.counted()).containsExactly(Reason.LINK_LAYER_ADDRESS_TAKEN);
    }

    @Test
    void whereHomeAgentsAreListedNobodyElseIsAdmitted() {
        AdmittedHomeAgent first =
                new AdmittedHomeAgent(mac(1), Optional.of(global(1)), Optional.of(Scene.SWITCH), OptionalInt.of(1));
        Scene listed = new Scene(Scene.config().withHomeAgents(List.of(first, AdmittedHomeAgent.of(mac(2)))));

        listed.homeAgent(3).advertises();
        assertThat(listed.counted()).containsExactly(Reason.HOME_AGENT_NOT_ADMITTED);
        listed.homeAgent(1).at(port(2)).advertises();
        assertThat(listed.counted()).containsExactly(Reason.HOME_AGENT_NOT_ADMITTED);

        listed.homeAgent(1).address(global(1)).address(global(7)).advertises();
        assertThat(listed.view(1).addresses()).containsExactly(global(1));
        listed.homeAgent(2).advertises();
        assertThat(listed.lists(2)).isTrue();
    }

    @Test
    void advertisementsOfOtherSwitchesAreNotOurs() {
        Scene one = new Scene(Scene.config().withSwitches(Set.of(Scene.SWITCH)));

        one.homeAgent(1).at(new SwitchPort(new SwitchId(2), 1)).advertises();

        assertThat(one.counted()).containsExactly(Reason.OTHER_SWITCH);
    }

    @Test
    void aHomeAgentOfOtherPrefixesOnlyIsAnotherHomeNetworks() {
        scene.homeAgent(1).address(ELSEWHERE).advertises();

        assertThat(scene.last.changes()).isEmpty();
        assertThat(scene.counted()).containsExactly(Reason.ADVERTISEMENT_OF_OTHER_PREFIXES);
    }

    @Test
    void addressesOfOneHomeAgentAreBounded() {
        Scene small = new Scene(Scene.config().withLimits(new TableLimits(2, 2, 1024, 1000, 1000)));

        small.homeAgent(1)
                .address(global(1))
                .address(global(2))
                .address(global(3))
                .advertises();

        assertThat(small.counted()).containsExactly(Reason.ADDRESSES_FULL);
        assertThat(small.view(1).addresses()).containsExactly(global(1), global(2));
    }

    @Test
    void learningTouchesTheRulesOfTheHomeAgentAndRefreshingDoesNot() {
        scene.homeAgent(1).advertises();
        assertThat(scene.durable()).singleElement().isInstanceOf(HomeAgentLearned.class);
        assertThat(scene.last.changes().get(0).touched().homeAgent()).hasValue(0);

        scene.homeAgent(1).advertises();
        assertThat(scene.last.changes().get(0).touched()).isEqualTo(Touched.NOTHING);
    }
}
