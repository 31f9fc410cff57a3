package dev.roost.controller;

import static dev.roost.controller.HomeLinkPackets.ANYCAST;
import static dev.roost.controller.HomeLinkPackets.CARE_OF;
import static dev.roost.controller.HomeLinkPackets.MOBILE_NODE;
import static dev.roost.controller.HomeLinkPackets.REPRESENTATIVE;
import static dev.roost.controller.HomeLinkPackets.REPRESENTATIVE_MAC;
import static dev.roost.controller.HomeLinkPackets.ROUTER_MAC;
import static dev.roost.controller.HomeLinkPackets.acknowledgement;
import static dev.roost.controller.HomeLinkPackets.addressOf;
import static dev.roost.controller.HomeLinkPackets.advertisement;
import static dev.roost.controller.HomeLinkPackets.bindingUpdate;
import static dev.roost.controller.HomeLinkPackets.discoveryRequest;
import static dev.roost.controller.HomeLinkPackets.echoRequest;
import static dev.roost.controller.HomeLinkPackets.reverseTunnelled;
import static dev.roost.controller.HomeLinkPackets.solicitation;
import static dev.roost.controller.HomeLinkPackets.tunnelled;
import static dev.roost.controller.HomeLinkPackets.userPacket;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.roost.controller.FakeConnection.Sent;
import dev.roost.loadbalancer.HomeNetworkView.HomeAgentView;
import dev.roost.loadbalancer.HomeNetworkView.MobileNodeView;
import dev.roost.loadbalancer.HomeNetworkView.State;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.EchoReply;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.HomeAgentAddressDiscoveryReply;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.openflow.fake.FakeSwitch;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ControllerTest {

    private static final int ROUTER_PORT = 3;

    private TestController home;
    private FakeConnection s1;

    @BeforeEach
    void connect() throws Exception {
        home = new TestController();
        s1 = home.connect(1, new FakeSwitch());
    }

    private Sent answer() {
        List<Sent> sent = s1.takeSent();
        assertThat(sent).hasSize(1);
        return sent.get(0);
    }

    private List<HomeAgentView> homeAgents() {
        return home.ask(view -> view.networks().get(0).state().view(view.now()).homeAgents());
    }

    private void bind(int homeAgent, int port) {
        home.receive(s1, port, advertisement(homeAgent));
        home.receive(s1, ROUTER_PORT, bindingUpdate(MOBILE_NODE, addressOf(homeAgent), 7));
        home.receive(s1, port, acknowledgement(homeAgent, MOBILE_NODE, 7));
    }

    @Test
    void answersADiscoveryRequestByThePortItCameInOn() {
        home.receive(s1, 1, advertisement(1));
        home.receive(s1, 2, advertisement(2));

        home.receive(s1, ROUTER_PORT, discoveryRequest(4711));

        Sent sent = answer();
        assertThat(sent.inPort()).isEqualTo(PacketOutSink.CONTROLLER_PORT);
        assertThat(sent.outPort()).isEqualTo(ROUTER_PORT);
        EthernetFrame frame = sent.frame();
        assertThat(frame.source()).isEqualTo(REPRESENTATIVE_MAC);
        assertThat(frame.destination()).isEqualTo(ROUTER_MAC);
        assertThat(frame.packet().source()).isEqualTo(REPRESENTATIVE);
        assertThat(frame.packet().destination()).isEqualTo(CARE_OF);
        HomeAgentAddressDiscoveryReply reply =
                (HomeAgentAddressDiscoveryReply) frame.packet().payload();
        assertThat(reply.identifier()).isEqualTo(4711);
        assertThat(reply.homeAgents())
                .containsExactlyInAnyOrder(addressOf(1), addressOf(2), REPRESENTATIVE)
                .endsWith(REPRESENTATIVE);
    }

    @Test
    void answersASolicitationForTheAnycastAddress() {
        home.receive(s1, ROUTER_PORT, solicitation(ANYCAST));

        EthernetFrame frame = answer().frame();
        assertThat(frame.destination()).isEqualTo(ROUTER_MAC);
        assertThat(frame.packet().header().hopLimit()).isEqualTo(255);
        NeighborAdvertisement advertisement =
                (NeighborAdvertisement) frame.packet().payload();
        assertThat(advertisement.target()).isEqualTo(ANYCAST);
        assertThat(advertisement.flags()).isEqualTo(NeighborAdvertisement.ROUTER | NeighborAdvertisement.SOLICITED);
    }

    @Test
    void answersAPingOfTheRepresentative() {
        home.receive(s1, ROUTER_PORT, echoRequest(REPRESENTATIVE));

        EchoReply reply = (EchoReply) answer().frame().packet().payload();
        assertThat(reply.sequenceNumber()).isEqualTo(2);
    }

    @Test
    void refusesABindingUpdateToTheRepresentativeWithARoutingHeader() {
        home.receive(s1, ROUTER_PORT, bindingUpdate(MOBILE_NODE, REPRESENTATIVE, 9));

        EthernetFrame frame = answer().frame();
        assertThat(frame.packet().destination()).isEqualTo(CARE_OF);
        assertThat(frame.packet().effectiveDestination()).isEqualTo(MOBILE_NODE);
        BindingAcknowledgement refusal = (BindingAcknowledgement) frame.packet().payload();
        assertThat(refusal.status()).isEqualTo(BindingStatus.INSUFFICIENT_RESOURCES);
        assertThat(refusal.sequenceNumber().value()).isEqualTo(9);
    }

    @Test
    void sendsAnAnswerOnlyAfterItIsCommitted() {
        home.receive(s1, 1, advertisement(1));
        home.trace.clear();

        home.receive(s1, ROUTER_PORT, discoveryRequest(1));

        assertThat(home.trace).containsExactly("commit", "packet");
    }

    @Test
    void answersManyRequestsOfOneTurnAfterOneCommit() {
        home.receive(s1, 1, advertisement(1));
        home.trace.clear();

        s1.receive(ROUTER_PORT, discoveryRequest(1));
        s1.receive(ROUTER_PORT, discoveryRequest(2));
        s1.receive(ROUTER_PORT, discoveryRequest(3));
        home.settle();

        assertThat(home.trace).containsExactly("commit", "packet", "packet", "packet");
    }

    @Test
    void goesOnAnsweringWhileTheJournalIsFullAndSaysSo() {
        home.receive(s1, 1, advertisement(1));
        home.journal.full = true;

        home.receive(s1, ROUTER_PORT, discoveryRequest(1));

        assertThat(s1.takeSent()).hasSize(1);
        assertThat(home.ask(ControllerView::problems)).containsExactly("the journal cannot be written");
        home.journal.full = false;
        home.pass(Duration.ofSeconds(6));
        assertThat(home.trace).contains("snapshot");
        assertThat(home.ask(ControllerView::problems)).isEmpty();
    }

    @Test
    void knowsBindingsAgainAfterARestart() throws Exception {
        bind(1, 1);

        TestController again = new TestController(home);

        List<MobileNodeView> mobileNodes =
                again.ask(view -> view.networks().get(0).state().mobileNodes(view.now()));
        assertThat(mobileNodes).singleElement().satisfies(mobileNode -> {
            assertThat(mobileNode.homeAddress()).isEqualTo(MOBILE_NODE);
            assertThat(mobileNode.homeAgent()).isEqualTo(addressOf(1));
        });
    }

    @Test
    void believesAnAcknowledgementWhoseUpdateIsReadLater() {
        home.receive(s1, 1, advertisement(1));

        home.receive(s1, 1, acknowledgement(1, MOBILE_NODE, 7));
        home.receive(s1, ROUTER_PORT, bindingUpdate(MOBILE_NODE, addressOf(1), 7));
        home.pass(Duration.ofMillis(200));

        assertThat(home.eventKinds()).contains("mobile-node-registered");
    }

    @Test
    void countsAnAcknowledgementWithoutUpdateOnce() {
        home.receive(s1, 1, advertisement(1));

        home.receive(s1, 1, acknowledgement(1, MOBILE_NODE, 7));
        home.pass(Duration.ofSeconds(1));

        assertThat(home.counters.value(
                        "roost_ignored_total", "home_network", "home", "reason", "acknowledgement-without-update"))
                .isEqualTo(1);
    }

    @Test
    void namesAHomeAgentAgainWhenItsPortComesUp() {
        home.receive(s1, 1, advertisement(1));

        home.controller.onPortChanged(s1, FakeConnection.port(1, false));
        home.settle();
        assertThat(homeAgents()).extracting(HomeAgentView::state).containsExactly(State.UNREACHABLE);
        home.controller.onPortChanged(s1, FakeConnection.port(1, true));
        home.settle();

        assertThat(homeAgents()).extracting(HomeAgentView::state).containsExactly(State.ACTIVE);
    }

    @Test
    void concludesNothingAboutHomeAgentsFromALostConnection() {
        home.receive(s1, 1, advertisement(1));

        home.disconnect(s1);

        assertThat(homeAgents()).extracting(HomeAgentView::state).containsExactly(State.ACTIVE);
    }

    @Test
    void takesTheLoadOfAHomeAgentFromItsPort() {
        home.receive(s1, 1, advertisement(1));
        for (int second = 1; second <= 20; second++) {
            s1.countPackets(1, 100L * second, 300L * second);
            home.pass(Duration.ofSeconds(1));
        }

        assertThat(homeAgents()).singleElement().satisfies(homeAgent -> {
            assertThat(homeAgent.load().packetsTransmitted()).isGreaterThanOrEqualTo(1900);
            assertThat(homeAgent.load().transmitRate().orElseThrow()).isBetween(95.0, 105.0);
            assertThat(homeAgent.load().receiveRate().orElseThrow()).isBetween(285.0, 315.0);
        });
    }

    /** One second of traffic: user packets to and from a mobile node at home agent 1, some more of home agent 2. */
    private void oneSecondOfTraffic() {
        for (int i = 0; i < 60; i++) {
            s1.receive(ROUTER_PORT, userPacket(MOBILE_NODE));
            s1.receive(1, tunnelled(1));
        }
        for (int i = 0; i < 40; i++) {
            s1.receive(ROUTER_PORT, reverseTunnelled(1));
        }
        for (int i = 0; i < 10; i++) {
            s1.receive(1, tunnelled(2));
            s1.receive(ROUTER_PORT, reverseTunnelled(2));
        }
        home.pass(Duration.ofSeconds(1));
    }

    @Test
    void tellsTheLoadsOfHomeAgentsThatShareAPortApart() {
        bind(1, 1);
        home.receive(s1, 1, advertisement(2));

        for (int second = 0; second < 12; second++) {
            oneSecondOfTraffic();
        }

        assertThat(homeAgents()).hasSize(2).allSatisfy(homeAgent -> {
            boolean first = homeAgent.addresses().contains(addressOf(1));
            assertThat(homeAgent.load().transmitRate().orElseThrow()).isCloseTo(first ? 60 : 10, withinPercentage(2));
            assertThat(homeAgent.load().receiveRate().orElseThrow()).isCloseTo(first ? 100 : 10, withinPercentage(2));
        });
    }

    @Test
    void doesNotTakeAHomeAgentThatGetsCompanyForABusyOne() {
        bind(1, 1);
        s1.countPackets(1, 5_000_000, 5_000_000);
        home.pass(Duration.ofSeconds(12));

        home.receive(s1, 1, advertisement(2));
        for (int second = 0; second < 12; second++) {
            oneSecondOfTraffic();
            assertThat(homeAgents())
                    .allSatisfy(homeAgent -> homeAgent
                            .load()
                            .receiveRate()
                            .ifPresent(rate -> assertThat(rate).isBetween(0.0, 105.0)));
        }
    }

    @Test
    void drainsAKnownHomeAgentOnly() {
        home.receive(s1, 1, advertisement(1));

        CompletableFuture<Boolean> known = home.controller.drain(addressOf(1), true);
        CompletableFuture<Boolean> unknown = home.controller.drain(addressOf(9), true);
        home.settle();

        assertThat(known).isCompletedWithValue(true);
        assertThat(unknown).isCompletedWithValue(false);
        assertThat(homeAgents()).extracting(HomeAgentView::state).containsExactly(State.DRAINING);
    }

    @Test
    void dropsPacketsBeyondItsQueueAndCountsThem() {
        home.receive(s1, 1, advertisement(1));
        for (int i = 0; i < 150; i++) {
            s1.punt(ROUTER_PORT, discoveryRequest(i));
        }
        home.settle();

        assertThat(s1.takeSent()).hasSize(100);
        assertThat(droppedBecauseFull(1)).isEqualTo(50);
    }

    private long droppedBecauseFull(int datapath) {
        return home.counters.value(
                "roost_packets_dropped_total", "reason", "queue-full", "switch", "00:00:00:00:00:00:00:0" + datapath);
    }

    @Test
    void keepsRoomForASwitchWhileAnotherFloods() {
        FakeConnection s2 = home.connect(2, new FakeSwitch());
        home.receive(s1, 1, advertisement(1));
        for (int i = 0; i < 150; i++) {
            s1.punt(ROUTER_PORT, discoveryRequest(i));
        }
        for (int i = 0; i < 50; i++) {
            s2.punt(ROUTER_PORT, discoveryRequest(i));
        }
        home.settle();

        assertThat(s1.takeSent()).hasSize(50);
        assertThat(s2.takeSent()).hasSize(50);
        assertThat(droppedBecauseFull(1)).isEqualTo(100);
        assertThat(droppedBecauseFull(2)).isZero();

        home.disconnect(s2);
        for (int i = 0; i < 100; i++) {
            s1.punt(ROUTER_PORT, discoveryRequest(i));
        }
        home.settle();
        assertThat(s1.takeSent()).as("alone again").hasSize(100);
    }

    @Test
    void dropsPacketsThatWaitedTooLong() {
        home.receive(s1, 1, advertisement(1));
        s1.punt(ROUTER_PORT, discoveryRequest(1));

        home.passWithoutTurns(Duration.ofSeconds(3));
        home.settle();

        assertThat(s1.takeSent()).isEmpty();
        assertThat(home.counters.value("roost_packets_dropped_total", "reason", "stale"))
                .isEqualTo(1);
    }

    @Test
    void ignoresPacketsOfAConnectionThatWasReplaced() {
        home.receive(s1, 1, advertisement(1));
        home.disconnect(s1);

        s1.punt(ROUTER_PORT, discoveryRequest(1));
        home.settle();

        assertThat(s1.takeSent()).isEmpty();
    }

    @Test
    void stopsAtABugOfItsOwnAndSaysSo() {
        home.receive(s1, 1, advertisement(1));
        home.journal.broken = true;

        home.receive(s1, ROUTER_PORT, discoveryRequest(1));

        assertThat(home.faults).singleElement().isInstanceOf(IllegalStateException.class);
        assertThat(home.controller.fault()).isPresent();
        assertThat(s1.takeSent()).isEmpty();
        assertThatThrownBy(() -> home.controller.query(view -> 1).join())
                .hasCauseInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void keepsRunningWhenAQuestionFails() {
        CompletableFuture<Integer> answer = home.controller.query(view -> {
            throw new IllegalStateException("asked wrongly");
        });
        home.settle();

        assertThat(answer).isCompletedExceptionally();
        assertThat(home.controller.fault()).isEmpty();
    }
}
