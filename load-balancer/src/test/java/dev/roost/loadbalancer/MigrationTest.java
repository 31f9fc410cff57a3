package dev.roost.loadbalancer;

import static dev.roost.loadbalancer.Scene.careOf;
import static dev.roost.loadbalancer.Scene.global;
import static dev.roost.loadbalancer.Scene.home;
import static dev.roost.loadbalancer.Scene.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.delegation.DelegationStatus;
import dev.roost.delegation.ForwardingMessage;
import dev.roost.delegation.ForwardingMessage.DelegationOrder;
import dev.roost.delegation.ForwardingMessage.ForwarderReport;
import dev.roost.loadbalancer.DelegationConfig.Mode;
import dev.roost.loadbalancer.DelegationConfig.UnmodifiedHomeAgents;
import dev.roost.loadbalancer.Effect.SendBindingAcknowledgement;
import dev.roost.loadbalancer.Effect.SendForwardingMessage;
import dev.roost.loadbalancer.HomeNetworkView.MigrationView;
import dev.roost.loadbalancer.SteeringPlan.ReverseTunnel;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.Ipv6Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Forwarding that moves from one home agent to another, and what goes wrong with it. */
final class MigrationTest {

    private final DelegationScene scene = new DelegationScene(DelegationScene.CONFIG).withHomeAgents(3);

    private MigrationAnswer request(int mobileNode, int homeAgent) {
        MigrationAnswer answer = scene.network.requestMigration(scene.scene.now, home(mobileNode), global(homeAgent));
        scene.happened(answer.decision());
        scene.settle();
        return answer;
    }

    private MigrationView last() {
        return scene.network.migrations().get(0);
    }

    private long orders() {
        return scene.sent.stream()
                .filter(datagram -> datagram.message() instanceof DelegationOrder order
                        && !order.forwarder().isUnspecified())
                .count();
    }

    @Test
    void theForwarderIsAnotherOneOnceThePrimaryHasReported() {
        scene.bind(1, 1);

        assertThat(request(1, 2).verdict()).isEqualTo(MigrationAnswer.Verdict.BEGUN);

        assertThat(scene.forwarderOf(1)).isEqualTo(global(2));
        assertThat(last().state()).isEqualTo("done");
        assertThat(scene.network.mobileNodes(scene.scene.now).get(0).homeAgent())
                .isEqualTo(global(1));
        assertThat(request(1, 2).verdict()).as("asked for again").isEqualTo(MigrationAnswer.Verdict.DONE);
    }

    @Test
    void anOrderIsSentFiveTimesEachAfterTwiceTheTimeAndThenGivenUp() {
        scene.bind(1, 1);
        scene.silent.add(1);

        request(1, 2);

        List<Long> at = new ArrayList<>();
        long begin = scene.scene.now.toEpochMilli();
        long seen = orders();
        at.add(0L);
        while (scene.scene.now.toEpochMilli() - begin < 3_200) {
            scene.scene.passMillis(10);
            scene.deadlines();
            if (orders() > seen) {
                seen = orders();
                at.add(scene.scene.now.toEpochMilli() - begin);
            }
        }
        assertThat(at).containsExactly(0L, 100L, 300L, 700L, 1500L);
        assertThat(last().reason()).isEqualTo("unanswered");
        assertThat(scene.forwarderOf(1)).isEqualTo(global(1));
    }

    @Test
    void aReportThatComesAfterItWasGivenUpIsTakenAllTheSame() {
        scene.bind(1, 1);
        scene.silent.add(1);
        request(1, 2);
        scene.pass(Duration.ofSeconds(4));

        scene.fromHomeAgent(1, scene.report(home(1), global(2)));

        assertThat(scene.forwarderOf(1)).isEqualTo(global(2));
    }

    @Test
    void anOrderThatFailedIsTold() {
        scene.bind(1, 1);
        scene.silent.add(1);
        request(1, 2);

        ForwarderReport failed = scene.report(home(1), global(1));
        scene.fromHomeAgent(
                1,
                new ForwarderReport(
                        failed.identifier(),
                        DelegationStatus.INSUFFICIENT_RESOURCES,
                        home(1),
                        careOf(1),
                        global(1),
                        failed.epoch()));

        assertThat(last().state()).isEqualTo("failed");
        assertThat(last().reason()).isEqualTo("insufficient-resources");
        assertThat(scene.forwarderOf(1)).isEqualTo(global(1));
    }

    @Test
    void aSecondOrderForAnotherTargetTakesThePlaceOfTheFirst() {
        scene.bind(1, 1);
        scene.silent.add(1);
        request(1, 2);
        scene.silent.clear();

        request(1, 3);

        assertThat(scene.forwarderOf(1)).isEqualTo(global(3));
        assertThat(scene.network.migrations())
                .extracting(MigrationView::state, MigrationView::reason)
                .contains(org.assertj.core.groups.Tuple.tuple("failed", "superseded"));
    }

    @Test
    void anOlderReportChangesNothingAndIsToldTheNewerEpoch() {
        scene.bind(1, 1);
        ForwarderReport older = scene.report(home(1), global(2));
        scene.fromHomeAgent(1, scene.report(home(1), global(3)));

        scene.fromHomeAgent(1, older);

        assertThat(scene.forwarderOf(1)).isEqualTo(global(3));
        ForwardingMessage answer = scene.sent.get(scene.sent.size() - 1).message();
        assertThat(answer).isEqualTo(older.acknowledge(DelegationStatus.SUPERSEDED, older.epoch() + 1));
    }

    @Test
    void whatOnlyTrafficTellsOfIsNeverDelegated() {
        PacketOrigin there = new PacketOrigin(Scene.ROUTER_PORT, Scene.ROUTER_MAC, careOf(1), global(1));
        scene.happened(scene.network.onProtectedUpdate(scene.scene.now, there, home(1)));
        PacketOrigin back = new PacketOrigin(port(1), Scene.mac(1), global(1), careOf(1));
        scene.happened(scene.network.onProtectedAcknowledgement(scene.scene.now, back, home(1)));

        assertThat(request(1, 2).reason()).isEqualTo("not-delegable");
    }

    @Test
    void nobodyIsGivenMobileNodesWhoDoesNotSpeakTheProtocol() {
        scene.silent.add(4);
        scene.scene.homeAgent(4).advertises();
        scene.pass(Duration.ofSeconds(5));
        scene.bind(1, 1);
        scene.bind(2, 4);

        assertThat(request(1, 4).reason()).isEqualTo("forwarder-unmodified");
        assertThat(request(2, 1).reason()).isEqualTo("home-agent-unmodified");
        assertThat(scene.scene.view(4).delegation().speaks()).isFalse();
        assertThat(scene.scene.view(1).delegation().speaks()).isTrue();
    }

    @Test
    void aHomeAgentThatFallsSilentIsNoticedWithinTenSecondsAndHeardAgainWithinFive() {
        scene.silent.add(2);

        scene.pass(Duration.ofSeconds(10));

        assertThat(scene.scene.view(2).delegation().speaks()).isFalse();
        scene.silent.clear();
        scene.pass(Duration.ofSeconds(5));
        assertThat(scene.scene.view(2).delegation().speaks()).isTrue();
    }

    @Test
    void aHomeAgentThatWasAwayWhenTheControllerBeganIsHeardWhenItAdvertisesItself() {
        scene.silent.add(4);
        advertise(4);
        scene.pass(Duration.ofSeconds(12));
        assertThat(scene.scene.view(4).delegation().speaks()).isFalse();

        scene.silent.clear();
        advertise(4);

        assertThat(scene.scene.view(4).delegation().speaks()).isTrue();
    }

    @Test
    void aHomeAgentThatHasLeftTheListAndIsSilentIsNoticedWhileAnybodyIsBoundThere() {
        scene.bind(1, 1);
        scene.silent.add(1);
        scene.scene.homeAgent(1).information(10, 0).advertises();

        scene.pass(Duration.ofSeconds(10));

        assertThat(scene.scene.view(1).delegation().speaks()).isFalse();
    }

    @Test
    void oneThatNeverSpeaksIsAskedSeldomHoweverOftenItAdvertisesItself() {
        scene.silent.add(4);
        for (int second = 0; second < 60; second++) {
            advertise(4);
            scene.pass(Duration.ofSeconds(1));
        }

        assertThat(scene.sent.stream()
                        .filter(datagram -> datagram.destination().equals(global(4)))
                        .count())
                .as("five at first, then one at a time")
                .isBetween(10L, 20L);
    }

    private void advertise(int homeAgent) {
        scene.scene.homeAgent(homeAgent).advertises();
        scene.happenedAlready();
        scene.deadlines();
    }

    @Test
    void aForwarderStopsOnlyWhenEverySwitchSteersToTheNewHomeAgentAndAGracePeriodIsOver() {
        scene.bind(1, 1);
        request(1, 2);
        scene.forwards.add(global(2) + " for " + home(1) + " as " + global(1));
        scene.silent.add(1);
        scene.pass(Duration.ofSeconds(10));
        scene.steers = false;

        scene.bind(1, 3);
        scene.pass(Duration.ofSeconds(10));
        assertThat(scene.forwards).as("a switch still steers there").hasSize(1);
        assertThat(scene.network.steeringPlan().forwarderOf(new ReverseTunnel(careOf(1), global(1))))
                .as("what is tunnelled to the one that was left")
                .hasValueSatisfying(
                        forwarder -> assertThat(forwarder.globalAddresses()).containsExactly(global(2)));
        scene.steers = true;
        scene.pass(Duration.ofMillis(2900));
        assertThat(scene.forwards).as("packets may be on their way").hasSize(1);
        scene.pass(Duration.ofMillis(200));

        assertThat(scene.forwards).isEmpty();
        assertThat(scene.forwarderOf(1)).isEqualTo(global(3));
        assertThat(scene.network.steeringPlan().forwarderOf(new ReverseTunnel(careOf(1), global(1))))
                .isEmpty();
    }

    /** A home agent that says that it does not know a mobile node, which is delegated to another one. */
    private void forgetAt(int homeAgent, int mobileNode) {
        scene.silent.add(homeAgent);
        scene.pass(Duration.ofSeconds(10));
        scene.silent.clear();
        scene.unknown.add(home(mobileNode));
        scene.pass(Duration.ofSeconds(6));
    }

    @Test
    void aBindingThatItsHomeAgentDoesNotKnowAndNobodyForwardsForIsOver() {
        scene.bind(1, 1);
        request(1, 2);

        forgetAt(1, 1);

        assertThat(scene.network.mobileNodes(scene.scene.now)).isEmpty();
        assertThat(scene.network.steeringPlan().forwarderOf(home(1))).isEmpty();
    }

    @Test
    void aBindingThatItsHomeAgentHasLostIsSteeredToWhoStillForwardsUntilItIsMadeAnew() {
        scene.bind(1, 1);
        request(1, 2);
        scene.forwards.add(global(2) + " for " + home(1) + " as " + global(1));

        forgetAt(1, 1);
        assertThat(scene.forwarderOf(1)).isEqualTo(global(2));
        scene.unknown.clear();
        scene.bind(1, 1);
        scene.fromHomeAgent(1, scene.report(home(1), global(1)));
        scene.pass(Duration.ofSeconds(4));

        assertThat(scene.forwarderOf(1)).isEqualTo(global(1));
        assertThat(scene.forwards).as("who was forgotten is told to stop").isEmpty();
    }

    @Test
    void aThousandMobileNodesOfADrainedHomeAgentAreMovedSoManyAtOnceAndSpreadEvenly() {
        for (int n = 1; n <= 1000; n++) {
            scene.bind(n, 1);
        }
        scene.steers = false;

        scene.happened(scene.network.drain(scene.scene.now, global(1)));
        scene.deadlines();
        assertThat(scene.forwarding(1)).as("no more than the first few").isEqualTo(1000 - 32);
        scene.steers = true;
        scene.deadlines();

        assertThat(scene.mostUnderWay).isEqualTo(32);
        assertThat(scene.forwarding(1)).isZero();
        assertThat(scene.forwarding(2)).isEqualTo(500);
        assertThat(scene.forwarding(3)).isEqualTo(500);
        assertThat(orders()).isEqualTo(1000);
        assertThat(scene.effects.stream()
                        .filter(effect -> effect instanceof Effect.Event event
                                && event.kind().equals("home-agent-drained"))
                        .count())
                .isEqualTo(1);
    }

    @Test
    void whoRegistersWithADrainedHomeAgentLaterIsMovedToo() {
        scene.happened(scene.network.drain(scene.scene.now, global(1)));
        scene.deadlines();

        scene.bind(1, 1);
        scene.deadlines();

        assertThat(scene.forwarderOf(1)).isNotEqualTo(global(1));
    }

    @Test
    void oneThatCannotBeMovedHoldsUpNobodyAndIsTriedAgainLater() {
        scene.bind(1, 1);
        scene.bind(2, 2);
        request(2, 1);
        scene.silent.add(2);

        scene.happened(scene.network.drain(scene.scene.now, global(1)));
        scene.deadlines();
        assertThat(scene.forwarderOf(1)).isNotEqualTo(global(1));
        assertThat(scene.forwarderOf(2)).isEqualTo(global(1));
        scene.silent.clear();
        scene.pass(Duration.ofSeconds(65));

        assertThat(scene.forwarderOf(2)).isNotEqualTo(global(1));
    }

    @Test
    void whatAHomeAgentForwardsForOthersGoesElsewhereWhenItsPortGoesDown() {
        scene.bind(1, 1);
        scene.bind(2, 2);
        request(1, 2);

        scene.happened(scene.network.onHomeAgentUnreachable(scene.scene.now, port(2)));
        scene.deadlines();

        assertThat(scene.forwarderOf(1)).isNotEqualTo(global(2));
        assertThat(scene.forwarderOf(2)).as("nobody else has its binding").isEqualTo(global(2));
    }

    @Test
    void modeOffOrdersNothingAndTakesReports() {
        DelegationScene off = new DelegationScene(DelegationScene.config(Mode.OFF)).withHomeAgents(2);
        off.bind(1, 1);

        off.happened(off.network.drain(off.scene.now, global(1)));
        off.pass(Duration.ofSeconds(1));
        assertThat(off.forwarderOf(1)).isEqualTo(global(1));
        off.fromHomeAgent(1, off.report(home(1), global(2)));

        assertThat(off.forwarderOf(1)).isEqualTo(global(2));
    }

    @Test
    void homeAddressesThatShareATunnelAreSteeredByItOnlyWhileTheyHaveTheSameForwarder() {
        scene.scene.bind(home(1), careOf(9), 1);
        scene.scene.bind(home(2), careOf(9), 1);
        ReverseTunnel tunnel = new ReverseTunnel(careOf(9), global(1));
        SteeringPlan plan = scene.network.steeringPlan();
        assertThat(plan.reverseTunnelOf(home(1))).isEmpty();

        request(1, 2);
        assertThat(plan.reverseTunnelOf(home(1))).contains(tunnel);
        assertThat(plan.reverseTunnelOf(home(2))).as("of the other, too").contains(tunnel);
        assertThat(plan.forwarderOf(tunnel)).as("one here, one there").isEmpty();
        request(2, 2);
        assertThat(plan.forwarderOf(tunnel))
                .hasValueSatisfying(
                        forwarder -> assertThat(forwarder.globalAddresses()).containsExactly(global(2)));
        request(1, 3);
        assertThat(plan.forwarderOf(tunnel)).isEmpty();
    }

    private void carry(int homeAgent, double packetsPerSecond, int seconds, DelegationScene in) {
        long counted = Math.round(packetsPerSecond * seconds);
        in.happened(in.network.onLoadSample(
                in.scene.now,
                new LoadSample(
                        global(homeAgent),
                        LoadSample.Source.OPENFLOW,
                        in.scene.now,
                        counted,
                        counted,
                        64,
                        OptionalInt.empty())));
    }

    @Test
    void aHotHomeAgentIsLevelledWithFewMovesAndNobodyMovesTwice() {
        DelegationScene busy = new DelegationScene(DelegationScene.config(Mode.BALANCE)).withHomeAgents(3);
        for (int n = 1; n <= 60; n++) {
            busy.bind(n, n <= 20 ? 1 : n <= 40 ? 2 : 3);
        }
        double[] rates = new double[61];
        for (int n = 1; n <= 60; n++) {
            // Six of sixty, all at the first one, have 80 % of the traffic.
            rates[n] = n <= 6 ? 800.0 / 6 : 200.0 / 54;
        }
        double[] counted = new double[4];
        int movedAtAll = 0;
        double peak = 0;
        for (int second = 1; second <= 30; second++) {
            busy.pass(Duration.ofSeconds(1));
            double[] carried = new double[4];
            for (int n = 1; n <= 60; n++) {
                carried[(int) busy.forwarderOf(n).low() - 0x10] += rates[n];
            }
            for (int homeAgent = 1; homeAgent <= 3; homeAgent++) {
                counted[homeAgent] += carried[homeAgent];
                carry(homeAgent, counted[homeAgent], 1, busy);
            }
            OptionalInt hot = busy.network.hotHomeAgent(busy.scene.now);
            if (second > 2 && hot.isPresent()) {
                List<MobileNodeRate> measured = new ArrayList<>();
                double total = 0;
                for (int n = 1; n <= 60; n++) {
                    if (busy.network
                                    .steeringPlan()
                                    .forwarderOf(home(n))
                                    .orElseThrow()
                                    .index()
                            == hot.getAsInt()) {
                        measured.add(new MobileNodeRate(home(n), rates[n]));
                        total += rates[n];
                    }
                }
                busy.happened(busy.network.onMobileNodeRates(busy.scene.now, hot.getAsInt(), measured, total));
                busy.settle();
            }
            peak = Math.max(Math.max(carried[1], carried[2]), carried[3]) / (1000.0 / 3);
            movedAtAll = (int) busy.network.migrations().stream()
                    .filter(migration -> migration.state().equals("done"))
                    .count();
        }

        assertThat(peak).isLessThan(1.15);
        assertThat(movedAtAll).isLessThan(30);
        assertThat(busy.network.migrations())
                .filteredOn(migration -> migration.state().equals("done"))
                .extracting(MigrationView::homeAddress)
                .doesNotHaveDuplicates();
    }

    @Test
    void mobileNodesOfAnUnmodifiedHomeAgentAreSentElsewhereInItsNameWhereThatIsWanted() {
        DelegationScene sending =
                new DelegationScene(DelegationScene.config(Mode.DRAIN, UnmodifiedHomeAgents.REREGISTER, 32, 600));
        sending.silent.add(1);
        sending.withHomeAgents(2);
        sending.pass(Duration.ofSeconds(4));
        for (int n = 1; n <= 50; n++) {
            sending.bind(n, 1);
        }
        int sequence = sending.scene.sequence();

        sending.happened(sending.network.drain(sending.scene.now, global(1)));
        sending.pass(Duration.ofSeconds(1));
        long inOneSecond = acknowledgements(sending).size();
        sending.pass(Duration.ofSeconds(5));

        assertThat(inOneSecond).as("600 a minute").isBetween(10L, 21L);
        assertThat(acknowledgements(sending)).hasSize(50);
        assertThat(acknowledgements(sending)).anySatisfy(sent -> {
            assertThat(sent.source()).isEqualTo(global(1));
            assertThat(sent.destination()).isEqualTo(careOf(50));
            assertThat(sent.routingHeaderAddress()).contains(home(50));
            assertThat(sent.acknowledgement().status()).isEqualTo(BindingStatus.INSUFFICIENT_RESOURCES);
            assertThat(sent.acknowledgement().sequenceNumber().value()).isEqualTo(sequence);
            assertThat(sent.port()).isEqualTo(Scene.ROUTER_PORT);
            assertThat(sent.linkLayerDestination()).isEqualTo(Scene.ROUTER_MAC);
        });
    }

    private static List<SendBindingAcknowledgement> acknowledgements(DelegationScene scene) {
        return scene.effects.stream()
                .filter(SendBindingAcknowledgement.class::isInstance)
                .map(SendBindingAcknowledgement.class::cast)
                .toList();
    }

    @Test
    void mobileNodesOfAnUnmodifiedHomeAgentAreLeftAloneOtherwise() {
        scene.silent.add(4);
        scene.scene.homeAgent(4).advertises();
        scene.pass(Duration.ofSeconds(5));
        scene.bind(1, 4);

        scene.happened(scene.network.drain(scene.scene.now, global(4)));
        scene.pass(Duration.ofSeconds(40));

        assertThat(acknowledgements(scene)).isEmpty();
        assertThat(scene.forwarderOf(1)).isEqualTo(global(4));
    }

    @Test
    void aMessageCountsOnlyFromTheAddressAndThePortOfAHomeAgent() {
        scene.bind(1, 1);
        ForwarderReport report = scene.report(home(1), global(2));
        Ipv6Address stranger = Ipv6Address.parse("2001:db8:1::77");

        for (PacketOrigin origin : List.of(
                new PacketOrigin(port(2), Scene.mac(1), global(1), Scene.REPRESENTATIVE),
                new PacketOrigin(port(1), Scene.mac(1), stranger, Scene.REPRESENTATIVE),
                new PacketOrigin(port(1), Scene.mac(1), global(1), Scene.ANYCAST))) {
            assertThat(scene.network.forwardingRefusal(origin)).isPresent();
            scene.happened(scene.network.onForwardingMessage(scene.scene.now, origin, 1, report));
        }

        assertThat(scene.forwarderOf(1)).isEqualTo(global(1));
        assertThat(scene.sent.stream().map(SendForwardingMessage::destination)).doesNotContain(stranger);
    }
}
