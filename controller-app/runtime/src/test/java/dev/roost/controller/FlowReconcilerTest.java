package dev.roost.controller;

import static dev.roost.controller.HomeLinkPackets.MOBILE_NODE;
import static dev.roost.controller.HomeLinkPackets.acknowledgement;
import static dev.roost.controller.HomeLinkPackets.addressOf;
import static dev.roost.controller.HomeLinkPackets.advertisement;
import static dev.roost.controller.HomeLinkPackets.bindingUpdate;
import static dev.roost.controller.HomeLinkPackets.macOf;
import static dev.roost.controller.HomeLinkPackets.userPacket;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.controller.FakeConnection.Sent;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.openflow.fake.FakeSwitch;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.projectfloodlight.openflow.protocol.OFFlowMod;
import org.projectfloodlight.openflow.protocol.OFGroupMod;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.types.TableId;

class FlowReconcilerTest {

    private static final int ROUTER_PORT = 3;
    private static final int TRUNK_PORT = 8;
    private static final Ipv6Address SECOND = Ipv6Address.parse("2001:db8:1::101");

    private TestController home;
    private FakeConnection s1;

    @BeforeEach
    void connect() throws Exception {
        home = new TestController();
        s1 = home.connect(1, new FakeSwitch());
    }

    private void bind(Ipv6Address homeAddress, int homeAgent, FakeConnection at, int port) {
        home.receive(at, port, advertisement(homeAgent));
        home.receive(s1, ROUTER_PORT, bindingUpdate(homeAddress, addressOf(homeAgent), 7));
        home.receive(at, port, acknowledgement(homeAgent, homeAddress, 7));
    }

    private void bindMany(int count) {
        home.receive(s1, 1, advertisement(1));
        for (int i = 0; i < count; i++) {
            Ipv6Address homeAddress =
                    new Ipv6Address(HomeLinkPackets.PREFIX.address().high(), 0x1_0000 + i);
            s1.punt(ROUTER_PORT, bindingUpdate(homeAddress, addressOf(1), 7));
            s1.punt(1, acknowledgement(1, homeAddress, 7));
            if (i % 40 == 0) {
                home.settle();
            }
        }
        home.settle();
    }

    private String whereGoes(FakeConnection from, byte[] frame) {
        return from.fake().receive(ROUTER_PORT, frame).toString();
    }

    /** What one switch probes with comes in at the other, as a cable between their trunk ports would have it. */
    private void carryProbes(FakeConnection from, FakeConnection to) {
        for (Sent probe : from.takeLinkProbes()) {
            if (probe.outPort() == TRUNK_PORT) {
                to.receive(TRUNK_PORT, probe.bytes());
            }
        }
        home.settle();
    }

    /** With a cable to the first. */
    private FakeConnection connectSecondSwitch() {
        FakeConnection s2 = home.connect(2, new FakeSwitch());
        carryProbes(s1, s2);
        carryProbes(s2, s1);
        return s2;
    }

    private void deleteAllRules(FakeConnection connection) {
        OFMessage deletion =
                connection.factory().buildFlowDelete().setTableId(TableId.ALL).build();
        connection.fake().handle(deletion);
    }

    @Test
    void steersABoundMobileNodeToItsHomeAgent() {
        assertThat(whereGoes(s1, userPacket(MOBILE_NODE))).isEqualTo("NORMAL");

        bind(MOBILE_NODE, 1, s1, 1);

        assertThat(whereGoes(s1, userPacket(MOBILE_NODE))).isEqualTo("output:1 eth_dst=" + macOf(1));
    }

    @Test
    void sendsNothingToASwitchThatComesAgainWithItsRules() {
        bind(MOBILE_NODE, 1, s1, 1);
        home.disconnect(s1);

        FakeConnection again = home.connect(1, s1.fake());

        assertThat(again.takeRuleMessages()).isEmpty();
        assertThat(whereGoes(again, userPacket(MOBILE_NODE))).isEqualTo("output:1 eth_dst=" + macOf(1));
    }

    @Test
    void sendsNothingAfterItsOwnRestartEither() throws Exception {
        bind(MOBILE_NODE, 1, s1, 1);

        TestController again = new TestController(home);
        FakeConnection connection = again.connect(1, s1.fake());

        assertThat(connection.takeRuleMessages()).isEmpty();
    }

    @Test
    void givesASwitchThatLostItsRulesAllOfThemBack() {
        bind(MOBILE_NODE, 1, s1, 1);
        home.disconnect(s1);

        FakeConnection again = home.connect(1, new FakeSwitch());

        assertThat(whereGoes(again, userPacket(MOBILE_NODE))).isEqualTo("output:1 eth_dst=" + macOf(1));
    }

    @Test
    void sendsWhatAChangeTouchedAndNothingElse() {
        bind(MOBILE_NODE, 1, s1, 1);
        s1.takeRuleMessages();
        Ipv6Address other = Ipv6Address.parse("2001:db8:1::101");

        bind(other, 1, s1, 1);

        assertThat(s1.takeRuleMessages())
                .hasSize(2)
                .allSatisfy(message -> assertThat(message).isInstanceOf(OFFlowMod.class));
    }

    @Test
    void putsBackWhatSomebodyDeletedWithinItsAuditInterval() {
        bind(MOBILE_NODE, 1, s1, 1);

        deleteAllRules(s1);
        home.pass(Duration.ofSeconds(6));

        assertThat(whereGoes(s1, userPacket(MOBILE_NODE))).isEqualTo("output:1 eth_dst=" + macOf(1));
    }

    @Test
    void takesASwitchThatDoesNotAnswerForUnreachableAndNotForEmpty() {
        bind(MOBILE_NODE, 1, s1, 1);
        s1.takeRuleMessages();

        s1.silence = "no answer";
        home.pass(Duration.ofSeconds(6));

        assertThat(s1.takeRuleMessages()).isEmpty();
        assertThat(home.ask(ControllerView::problems))
                .containsExactly("switch 00:00:00:00:00:00:00:01: rules cannot be read: groups: no answer");
        s1.silence = "";
        home.pass(Duration.ofSeconds(6));
        assertThat(home.ask(ControllerView::problems)).isEmpty();
    }

    @Test
    void tellsWhatASwitchRefusesAndTriesAgain() {
        int room = s1.fake().flowCount();
        FakeSwitch small = new FakeSwitch(FakeConnection.PORTS, room + 5, 10);
        FakeConnection s2 = home.connect(2, small);
        bind(MOBILE_NODE, 1, s1, 1);

        assertThat(home.eventKinds()).contains("switch-refused");
        assertThat(home.ask(ControllerView::problems))
                .containsExactly("switch 00:00:00:00:00:00:00:02 refuses 1 rule or group: FLOW_MOD_FAILED/TABLE_FULL");
        assertThat(home.counters.value(
                        "roost_openflow_errors_total",
                        "switch",
                        "00:00:00:00:00:00:00:02",
                        "error",
                        "FLOW_MOD_FAILED/TABLE_FULL",
                        "about",
                        "flow-mod"))
                .isPositive();
        assertThat(auditsWithMessages(s2, 40))
                .as("1, 2, 4, 8 and 16 audits apart")
                .isEqualTo(5);
    }

    @Test
    void switchThatRefusesGroupsIsNamedAndOthersAreServed() {
        FakeSwitch withoutGroups = new FakeSwitch(FakeConnection.PORTS, 10_000, 0);
        home.connect(2, withoutGroups);
        bind(MOBILE_NODE, 1, s1, 1);

        assertThat(home.ask(ControllerView::problems))
                .singleElement()
                .asString()
                .contains("00:00:00:00:00:00:00:02", "refuses", "GROUP_MOD_FAILED/OUT_OF_GROUPS");
        assertThat(withoutGroups.groupCount()).isZero();
        assertThat(s1.fake().groupCount()).isPositive();
        assertThat(whereGoes(s1, userPacket(MOBILE_NODE))).isEqualTo("output:1 eth_dst=" + macOf(1));
    }

    private long auditsWithMessages(FakeConnection connection, int audits) {
        connection.takeRuleMessages();
        long busy = 0;
        for (int i = 0; i < audits; i++) {
            home.pass(Duration.ofSeconds(5));
            busy += connection.takeRuleMessages().isEmpty() ? 0 : 1;
        }
        return busy;
    }

    @Test
    void comparesWhatManyRulesCameToWhilePacketsAreAnswered() {
        int count = 2500;
        bind(MOBILE_NODE, 1, s1, 1);
        bindMany(count);
        deleteAllRules(s1);

        home.passWithoutTurns(Duration.ofSeconds(6));
        int turns = home.countTurns();

        assertThat(turns).as("in slices").isGreaterThan(2 * count / 1000);
        assertThat(s1.fake().flowCount()).isGreaterThan(2 * count);
        assertThat(whereGoes(s1, userPacket(MOBILE_NODE))).isEqualTo("output:1 eth_dst=" + macOf(1));
    }

    @Test
    void steersAcrossALinkThatItFound() {
        FakeConnection s2 = connectSecondSwitch();

        bind(MOBILE_NODE, 3, s2, 1);

        assertThat(whereGoes(s1, userPacket(MOBILE_NODE))).isEqualTo("output:8 eth_dst=" + macOf(3));
        assertThat(whereGoes(s2, userPacket(MOBILE_NODE))).isEqualTo("output:1 eth_dst=" + macOf(3));
    }

    @Test
    void learnsNobodyBehindAnotherSwitch() {
        FakeConnection s2 = connectSecondSwitch();

        s2.punt(TRUNK_PORT, advertisement(1));
        home.settle();

        int learned = home.ask(view ->
                view.networks().get(0).state().view(view.now()).homeAgents().size());
        assertThat(learned).isZero();
        assertThat(home.counters.value("roost_packets_ignored_total", "reason", "on-link-port"))
                .isEqualTo(1);
    }

    @Test
    void forgetsALinkThatIsNoLongerConfirmed() {
        FakeConnection s2 = connectSecondSwitch();
        bind(MOBILE_NODE, 3, s2, 1);

        home.pass(Duration.ofSeconds(20));

        assertThat(whereGoes(s1, userPacket(MOBILE_NODE))).isEqualTo("NORMAL");
    }

    @Test
    void keepsTheWaysAcrossASwitchThatIsAwayAndHasItsNeighborCopyWhatComesFromIt() {
        FakeConnection s2 = connectSecondSwitch();
        bind(MOBILE_NODE, 3, s2, 1);
        s1.takeRuleMessages();

        home.disconnect(s2);
        home.pass(Duration.ofMinutes(9));
        assertThat(whereGoes(s1, userPacket(MOBILE_NODE))).isEqualTo("output:8 eth_dst=" + macOf(3));
        assertThat(s1.takeRuleMessages())
                .as("s2 goes on forwarding: no group is touched, and no rule that steers")
                .filteredOn(message ->
                        message instanceof OFGroupMod || message.toString().contains("OFActionGroup"))
                .isEmpty();
        home.receive(s1, 1, advertisement(1));
        home.receive(s1, TRUNK_PORT, bindingUpdate(SECOND, addressOf(1), 9));
        home.receive(s1, 1, acknowledgement(1, SECOND, 9));
        assertThat(whereGoes(s1, userPacket(SECOND)))
                .as("came in at s2, where no controller saw it")
                .isEqualTo("output:1 eth_dst=" + macOf(1));
        s1.takeRuleMessages();

        FakeConnection again = home.connect(2, s2.fake());
        s1.takeLinkProbes();
        home.pass(Duration.ofSeconds(6));
        carryProbes(s1, again);
        carryProbes(again, s1);
        home.pass(Duration.ofSeconds(12));

        long received = home.counters.value("roost_packets_received_total");
        home.receive(s1, TRUNK_PORT, bindingUpdate(MOBILE_NODE, addressOf(1), 10));
        assertThat(home.counters.value("roost_packets_received_total"))
                .as("s2 copies again")
                .isEqualTo(received);
        assertThat(whereGoes(s1, userPacket(MOBILE_NODE))).isEqualTo("output:8 eth_dst=" + macOf(3));
    }

    @Test
    void goesRoundASwitchThatDoesNotComeBack() {
        FakeConnection s2 = connectSecondSwitch();
        bind(MOBILE_NODE, 3, s2, 1);

        home.disconnect(s2);
        home.controller.onPortChanged(s1, FakeConnection.port(TRUNK_PORT, false));
        home.settle();

        assertThat(whereGoes(s1, userPacket(MOBILE_NODE))).isEqualTo("NORMAL");
    }

    @Test
    void givesManyMobileNodesToASwitchInSlices() {
        int count = 1500;
        bindMany(count);
        int rules = s1.fake().flowCount();
        assertThat(rules).isGreaterThan(2 * count);

        FakeConnection s2 = home.connect(2, new FakeSwitch());

        assertThat(s2.fake().flowCount()).isEqualTo(rules);
        assertThat(List.of(s1.disconnected, s2.disconnected)).containsOnly(false);
    }
}
