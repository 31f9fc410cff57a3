package dev.roost.controller;

import static dev.roost.controller.HomeLinkPackets.ANYCAST;
import static dev.roost.controller.HomeLinkPackets.CONFIG;
import static dev.roost.controller.HomeLinkPackets.MOBILE_NODE;
import static dev.roost.controller.HomeLinkPackets.acknowledgement;
import static dev.roost.controller.HomeLinkPackets.addressOf;
import static dev.roost.controller.HomeLinkPackets.advertisement;
import static dev.roost.controller.HomeLinkPackets.bindingUpdate;
import static dev.roost.controller.HomeLinkPackets.macOf;
import static dev.roost.controller.HomeLinkPackets.solicitation;
import static dev.roost.controller.HomeLinkPackets.userPacket;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.openflow.fake.FakeSwitch;
import dev.roost.topology.SwitchId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.projectfloodlight.openflow.protocol.OFFlowDeleteStrict;
import org.projectfloodlight.openflow.protocol.OFFlowMod;
import org.projectfloodlight.openflow.protocol.OFGroupMod;
import org.projectfloodlight.openflow.protocol.OFMessage;

/** Home networks come, change and go while others are served, and those see nothing of it. */
class ReloadTest {

    private static final int ROUTER_PORT = 3;
    private static final Ipv6Address OTHER_HOME_AGENT = Ipv6Address.parse("2001:db8:5::19");
    private static final Ipv6Address OTHER_MOBILE_NODE = Ipv6Address.parse("2001:db8:5::100");

    private TestController home;
    private FakeConnection s1;

    @BeforeEach
    void connect() throws Exception {
        home = new TestController();
        s1 = home.connect(1, new FakeSwitch());
        bind(MOBILE_NODE, 1, addressOf(1));
        s1.takeRuleMessages();
        s1.takeSent();
    }

    private static HomeNetworkConfig network(String name, int number) {
        return HomeNetworkConfig.of(
                name,
                Ipv6Prefix.parse("2001:db8:" + number + "::/64"),
                Ipv6Address.parse("2001:db8:" + number + "::fe"),
                MacAddress.parse("02:00:5e:00:00:0" + number));
    }

    private void bind(Ipv6Address homeAddress, int homeAgent, Ipv6Address homeAgentAddress) {
        home.receive(s1, homeAgent, advertisement(homeAgent, homeAgentAddress));
        home.receive(s1, ROUTER_PORT, bindingUpdate(homeAddress, homeAgentAddress, 7));
        home.receive(s1, homeAgent, acknowledgement(homeAgent, homeAgentAddress, homeAddress, 7));
    }

    /** The numbers of the home networks whose rules and groups were touched since the last call; 255 is the switch as a whole. */
    private Set<Integer> networksTouched(FakeConnection connection) {
        Set<Integer> touched = new TreeSet<>();
        for (OFMessage message : connection.takeRuleMessages()) {
            if (message instanceof OFGroupMod group) {
                touched.add(group.getGroup().getGroupNumber() >>> 16 & 0xff);
            } else if (message instanceof OFFlowMod flow) {
                touched.add((int) (flow.getCookie().getValue() >>> 40) & 0xff);
            }
        }
        return touched;
    }

    private List<String> served() {
        return home.ask(
                view -> view.networks().stream().map(ServedNetwork::name).toList());
    }

    private boolean answers(Ipv6Address target) {
        home.receive(s1, ROUTER_PORT, solicitation(target));
        return !s1.takeSent().isEmpty();
    }

    @Test
    void servesAHomeNetworkThatWasAddedAndLeavesTheOthersAlone() {
        HomeNetworkConfig other = network("other", 5);
        assertThat(answers(other.anycastAddress())).isFalse();

        Reloaded reloaded = home.reload(CONFIG, other);

        assertThat(reloaded).isEqualTo(new Reloaded(List.of("other"), List.of(), List.of(), List.of("home")));
        assertThat(networksTouched(s1)).containsExactly(1);
        assertThat(answers(other.anycastAddress())).isTrue();
        bind(OTHER_MOBILE_NODE, 2, OTHER_HOME_AGENT);
        assertThat(networksTouched(s1)).containsExactly(1);
        assertThat(s1.fake().receive(ROUTER_PORT, userPacket(OTHER_MOBILE_NODE)))
                .hasToString("output:2 eth_dst=" + macOf(2));
        assertThat(s1.fake().receive(ROUTER_PORT, userPacket(MOBILE_NODE))).hasToString("output:1 eth_dst=" + macOf(1));
        assertThat(home.eventKinds()).contains("home-network-added");
    }

    @Test
    void withdrawsTheRulesOfAHomeNetworkThatWasRemovedAndNoOthers() {
        int flows = s1.fake().flowCount();
        int groups = s1.fake().groupCount();
        HomeNetworkConfig other = network("other", 5);
        home.reload(CONFIG, other);
        bind(OTHER_MOBILE_NODE, 2, OTHER_HOME_AGENT);
        home.pass(Duration.ofSeconds(6));
        s1.takeRuleMessages();

        Reloaded reloaded = home.reload(CONFIG);

        assertThat(reloaded).isEqualTo(new Reloaded(List.of(), List.of(), List.of("other"), List.of("home")));
        assertThat(s1.takeRuleMessages())
                .filteredOn(OFFlowMod.class::isInstance)
                .isNotEmpty()
                .allMatch(OFFlowDeleteStrict.class::isInstance);
        assertThat(s1.fake().flowCount()).isEqualTo(flows);
        assertThat(s1.fake().groupCount()).isEqualTo(groups);
        assertThat(s1.fake().receive(ROUTER_PORT, userPacket(MOBILE_NODE))).hasToString("output:1 eth_dst=" + macOf(1));
        assertThat(answers(other.anycastAddress())).isFalse();
        assertThat(answers(ANYCAST)).isTrue();
        home.pass(Duration.ofSeconds(6));
        assertThat(s1.takeRuleMessages()).as("nothing to repair").isEmpty();
    }

    @Test
    void dropsWhatItKnewOfARemovedHomeNetworkAlsoForTheNextStart() throws Exception {
        HomeNetworkConfig other = network("other", 5);
        home.reload(CONFIG, other);
        bind(OTHER_MOBILE_NODE, 2, OTHER_HOME_AGENT);

        home.trace.clear();
        home.reload(CONFIG);
        assertThat(home.trace).contains("snapshot");
        home.reload(CONFIG, other);
        assertThat(pins(home, 1)).isZero();

        TestController again = new TestController(home, List.of(CONFIG, other));
        assertThat(pins(again, 0)).isEqualTo(1);
        assertThat(pins(again, 1)).isZero();
    }

    private static int pins(TestController controller, int place) {
        return controller.ask(
                view -> view.networks().get(place).state().steeringPlan().pinCount());
    }

    @Test
    void takesAHomeNetworkWithAnotherPrefixForAnotherOne() {
        Reloaded reloaded = home.reload(network("home", 6));

        assertThat(reloaded).isEqualTo(new Reloaded(List.of("home"), List.of(), List.of("home"), List.of()));
        assertThat(pins(home, 0)).isZero();
        assertThat(s1.fake().receive(ROUTER_PORT, userPacket(MOBILE_NODE))).hasToString("NORMAL");
        assertThat(answers(ANYCAST)).isFalse();
        assertThat(answers(network("home", 6).anycastAddress())).isTrue();
    }

    @Test
    void handsPrefixesOverFromOneNameToAnother() {
        HomeNetworkConfig renamed = HomeNetworkConfig.of(
                "renamed", CONFIG.prefix(), CONFIG.representativeAddress(), CONFIG.representativeLinkLayerAddress());

        home.reload(renamed);

        assertThat(served()).containsExactly("renamed");
        assertThat(answers(ANYCAST)).isTrue();
        bind(MOBILE_NODE, 2, addressOf(2));
        assertThat(s1.fake().receive(ROUTER_PORT, userPacket(MOBILE_NODE))).hasToString("output:2 eth_dst=" + macOf(2));
        home.pass(Duration.ofSeconds(6));
        s1.takeRuleMessages();
        home.pass(Duration.ofSeconds(6));
        assertThat(s1.takeRuleMessages()).isEmpty();
    }

    @Test
    void followsTheSwitchesThatAHomeNetworkIsOn() {
        FakeConnection s2 = home.connect(2, new FakeSwitch());
        int rules = s2.fake().flowCount();
        s2.takeRuleMessages();

        Reloaded reloaded = home.reload(CONFIG.withSwitches(Set.of(new SwitchId(1))));

        assertThat(reloaded.changed()).containsExactly("home");
        assertThat(s2.fake().groupCount()).isZero();
        assertThat(s2.fake().receive(ROUTER_PORT, userPacket(MOBILE_NODE)).toString())
                .isNotEqualTo("output:1");
        assertThat(s1.takeRuleMessages()).as("served before and now").isEmpty();
        assertThat(pins(home, 0)).as("nothing is forgotten").isEqualTo(1);

        home.reload(CONFIG);
        assertThat(s2.fake().flowCount()).isEqualTo(rules);
        home.pass(Duration.ofSeconds(6));
        assertThat(home.ask(ControllerView::problems)).isEmpty();
    }

    @Test
    void keepsManyMobileNodesOfAnotherHomeNetworkSteeredWhileOneGoes() {
        HomeNetworkConfig other = network("other", 5);
        home.reload(CONFIG, other);
        home.receive(s1, 2, advertisement(2, OTHER_HOME_AGENT));
        for (int i = 0; i < 1200; i++) {
            Ipv6Address homeAddress = new Ipv6Address(other.prefix().address().high(), 0x1_0000 + i);
            s1.punt(ROUTER_PORT, bindingUpdate(homeAddress, OTHER_HOME_AGENT, 7));
            s1.punt(2, acknowledgement(2, OTHER_HOME_AGENT, homeAddress, 7));
            if (i % 40 == 0) {
                home.settle();
            }
        }
        home.settle();
        assertThat(s1.fake().flowCount()).isGreaterThan(2400);

        home.reload(CONFIG);

        assertThat(s1.fake().flowCount()).isLessThan(100);
        assertThat(s1.fake().receive(ROUTER_PORT, userPacket(MOBILE_NODE))).hasToString("output:1 eth_dst=" + macOf(1));
    }

    @Test
    void renumbersAHomeLinkWithBothPrefixesServedMeanwhile() {
        HomeNetworkConfig renumbered = network("renumbered", 5);
        home.reload(CONFIG, renumbered);
        home.receive(s1, 1, advertisement(1, addressOf(1), OTHER_HOME_AGENT));
        home.receive(s1, ROUTER_PORT, bindingUpdate(OTHER_MOBILE_NODE, OTHER_HOME_AGENT, 7));
        home.receive(s1, 1, acknowledgement(1, OTHER_HOME_AGENT, OTHER_MOBILE_NODE, 7));

        assertThat(answers(ANYCAST)).isTrue();
        assertThat(answers(renumbered.anycastAddress())).isTrue();
        assertThat(s1.fake().receive(ROUTER_PORT, userPacket(MOBILE_NODE))).hasToString("output:1 eth_dst=" + macOf(1));
        assertThat(s1.fake().receive(ROUTER_PORT, userPacket(OTHER_MOBILE_NODE)))
                .hasToString("output:1 eth_dst=" + macOf(1));

        home.reload(renumbered);

        assertThat(answers(ANYCAST)).isFalse();
        assertThat(answers(renumbered.anycastAddress())).isTrue();
        assertThat(s1.fake().receive(ROUTER_PORT, userPacket(MOBILE_NODE))).hasToString("NORMAL");
        assertThat(s1.fake().receive(ROUTER_PORT, userPacket(OTHER_MOBILE_NODE)))
                .hasToString("output:1 eth_dst=" + macOf(1));
        home.pass(Duration.ofSeconds(6));
        assertThat(home.ask(ControllerView::problems)).isEmpty();
    }

    @Test
    void usesNumbersAgainHoweverOftenHomeNetworksComeAndGo() {
        for (int i = 0; i < 300; i++) {
            home.reload(CONFIG, network("n" + i, 5));
        }

        assertThat(served()).containsExactly("home", "n299");
        assertThat(answers(network("n299", 5).anycastAddress())).isTrue();
        assertThat(home.controller.fault()).isEmpty();
    }

    @Test
    void ignoresWhatWasBegunForAHomeNetworkThatIsGone() {
        HomeNetworkConfig other = network("other", 5);
        home.reload(CONFIG, other);
        home.receive(s1, 2, advertisement(2, OTHER_HOME_AGENT));
        // Looked at once more after a tenth of a second, since no update came before it.
        home.receive(s1, 2, acknowledgement(2, OTHER_HOME_AGENT, OTHER_MOBILE_NODE, 7));

        home.reload(CONFIG);
        home.pass(Duration.ofSeconds(1));

        assertThat(home.controller.fault()).isEmpty();
        assertThat(served()).containsExactly("home");
    }
}
