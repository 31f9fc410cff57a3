package dev.roost.loadbalancer;

import static dev.roost.loadbalancer.Scene.ANYCAST;
import static dev.roost.loadbalancer.Scene.HOST_PORT;
import static dev.roost.loadbalancer.Scene.REPRESENTATIVE;
import static dev.roost.loadbalancer.Scene.ROUTER_MAC;
import static dev.roost.loadbalancer.Scene.ROUTER_PORT;
import static dev.roost.loadbalancer.Scene.careOf;
import static dev.roost.loadbalancer.Scene.global;
import static dev.roost.loadbalancer.Scene.home;
import static dev.roost.loadbalancer.Scene.linkLocal;
import static dev.roost.loadbalancer.Scene.mac;
import static dev.roost.loadbalancer.Scene.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.Change.BindingAccepted;
import dev.roost.loadbalancer.Change.BindingReleased;
import dev.roost.loadbalancer.Change.BindingUpdateSeen;
import dev.roost.loadbalancer.Effect.SendBindingAcknowledgement;
import dev.roost.loadbalancer.HomeNetworkView.MobileNodeView;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.SequenceNumber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Registrations as they go by, steering, and registrations with the representative itself. */
final class BindingsTest {

    private final Scene scene = new Scene().withHomeAgents(3);

    private Optional<Ipv6Address> forwarder(Ipv6Address homeAddress) {
        return scene.network.steeringPlan().forwarderOf(homeAddress).map(SteeredHomeAgent::linkLocalAddress);
    }

    private void releases(int n, Ipv6Address homeAddress) {
        scene.update(homeAddress, homeAddress, global(n), 0, Optional.of(homeAddress));
        scene.acknowledge(port(n), global(n), homeAddress, homeAddress, 0, scene.sequence(), 0);
    }

    @Test
    void aBindingUpdateAloneBindsNothing() {
        scene.update(home(1), careOf(1), global(1));

        assertThat(scene.last.changes()).singleElement().isInstanceOf(BindingUpdateSeen.class);
        assertThat(scene.last.changes().get(0).durable()).isFalse();
        assertThat(forwarder(home(1))).isEmpty();
    }

    @Test
    void aRegistrationUnderWayIsShownUntilItIsSettledOrTooOld() {
        scene.update(home(1), careOf(1), global(1));
        scene.passMillis(1);
        scene.update(home(2), careOf(2), global(2));

        assertThat(scene.network.bindingUpdates(scene.now, 10))
                .extracting(HomeNetworkView.BindingUpdateView::homeAddress)
                .containsExactly(home(2), home(1));
        assertThat(scene.network.bindingUpdates(scene.now, 1)).hasSize(1);
        scene.acknowledge(2, home(2), careOf(2));
        assertThat(scene.network.bindingUpdates(scene.now, 10)).hasSize(1);
        scene.passMillis(PendingUpdates.LIFETIME_MILLIS);
        assertThat(scene.network.bindingUpdates(scene.now, 10)).isEmpty();
    }

    @Test
    void anAcceptedBindingIsSteeredToItsHomeAgent() {
        scene.bind(2, 1);
        scene.release(2, 1);
        scene.bind(1, 2);

        assertThat(scene.last.changes())
                .containsExactly(new BindingAccepted(
                        home(1),
                        careOf(1),
                        1,
                        global(2),
                        scene.sequence(),
                        scene.now.toEpochMilli(),
                        scene.now.plusSeconds(600).toEpochMilli(),
                        Evidence.ACKNOWLEDGED));
        assertThat(scene.last.changes().get(0).touched().homeAddress()).contains(home(1));
        assertThat(scene.events()).containsExactly("mobile-node-registered");
        assertThat(forwarder(home(1))).contains(linkLocal(2));
        assertThat(scene.network.mobileNodes(scene.now))
                .containsExactly(new MobileNodeView(
                        home(1),
                        careOf(1),
                        global(2),
                        global(2),
                        Duration.ofMinutes(10),
                        scene.sequence(),
                        Evidence.ACKNOWLEDGED));
    }

    @Test
    void theAlternateCareOfAddressCounts() {
        scene.update(home(1), home(1), global(1), 600, Optional.of(careOf(7)));
        scene.acknowledge(1, home(1), home(1));

        assertThat(scene.network.mobileNodes(scene.now))
                .extracting(MobileNodeView::careOfAddress)
                .containsExactly(careOf(7));
    }

    @Test
    void theLifetimeIsTheOneThatWasGranted() {
        scene.update(home(1), careOf(1), global(1));
        scene.acknowledge(port(1), global(1), home(1), careOf(1), 1, scene.sequence(), 40);

        assertThat(scene.network.nextDeadline()).contains(scene.now.plusSeconds(40));
    }

    @Test
    void anAcknowledgementFromAnotherPortIsNotBelieved() {
        scene.update(home(1), careOf(1), global(1));
        scene.acknowledge(HOST_PORT, global(1), home(1), careOf(1), 0, scene.sequence(), 600);
        assertThat(scene.counted()).containsExactly(Reason.ACKNOWLEDGEMENT_AT_OTHER_PORT);
        scene.acknowledge(port(2), global(1), home(1), careOf(1), 0, scene.sequence(), 600);

        assertThat(scene.durable()).isEmpty();
        assertThat(scene.events()).containsExactly("acknowledgement-refused");
        assertThat(forwarder(home(1))).isEmpty();
    }

    @Test
    void anAcknowledgementFromNoHomeAgentIsNotBelieved() {
        scene.update(home(1), careOf(1), global(1));
        scene.acknowledge(HOST_PORT, home(9), home(1), careOf(1), 0, scene.sequence(), 600);

        assertThat(scene.counted()).containsExactly(Reason.ACKNOWLEDGEMENT_NOT_FROM_HOME_AGENT);
    }

    @Test
    void anAcknowledgementWithAnotherSequenceNumberIsNotBelieved() {
        scene.update(home(1), careOf(1), global(1));
        scene.acknowledge(port(1), global(1), home(1), careOf(1), 0, scene.sequence() + 1, 600);

        assertThat(scene.counted()).containsExactly(Reason.ACKNOWLEDGEMENT_WITHOUT_UPDATE);
        assertThat(forwarder(home(1))).isEmpty();
    }

    @Test
    void anAcknowledgementByAnotherHomeAgentThanWasAskedIsNotBelieved() {
        scene.update(home(1), careOf(1), global(1));
        scene.acknowledge(2, home(1), careOf(1));

        assertThat(scene.counted()).containsExactly(Reason.ACKNOWLEDGEMENT_WITHOUT_UPDATE);
    }

    @Test
    void anAcknowledgementThatComesTooLateIsNotBelieved() {
        scene.update(home(1), careOf(1), global(1));
        scene.passMillis(10_000);
        scene.acknowledge(1, home(1), careOf(1));

        assertThat(scene.counted()).containsExactly(Reason.ACKNOWLEDGEMENT_WITHOUT_UPDATE);
    }

    @Test
    void aRefusalBindsNothingAndSettlesTheUpdate() {
        scene.update(home(1), careOf(1), global(1));
        scene.acknowledge(port(1), global(1), home(1), careOf(1), 134, scene.sequence(), 600);
        assertThat(scene.counted()).containsExactly(Reason.BINDING_REFUSED);

        scene.acknowledge(1, home(1), careOf(1));
        assertThat(forwarder(home(1))).isEmpty();
    }

    @Test
    void aRefusalDoesNotEndABindingThatStands() {
        scene.bind(1, 1);
        scene.update(home(1), careOf(2), global(1));
        scene.acknowledge(port(1), global(1), home(1), careOf(2), 135, scene.sequence(), 0);

        assertThat(forwarder(home(1))).contains(linkLocal(1));
    }

    @Test
    void anAcknowledgementOfAnEarlierUpdateStillCounts() {
        scene.update(home(1), careOf(1), global(1));
        int first = scene.sequence();
        scene.passMillis(1500);
        scene.update(home(1), careOf(1), global(1));

        scene.acknowledge(port(1), global(1), home(1), careOf(1), 0, first, 600);
        assertThat(forwarder(home(1))).contains(linkLocal(1));
        scene.acknowledge(1, home(1), careOf(1));
        assertThat(scene.network.mobileNodes(scene.now))
                .extracting(MobileNodeView::sequence)
                .containsExactly(scene.sequence());
    }

    @ParameterizedTest
    @ValueSource(strings = {"2001:db8:9::1", "2001:db8:1::fe", "2001:db8:1:0:fdff:ffff:ffff:fffe", "2001:db8:1::11"})
    void anAddressElsewhereOrOfSomethingOnTheHomeLinkIsNoHomeAddress(String homeAddress) {
        Ipv6Address address = Ipv6Address.parse(homeAddress);

        scene.update(address, careOf(1), global(2));
        assertThat(scene.counted()).containsExactly(Reason.UPDATE_HOME_ADDRESS_ELSEWHERE);
        scene.acknowledge(2, address, careOf(1));
        assertThat(scene.counted()).containsExactly(Reason.ACKNOWLEDGEMENT_HOME_ADDRESS_ELSEWHERE);
    }

    @Test
    void aCareOfAddressThatIsNotRoutableIsNotFollowed() {
        scene.update(home(1), linkLocal(99), global(1));

        assertThat(scene.counted()).containsExactly(Reason.UPDATE_CARE_OF_ADDRESS_NOT_ROUTABLE);
    }

    @Test
    void anUpdateToACorrespondentIsNotFollowed() {
        scene.update(home(1), careOf(1), home(50));

        assertThat(scene.counted()).containsExactly(Reason.UPDATE_NOT_TO_HOME_AGENT);
    }

    @Test
    void anUpdateThatIsNoHomeRegistrationIsNotFollowed() {
        BindingUpdate update = BindingUpdate.of(new SequenceNumber(1), 0, BindingLifetime.MAX, List.of());

        assertThat(scene.network.onBindingUpdate(
                        scene.now, new PacketOrigin(ROUTER_PORT, ROUTER_MAC, careOf(1), global(1)), home(1), update))
                .isEqualTo(Reason.UPDATE_NOT_HOME_REGISTRATION.decision());
    }

    @Test
    void aRefreshIsNoEvent() {
        scene.bind(1, 1);
        scene.pass(Duration.ofSeconds(570));
        scene.bind(1, 1);

        assertThat(scene.last.effects()).isEmpty();
        assertThat(scene.network.nextDeadline()).contains(scene.now.plusSeconds(600));
    }

    @Test
    void aNewCareOfAddressKeepsTheHomeAgent() {
        scene.bind(1, 1);

        scene.bind(home(1), careOf(2), 1);

        assertThat(scene.events()).containsExactly("mobile-node-moved");
        assertThat(forwarder(home(1))).contains(linkLocal(1));
        assertThat(scene.network.mobileNodes(scene.now))
                .extracting(MobileNodeView::careOfAddress)
                .containsExactly(careOf(2));
    }

    @Test
    void aRegistrationWithAnotherHomeAgentMovesTheSteering() {
        scene.bind(1, 1);
        scene.bind(home(1), careOf(1), 2);

        assertThat(forwarder(home(1))).contains(linkLocal(2));
        assertThat(scene.view(1).load().bindings()).isZero();
        assertThat(scene.view(2).load().bindings()).isEqualTo(1);
    }

    @Test
    void deregistrationReleases() {
        scene.bind(1, 1);

        releases(1, home(1));

        assertThat(scene.last.changes()).contains(new BindingReleased(home(1), 0, BindingReleased.Cause.DEREGISTERED));
        assertThat(forwarder(home(1))).isEmpty();
        assertThat(scene.view(1).load().bindings()).isZero();
    }

    @Test
    void deregistrationWithAFormerHomeAgentReleasesNothing() {
        scene.bind(1, 1);
        scene.bind(home(1), careOf(1), 2);

        releases(1, home(1));

        assertThat(scene.counted()).containsExactly(Reason.RELEASE_WITHOUT_BINDING);
        assertThat(forwarder(home(1))).contains(linkLocal(2));
    }

    @Test
    void aBindingEndsWithItsLifetime() {
        scene.bind(1, 1);
        scene.passMillis(599_999);
        assertThat(scene.network.onDeadline(scene.now)).isEqualTo(Decision.NONE);

        scene.toNextDeadline();

        assertThat(scene.last.changes())
                .containsExactly(new BindingReleased(home(1), 0, BindingReleased.Cause.EXPIRED));
        assertThat(forwarder(home(1))).isEmpty();
    }

    @Test
    void manyBindingsEndInBoundedPortionsInTheOrderOfTheirLifetimes() {
        for (int n = 0; n < 3000; n++) {
            scene.bind(home(n), careOf(1), 1 + n % 3);
        }
        for (int n = 2000; n < 2500; n++) {
            releases(1 + n % 3, home(n));
        }
        scene.passMillis(300_000);
        for (int n = 0; n < 500; n++) {
            scene.bind(home(n), careOf(1), 1 + n % 3);
        }
        scene.passMillis(300_000);

        List<Integer> released = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            released.add(scene.happened(scene.network.onDeadline(scene.now))
                    .changes()
                    .size());
        }

        assertThat(released).containsExactly(1024, 976);
        assertThat(scene.network.mobileNodes(scene.now))
                .hasSize(500)
                .allMatch(node -> node.remainingLifetime().equals(Duration.ofMinutes(5)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aCareOfAddressIsBoundAsLongAsAnyHomeAddressIsBoundThere(int firstToGo) {
        for (int n = 1; n <= 3; n++) {
            scene.bind(home(n), careOf(7), 1);
        }
        releases(1, home(firstToGo));
        releases(1, home(1 + firstToGo % 3));

        scene.ask(careOf(7));
        assertThat(inFlight()).isZero();

        releases(1, home(1 + (firstToGo + 1) % 3));
        scene.ask(careOf(7));
        assertThat(inFlight()).isEqualTo(1);
    }

    private int inFlight() {
        return scene.network.view(scene.now).homeAgents().stream()
                .mapToInt(homeAgent -> homeAgent.load().inFlight())
                .sum();
    }

    @Test
    void whoLeftTheListStaysSteerableWhileBindingsReferToIt() {
        scene.bind(1, 1);
        scene.homeAgent(1).withoutHomeAgentFlag().advertises();

        assertThat(scene.network.steeringPlan().homeAgents())
                .extracting(SteeredHomeAgent::linkLocalAddress)
                .containsExactly(linkLocal(1), linkLocal(2), linkLocal(3));
        assertThat(forwarder(home(1))).contains(linkLocal(1));
        assertThat(scene.ask(careOf(1000))).doesNotContain(global(1));

        releases(1, home(1));
        assertThat(scene.network.steeringPlan().homeAgents())
                .extracting(SteeredHomeAgent::linkLocalAddress)
                .containsExactly(linkLocal(2), linkLocal(3));
        assertThat(scene.network.knowsHomeAgent(global(1))).isFalse();
    }

    @Test
    void thePlanShowsEveryPin() {
        scene.bind(1, 1);
        scene.bind(2, 3);
        List<String> pins = new ArrayList<>();

        scene.network
                .steeringPlan()
                .forEachPin(pin ->
                        pins.add(pin.homeAddress() + " at " + pin.forwarder().linkLayerAddress() + " on "
                                + pin.forwarder().attachment()));

        assertThat(pins)
                .containsExactlyInAnyOrder(
                        "2001:db8:1::101 at " + mac(1) + " on " + port(1),
                        "2001:db8:1::102 at " + mac(3) + " on " + port(3));
        assertThat(scene.network.steeringPlan().pinCount()).isEqualTo(2);
    }

    @Test
    void bindingsAreBounded() {
        Scene small = new Scene(Scene.config().withLimits(new TableLimits(16, 16, 1024, 2, 1000))).withHomeAgents(1);
        small.bind(1, 1);
        small.bind(2, 1);
        small.bind(3, 1);
        assertThat(small.counted()).containsExactly(Reason.BINDINGS_FULL);

        small.bind(2, 1);
        assertThat(small.counted()).isEmpty();
        assertThat(small.network.steeringPlan().pinCount()).isEqualTo(2);
    }

    @Test
    void pendingUpdatesAreBoundedAndTheOldestMakesRoom() {
        Scene small = new Scene(Scene.config().withLimits(new TableLimits(16, 16, 1024, 100, 2))).withHomeAgents(1);
        small.update(home(1), careOf(1), global(1));
        int first = small.sequence();
        small.update(home(2), careOf(2), global(1));
        int second = small.sequence();
        small.update(home(3), careOf(3), global(1));
        assertThat(small.counted()).containsExactly(Reason.PENDING_UPDATE_EVICTED);

        small.acknowledge(port(1), global(1), home(1), careOf(1), 0, first, 600);
        assertThat(small.counted()).containsExactly(Reason.ACKNOWLEDGEMENT_WITHOUT_UPDATE);
        small.acknowledge(port(1), global(1), home(2), careOf(2), 0, second, 600);
        assertThat(small.counted()).isEmpty();
    }

    @Test
    void aForgedUpdateDoesNotDisplaceTheRealOne() {
        scene.update(home(1), careOf(1), global(1));
        int real = scene.sequence();
        for (int i = 0; i < 3; i++) {
            scene.update(home(1), careOf(66), global(1));
        }

        scene.acknowledge(port(1), global(1), home(1), careOf(1), 0, real, 600);

        assertThat(scene.network.mobileNodes(scene.now))
                .extracting(MobileNodeView::careOfAddress)
                .containsExactly(careOf(1));
    }

    @Test
    void anUpdateToTheRepresentativeIsRefusedAtOnceWithARoutingHeader() {
        scene.update(home(1), careOf(1), REPRESENTATIVE);

        assertThat(scene.last.changes()).isEmpty();
        assertThat(scene.last.effects())
                .containsExactly(new SendBindingAcknowledgement(
                        ROUTER_PORT,
                        ROUTER_MAC,
                        REPRESENTATIVE,
                        careOf(1),
                        Optional.of(home(1)),
                        BindingAcknowledgement.of(
                                BindingStatus.INSUFFICIENT_RESOURCES,
                                0,
                                new SequenceNumber(scene.sequence()),
                                BindingLifetime.ZERO,
                                List.of())));
    }

    @Test
    void anUpdateToTheRepresentativeFromTheHomeLinkIsRefusedWithoutARoutingHeader() {
        scene.update(home(1), home(1), REPRESENTATIVE, 0, Optional.of(home(1)));

        assertThat(scene.last.effects())
                .singleElement()
                .extracting(effect -> ((SendBindingAcknowledgement) effect).routingHeaderAddress())
                .isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"::", "::1", "ff02::1", "fe80::1", "2001:db8:1::fe", "2001:db8:1::7"})
    void anUpdateToTheRepresentativeFromWhoMayNotBeAnsweredMeetsSilence(String source) {
        scene.update(home(1), Ipv6Address.parse(source), REPRESENTATIVE);

        assertThat(scene.counted()).containsExactly(Reason.UPDATE_SOURCE_NOT_ROUTABLE);
        assertThat(scene.last.effects()).hasSize(1);
    }

    @Test
    void anUpdateToTheAnycastAddressIsNotFollowed() {
        scene.update(home(1), careOf(1), ANYCAST);

        assertThat(scene.counted()).containsExactly(Reason.UPDATE_NOT_TO_HOME_AGENT);
    }

    @Test
    void aLateAcknowledgementDoesNotBringBackAMobileNodeThatHasGoneOn() {
        Scene scene = new Scene().withHomeAgents(2);
        scene.update(home(1), careOf(1), global(1));
        int first = scene.sequence();
        scene.passMillis(10);
        scene.bind(1, 2);

        scene.acknowledge(port(1), global(1), home(1), careOf(1), 0, first, 600);

        assertThat(scene.network.mobileNodes(scene.now).get(0).homeAgent()).isEqualTo(global(2));
    }
}
