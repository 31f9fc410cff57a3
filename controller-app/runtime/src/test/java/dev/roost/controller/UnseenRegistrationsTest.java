package dev.roost.controller;

import static dev.roost.controller.HomeLinkPackets.CONFIG;
import static dev.roost.controller.HomeLinkPackets.MOBILE_NODE;
import static dev.roost.controller.HomeLinkPackets.acknowledgement;
import static dev.roost.controller.HomeLinkPackets.addressOf;
import static dev.roost.controller.HomeLinkPackets.advertisement;
import static dev.roost.controller.HomeLinkPackets.bindingUpdate;
import static dev.roost.controller.HomeLinkPackets.macOf;
import static dev.roost.controller.HomeLinkPackets.userPacket;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.loadbalancer.HomeNetworkView.MobileNodeView;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.openflow.fake.FakeSwitch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.projectfloodlight.openflow.protocol.OFFlowDeleteStrict;
import org.projectfloodlight.openflow.protocol.OFGroupDelete;

/** Mobile nodes refresh their bindings while nobody looks. Each binding is accepted for ten minutes. */
class UnseenRegistrationsTest {

    private static final int ROUTER_PORT = 3;
    private static final Duration LIFETIME = Duration.ofMinutes(10);
    private static final Duration LITTLE = Duration.ofSeconds(2);

    private TestController home;
    private FakeConnection s1;

    @BeforeEach
    void bind() throws Exception {
        home = new TestController();
        s1 = home.connect(1, new FakeSwitch());
        bind(MOBILE_NODE, addressOf(1));
        s1.takeRuleMessages();
    }

    private void bind(Ipv6Address homeAddress, Ipv6Address homeAgent) {
        home.receive(s1, 1, advertisement(1, homeAgent));
        register(homeAddress, homeAgent);
    }

    private void register(Ipv6Address homeAddress, Ipv6Address homeAgent) {
        home.receive(s1, ROUTER_PORT, bindingUpdate(homeAddress, homeAgent, 7));
        home.receive(s1, 1, acknowledgement(1, homeAgent, homeAddress, 7));
    }

    private boolean steers(Ipv6Address homeAddress) {
        return s1.fake()
                .receive(ROUTER_PORT, userPacket(homeAddress))
                .toString()
                .equals("output:1 eth_dst=" + macOf(1));
    }

    private static void assertNothingWasDeleted(FakeConnection at) {
        assertThat(at.takeRuleMessages())
                .noneMatch(message -> message instanceof OFFlowDeleteStrict || message instanceof OFGroupDelete);
    }

    private List<Duration> remaining() {
        return home.ask(view -> view.networks().get(0).state().mobileNodes(view.now()).stream()
                .map(MobileNodeView::remainingLifetime)
                .toList());
    }

    /** The process is gone for that long. */
    private void restartAfter(Duration away) throws Exception {
        home.passWithoutTurns(away);
        home = new TestController(home);
    }

    @Test
    void deletesNothingWhenItComesBackAfterTheLifetime() throws Exception {
        restartAfter(Duration.ofMinutes(29));
        assertThat(remaining()).allSatisfy(left -> assertThat(left).isPositive());
        home.pass(LITTLE);
        s1 = home.connect(1, s1.fake());
        home.pass(LITTLE);

        assertNothingWasDeleted(s1);
        assertThat(steers(MOBILE_NODE)).isTrue();
        assertThat(home.request("GET", "/wm/roost/mobile-nodes", Map.of(), "").body())
                .asString()
                .contains("2001:db8:1::100")
                .doesNotContain(":-");
    }

    @Test
    void endsABindingThatIsNotRefreshedWithinItsLifetimeAfterItCameBack() throws Exception {
        restartAfter(Duration.ofMinutes(29));
        s1 = home.connect(1, s1.fake());

        home.pass(LIFETIME.minus(LITTLE));
        assertNothingWasDeleted(s1);
        home.pass(LITTLE.multipliedBy(2));

        assertThat(steers(MOBILE_NODE)).isFalse();
        assertThat(home.eventKinds()).contains("mobile-node-released");
    }

    @Test
    void goesOnWithABindingThatIsRefreshedAfterItCameBack() throws Exception {
        restartAfter(Duration.ofMinutes(29));
        s1 = home.connect(1, s1.fake());
        home.pass(Duration.ofMinutes(5));

        bind(MOBILE_NODE, addressOf(1));
        home.pass(LIFETIME.minus(LITTLE));
        assertThat(steers(MOBILE_NODE)).isTrue();
        home.pass(LITTLE.multipliedBy(2));

        assertThat(steers(MOBILE_NODE)).isFalse();
    }

    @Test
    void deletesNothingWhileTheSwitchIsAwayNorWhenItComesBack() {
        FakeConnection s2 = home.connect(2, new FakeSwitch());
        home.pass(Duration.ofMinutes(5));
        home.disconnect(s1);
        home.pass(Duration.ofMinutes(8));

        assertNothingWasDeleted(s2);
        s1 = home.connect(1, s1.fake());
        home.pass(LITTLE);
        assertNothingWasDeleted(s1);
        assertThat(steers(MOBILE_NODE)).isTrue();
        home.pass(LIFETIME);

        assertThat(steers(MOBILE_NODE)).isFalse();
    }

    @Test
    void endsABindingWithItsLifetimeWhereAllWasSeen() {
        home.pass(LIFETIME.minus(LITTLE));
        assertThat(steers(MOBILE_NODE)).isTrue();
        home.pass(LITTLE.multipliedBy(2));

        assertThat(steers(MOBILE_NODE)).isFalse();
    }

    @Test
    void endsABindingOfAHomeNetworkThatWasAddedWithItsLifetime() {
        HomeNetworkConfig other = HomeNetworkConfig.of(
                "other",
                Ipv6Prefix.parse("2001:db8:5::/64"),
                Ipv6Address.parse("2001:db8:5::fe"),
                MacAddress.parse("02:00:5e:00:00:05"));
        home.reload(CONFIG, other);
        home.pass(LITTLE);
        Ipv6Address mobileNode = Ipv6Address.parse("2001:db8:5::100");
        bind(mobileNode, Ipv6Address.parse("2001:db8:5::11"));
        assertThat(steers(mobileNode)).isTrue();

        home.pass(LIFETIME.plus(LITTLE));

        assertThat(steers(mobileNode)).isFalse();
    }

    /** It has lost the binding, so it takes the mobile node for one on its link. */
    @Test
    void dropsWhatAHomeAgentSendsBack() {
        assertThat(s1.fake().receive(1, userPacket(MOBILE_NODE)).toString()).isEqualTo("drop");
    }
}
