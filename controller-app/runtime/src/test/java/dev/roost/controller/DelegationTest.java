package dev.roost.controller;

import static dev.roost.controller.HomeLinkPackets.CARE_OF;
import static dev.roost.controller.HomeLinkPackets.CONFIG;
import static dev.roost.controller.HomeLinkPackets.MOBILE_NODE;
import static dev.roost.controller.HomeLinkPackets.acknowledgement;
import static dev.roost.controller.HomeLinkPackets.addressOf;
import static dev.roost.controller.HomeLinkPackets.advertisement;
import static dev.roost.controller.HomeLinkPackets.bindingUpdate;
import static dev.roost.controller.HomeLinkPackets.macOf;
import static dev.roost.controller.HomeLinkPackets.reverseTunnelled;
import static dev.roost.controller.HomeLinkPackets.userPacket;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.controller.api.ApiResponse;
import dev.roost.delegation.DelegationStatus;
import dev.roost.delegation.ForwardingMessage;
import dev.roost.delegation.ForwardingMessage.DelegationOrder;
import dev.roost.delegation.ForwardingMessage.DelegationOrderAcknowledgement;
import dev.roost.delegation.ForwardingMessage.ForwarderReport;
import dev.roost.delegation.ForwardingMessage.ForwarderReportAcknowledgement;
import dev.roost.loadbalancer.DelegationConfig;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.loadbalancer.HomeNetworkView.MigrationView;
import dev.roost.loadbalancer.HomeNetworkView.MobileNodeView;
import dev.roost.loadbalancer.MigrationAnswer;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.openflow.fake.FakeSwitch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Forwarding delegated by one home agent to another: datagrams in, rules and datagrams out. */
class DelegationTest {

    private static final int ROUTER_PORT = 3;

    private static final HomeNetworkConfig DRAINING = CONFIG.withDelegation(delegation(DelegationConfig.Mode.DRAIN));

    private TestController home;
    private FakeConnection s1;
    private final FakePeer ha1 = new FakePeer(1, 11);
    private final FakePeer ha2 = new FakePeer(2, 22);

    static DelegationConfig delegation(DelegationConfig.Mode mode) {
        return new DelegationConfig(
                mode,
                FakePeer.PORT,
                List.of(new DelegationConfig.Key(1, OpaqueBytes.of(FakePeer.SECRET))),
                32,
                600,
                Duration.ofMinutes(10),
                1.1,
                DelegationConfig.UnmodifiedHomeAgents.LEAVE,
                DelegationConfig.Representative.REFUSE,
                DelegationConfig.Authentication.NONE);
    }

    @BeforeEach
    void twoHomeAgentsAndABoundMobileNode() throws Exception {
        home = new TestController(null, List.of(DRAINING));
        s1 = home.connect(1, new FakeSwitch());
        home.receive(s1, 1, advertisement(1));
        home.receive(s1, 2, advertisement(2));
        home.receive(s1, ROUTER_PORT, bindingUpdate(MOBILE_NODE, addressOf(1), 7));
        home.receive(s1, 1, acknowledgement(1, MOBILE_NODE, 7));
        exchange();
    }

    /** Lets datagrams that left reach their home agents, and their answers come back, until nothing is left. */
    private void exchange() {
        for (int i = 0; i < 10; i++) {
            var sent = s1.takeSent();
            if (sent.isEmpty()) {
                return;
            }
            ha1.takeIn(home, s1, sent);
            ha2.takeIn(home, s1, sent);
        }
        throw new AssertionError("they do not come to rest");
    }

    private void pass(Duration time) {
        for (long step = 0; step < time.toMillis(); step += 100) {
            home.pass(Duration.ofMillis(100));
            exchange();
        }
    }

    private MigrationAnswer request(Ipv6Address forwarder) {
        CompletableFuture<MigrationAnswer> answer = home.controller.requestMigration(MOBILE_NODE, forwarder);
        home.settle();
        exchange();
        return answer.join();
    }

    private DelegationOrder order() {
        List<ForwardingMessage> received = ha1.takeReceived();
        assertThat(received).singleElement().isInstanceOf(DelegationOrder.class);
        return (DelegationOrder) received.get(0);
    }

    private void accept(DelegationOrder order) {
        ha1.send(
                home,
                s1,
                new DelegationOrderAcknowledgement(
                        order.identifier(), DelegationStatus.ACCEPTED, order.homeAddress(), order.epoch()));
    }

    private ForwarderReport report(long identifier, int forwarder, long epoch) {
        return new ForwarderReport(
                identifier, DelegationStatus.ACCEPTED, MOBILE_NODE, CARE_OF, addressOf(forwarder), epoch);
    }

    private MobileNodeView mobileNode() {
        return home.ask(
                view -> view.networks().get(0).state().mobileNodes(view.now()).get(0));
    }

    private MigrationView migration() {
        return home.ask(view -> view.networks().get(0).state().migrations().get(0));
    }

    private String toMobileNode() {
        return s1.fake().receive(ROUTER_PORT, userPacket(MOBILE_NODE)).toString();
    }

    private String fromMobileNode() {
        return s1.fake().receive(ROUTER_PORT, reverseTunnelled(1)).toString();
    }

    @Test
    void turnsTheSwitchOverAfterTheReportAndAcknowledgesItBehindABarrier() {
        assertThat(request(addressOf(2)).verdict()).isEqualTo(MigrationAnswer.Verdict.BEGUN);
        DelegationOrder order = order();
        assertThat(order.homeAddress()).isEqualTo(MOBILE_NODE);
        assertThat(order.forwarder()).isEqualTo(addressOf(2));
        accept(order);
        assertThat(toMobileNode()).as("before the report").isEqualTo("output:1 eth_dst=" + macOf(1));
        assertThat(migration().state()).isEqualTo("accepted");
        s1.order.clear();
        s1.holdsBarriers = true;

        ha1.send(home, s1, report(5, 2, 1000));

        assertThat(toMobileNode()).isEqualTo("output:2 eth_dst=" + macOf(2));
        assertThat(fromMobileNode()).isEqualTo("output:2 eth_dst=" + macOf(2));
        assertThat(s1.order).as("no acknowledgement before the barrier").containsExactly("rules", "barrier");
        assertThat(migration().state()).isEqualTo("flipping");
        s1.confirmBarriers();
        home.settle();
        assertThat(s1.order).containsExactly("rules", "barrier", "packet");
        exchange();
        assertThat(ha1.takeReceived())
                .containsExactly(new ForwarderReportAcknowledgement(5, DelegationStatus.ACCEPTED, MOBILE_NODE, 1000));
        assertThat(mobileNode().homeAgent()).isEqualTo(addressOf(1));
        assertThat(mobileNode().forwarder()).isEqualTo(addressOf(2));
        assertThat(migration().state()).isEqualTo("done");
        assertThat(home.eventKinds()).contains("mobile-node-migrated");
    }

    @Test
    void takesTheRulesOfTheReverseTunnelAwayWhenTheHomeAgentForwardsItselfAgain() {
        ha1.send(home, s1, report(5, 2, 1000));
        assertThat(fromMobileNode()).isEqualTo("output:2 eth_dst=" + macOf(2));
        exchange();
        ha1.takeReceived();

        ha1.send(home, s1, report(6, 1, 1001));
        exchange();

        assertThat(fromMobileNode()).isEqualTo("NORMAL");
        assertThat(toMobileNode()).isEqualTo("output:1 eth_dst=" + macOf(1));
        assertThat(ha1.takeReceived()).hasSize(1);
        assertThat(mobileNode().forwarder()).isEqualTo(addressOf(1));
    }

    @Test
    void acknowledgesNothingWhileASwitchRefusesARuleAndSaysSo() {
        s1.fake().limitFlows(s1.fake().flowCount());

        ha1.send(home, s1, report(5, 2, 1000));
        exchange();

        assertThat(ha1.takeReceived()).isEmpty();
        assertThat(home.eventKinds()).contains("steering-refused");
        s1.fake().limitFlows(1000);
        pass(Duration.ofSeconds(12));
        assertThat(ha1.takeReceived()).hasSize(1);
    }

    @Test
    void waitsForNoSwitchThatIsGone() {
        FakeConnection s2 = home.connect(2, new FakeSwitch());
        s2.holdsBarriers = true;
        ha1.send(home, s1, report(5, 2, 1000));
        exchange();
        assertThat(ha1.takeReceived()).isEmpty();

        home.disconnect(s2);
        exchange();

        assertThat(ha1.takeReceived()).hasSize(1);
    }

    @Test
    void believesNoReportFromAnotherPortOrWithAnotherKeyOrTwice() {
        byte[] genuine = ha1.frame(report(5, 2, 1000));
        home.receive(s1, ROUTER_PORT, genuine);
        assertThat(mobileNode().forwarder()).isEqualTo(addressOf(1));
        byte[] forged = genuine.clone();
        forged[forged.length - 1] ^= 1;
        home.receive(s1, 1, forged);
        assertThat(mobileNode().forwarder()).isEqualTo(addressOf(1));
        assertThat(home.counters.total("roost_packets_malformed_total"))
                .as("the UDP checksum")
                .isEqualTo(1);

        home.receive(s1, 1, genuine);
        assertThat(mobileNode().forwarder()).isEqualTo(addressOf(2));
        home.receive(s1, 1, ha1.frame(report(6, 1, 1001)));
        home.receive(s1, 1, genuine);

        assertThat(mobileNode().forwarder()).isEqualTo(addressOf(1));
        assertThat(home.counters.value("roost_forwarding_messages_ignored_total", "reason", "ignored-replay"))
                .isEqualTo(1);
    }

    @Test
    void knowsTheForwarderAfterARestart() throws Exception {
        ha1.send(home, s1, report(5, 2, 1000));

        TestController again = new TestController(home, List.of(DRAINING));
        FakeConnection connection = again.connect(1, s1.fake());

        assertThat(connection.takeRuleMessages()).isEmpty();
        assertThat(toMobileNode()).isEqualTo("output:2 eth_dst=" + macOf(2));
        assertThat(again.ask(view -> view.networks().get(0).state().mobileNodes(view.now()))
                        .get(0)
                        .forwarder())
                .isEqualTo(addressOf(2));
    }

    @Test
    void sendsAnOrderFiveTimesAndGivesUp() {
        ha1.silent = true;

        request(addressOf(2));
        home.pass(Duration.ofSeconds(4));

        assertThat(migration().state()).isEqualTo("failed");
        assertThat(migration().reason()).isEqualTo("unanswered");
        assertThat(toMobileNode()).isEqualTo("output:1 eth_dst=" + macOf(1));
    }

    @Test
    void movesWhatADrainedHomeAgentForwards() {
        CompletableFuture<Boolean> drained = home.controller.drain(addressOf(1), true);
        home.settle();
        exchange();

        assertThat(drained.join()).isTrue();
        assertThat(order().forwarder()).isEqualTo(addressOf(2));
        ha1.send(home, s1, report(5, 2, 1000));
        exchange();

        assertThat(mobileNode().forwarder()).isEqualTo(addressOf(2));
        assertThat(home.eventKinds()).contains("home-agent-drained");
    }

    @Test
    void bringsWhatAForwarderHadToAnotherWhenItsPortGoesDown() {
        ha1.send(home, s1, report(5, 2, 1000));
        exchange();
        ha1.takeReceived();

        home.controller.onPortChanged(s1, FakeConnection.port(2, false));
        home.settle();
        exchange();

        assertThat(order().forwarder()).as("taken back").isEqualTo(addressOf(1));
    }

    /** Registers at a fourth home agent, while the second one forwards for the first. */
    private void registerElsewhere() {
        home.receive(s1, 4, advertisement(4));
        ha1.send(home, s1, report(5, 2, 1000));
        exchange();
        ha1.takeReceived();
        home.receive(s1, ROUTER_PORT, bindingUpdate(MOBILE_NODE, addressOf(4), 9));
        home.receive(s1, 4, acknowledgement(4, MOBILE_NODE, 9));
        exchange();
    }

    @Test
    void hasTheHomeAgentThatWasLeftEndItsDelegation() {
        registerElsewhere();

        assertThat(mobileNode().forwarder()).isEqualTo(addressOf(4));
        assertThat(fromMobileNode()).isEqualTo("NORMAL");
        DelegationOrder order = order();
        assertThat(order.forwarder()).isEqualTo(addressOf(1));
        accept(order);
        ha1.send(home, s1, report(6, 1, 1001));
        pass(Duration.ofSeconds(4));
        assertThat(ha2.takeReceived()).as("its own primary tells it").isEmpty();
        assertThat(ha1.takeReceived())
                .containsExactly(
                        new ForwarderReportAcknowledgement(6, DelegationStatus.UNKNOWN_BINDING, MOBILE_NODE, 1001));
        assertThat(mobileNode().forwarder()).isEqualTo(addressOf(4));
    }

    @Test
    void hasTheForwarderStopInTheSteadOfAHomeAgentThatDoesNotAnswer() {
        registerElsewhere();
        ha1.silent = true;

        pass(Duration.ofSeconds(5));
        assertThat(ha2.takeReceived()).as("packets may be on their way").isEmpty();
        pass(Duration.ofSeconds(2));

        assertThat(ha2.takeReceived()).isNotEmpty().allSatisfy(message -> {
            ForwardingMessage.StopForwarding stop = (ForwardingMessage.StopForwarding) message;
            assertThat(stop.onBehalfOf()).contains(addressOf(1));
            assertThat(stop.homeAddress()).isEqualTo(MOBILE_NODE);
            assertThat(Long.compareUnsigned(stop.epoch(), 1000)).isPositive();
        });
    }

    /** A copy of a report from before the mobile node left must not steer to who has stopped since. */
    @Test
    void takesNoOldReportWhenTheMobileNodeComesBack() {
        registerElsewhere();
        ha1.queries.clear();
        home.receive(s1, ROUTER_PORT, bindingUpdate(MOBILE_NODE, addressOf(1), 10));
        home.receive(s1, 1, acknowledgement(1, MOBILE_NODE, 10));
        exchange();
        assertThat(ha1.queries).as("asked who forwards").isNotEmpty();

        ha1.send(home, s1, report(5, 2, 1000));

        assertThat(mobileNode().forwarder()).isEqualTo(addressOf(1));
        ha1.send(home, s1, report(7, 2, 1002));
        assertThat(mobileNode().forwarder()).isEqualTo(addressOf(2));
    }

    @Test
    void refusesToMoveWhatCannotBeMoved() {
        assertThat(request(addressOf(9)).verdict()).isEqualTo(MigrationAnswer.Verdict.UNKNOWN_HOME_AGENT);
        home.receive(s1, 5, advertisement(5));
        exchange();
        assertThat(request(addressOf(5)).reason()).isEqualTo("forwarder-unmodified");
        assertThat(request(addressOf(1)).verdict()).isEqualTo(MigrationAnswer.Verdict.DONE);
        home.reload(CONFIG.withDelegation(delegation(DelegationConfig.Mode.OFF)));
        assertThat(request(addressOf(2)).reason()).isEqualTo("delegation-off");
    }

    @Test
    void goesOnWithOtherKeysAfterAReloadAndHearsNobodyWithoutAny() {
        home.reload(CONFIG);

        assertThat(s1.fake().receive(1, ha1.frame(report(5, 2, 1000))))
                .as("no rule brings it")
                .hasToString("drop");
        home.reload(DRAINING);
        ha1.send(home, s1, report(6, 2, 1001));

        assertThat(mobileNode().forwarder()).isEqualTo(addressOf(2));
    }

    @Test
    void movesAMobileNodeAtAnOperatorsRequestAndShowsItOnItsWay() {
        String path = "/wm/roost/mobile-nodes/" + MOBILE_NODE + "/forwarder";
        String body = "{\"homeAgent\": \"" + addressOf(2) + "\"}";

        ApiResponse begun = home.request("POST", path, Map.of(), body);

        assertThat(begun.status()).isEqualTo(202);
        assertThat(begun.body()).contains("\"state\":\"begun\"");
        exchange();
        ha1.send(home, s1, report(5, 2, 1000));
        exchange();
        assertThat(home.request("GET", "/wm/roost/migrations", Map.of(), "").body())
                .contains("\"homeAddress\":\"" + MOBILE_NODE + "\",\"from\":\"" + addressOf(1) + "\",\"to\":\""
                        + addressOf(2) + "\",\"cause\":\"operator\",\"state\":\"done\",\"reason\":null");
        assertThat(home.request("GET", "/wm/roost/mobile-nodes", Map.of(), "").body())
                .contains("\"forwarder\":\"" + addressOf(2) + "\"");
        assertThat(home.request("GET", "/wm/roost/flows", Map.of(), "").body())
                .contains("\"purpose\":\"reverse-steering\"");
        assertThat(home.request("GET", "/wm/roost/home-agents", Map.of(), "").body())
                .contains("\"delegation\":{\"speaks\":true,\"roles\":[\"primary\",\"secondary\"],\"entries\":7}");
        assertThat(home.request("POST", path, Map.of(), body).body()).contains("\"state\":\"done\"");
        home.reload(CONFIG);
        ApiResponse refused = home.request("POST", path, Map.of(), "{\"homeAgent\": \"" + addressOf(1) + "\"}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body()).contains("\"error\":\"delegation-off\"");
    }
}
