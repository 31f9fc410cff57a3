package dev.roost.controller;

import static dev.roost.controller.HomeLinkPackets.MOBILE_NODE;
import static dev.roost.controller.HomeLinkPackets.ROUTER_MAC;
import static dev.roost.controller.HomeLinkPackets.acknowledgement;
import static dev.roost.controller.HomeLinkPackets.addressOf;
import static dev.roost.controller.HomeLinkPackets.advertisement;
import static dev.roost.controller.HomeLinkPackets.bindingUpdate;
import static dev.roost.controller.HomeLinkPackets.macOf;
import static dev.roost.controller.HomeLinkPackets.reverseTunnelled;
import static dev.roost.controller.HomeLinkPackets.routerAdvertisement;
import static dev.roost.controller.HomeLinkPackets.tunnelled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.openflow.fake.FakeSwitch;
import dev.roost.openflow.rules.RuleCompiler;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Beside Floodlight's own applications: tunnels do not wait for a packet-in, whoever's. */
class RouterPathsTest {

    private static final int ROUTER_PORT = 3;
    private static final int OTHER_PORT = 4;
    private static final int TRUNK_PORT = 8;
    private static final SwitchPort TRUNK_OF_S1 = new SwitchPort(new SwitchId(1), TRUNK_PORT);
    private static final SwitchPort TRUNK_OF_S2 = new SwitchPort(new SwitchId(2), TRUNK_PORT);

    private TestController home;
    private FakeConnection s1;
    private FakeConnection s2;

    @BeforeEach
    void bind() throws Exception {
        home = new TestController(null, List.of(HomeLinkPackets.CONFIG), RuleCompiler.Options.FLOODLIGHT);
        s1 = home.connect(1, new FakeSwitch());
        s2 = home.connect(2, new FakeSwitch());
        home.controller.onLinkSeen(TRUNK_OF_S1, TRUNK_OF_S2);
        home.controller.onLinkSeen(TRUNK_OF_S2, TRUNK_OF_S1);
        home.settle();
        home.receive(s1, 1, advertisement(1));
        home.receive(s2, 1, advertisement(2));
        registersFrom(ROUTER_PORT);
    }

    private void registersFrom(int port) {
        home.receive(s1, port, bindingUpdate(MOBILE_NODE, addressOf(1), 7));
        home.receive(s1, 1, acknowledgement(1, MOBILE_NODE, 7));
    }

    private static byte[] toRouter(int homeAgent) {
        byte[] frame = tunnelled(homeAgent);
        ByteBuffer.wrap(frame).putShort(0, (short) (ROUTER_MAC.value() >>> 32)).putInt(2, (int) ROUTER_MAC.value());
        return frame;
    }

    private String whereGoes(FakeConnection from, int port, byte[] frame) {
        return from.fake().receive(port, frame).toString().replaceAll(" eth_dst=.*", "");
    }

    @Test
    void ledByRulesBothWaysOnceAMobileNodeIsBoundThroughTheRouter() {
        assertThat(whereGoes(s1, 1, toRouter(1))).isEqualTo("output:3");
        assertThat(whereGoes(s2, 1, toRouter(2))).isEqualTo("output:8");
        assertThat(whereGoes(s1, ROUTER_PORT, reverseTunnelled(1))).isEqualTo("output:1");
        assertThat(whereGoes(s1, ROUTER_PORT, reverseTunnelled(2))).isEqualTo("output:8");
    }

    @Test
    void ofARestartedControllerAreTheSame() throws Exception {
        TestController again =
                new TestController(home, List.of(HomeLinkPackets.CONFIG), RuleCompiler.Options.FLOODLIGHT);
        FakeConnection back = again.connect(1, s1.fake());

        assertThat(back.takeRuleMessages().toString())
                .as("towards the router nothing is touched")
                .doesNotContain("eth_dst=" + ROUTER_MAC);
        assertThat(whereGoes(back, 1, toRouter(1))).isEqualTo("output:3");
    }

    /** It knows no link yet, and may be gone again before it does. */
    @Test
    void crossALinkThatARestartedControllerHasNotFoundYet() throws Exception {
        TestController again =
                new TestController(home, List.of(HomeLinkPackets.CONFIG), RuleCompiler.Options.FLOODLIGHT);
        FakeConnection first = again.connect(1, s1.fake());
        FakeConnection second = again.connect(2, s2.fake());

        assertThat(whereGoes(first, ROUTER_PORT, reverseTunnelled(2))).isEqualTo("NORMAL");
        assertThat(whereGoes(second, TRUNK_PORT, reverseTunnelled(2))).isEqualTo("output:1");
        assertThat(whereGoes(second, 1, toRouter(2))).isEqualTo("NORMAL");
        assertThat(whereGoes(first, TRUNK_PORT, toRouter(2))).isEqualTo("output:3");
    }

    @Test
    void goWhenTheRouterIsSeenElsewhereAndComeWithTheNextRegistrationThere() {
        home.receive(s1, OTHER_PORT, routerAdvertisement());

        assertThat(whereGoes(s1, 1, toRouter(1)))
                .as("whoever forwards all else")
                .isEqualTo("drop");
        assertThat(whereGoes(s1, ROUTER_PORT, reverseTunnelled(1))).isEqualTo("drop");

        registersFrom(OTHER_PORT);
        assertThat(whereGoes(s1, 1, toRouter(1))).isEqualTo("output:4");
        assertThat(whereGoes(s2, 1, toRouter(2))).isEqualTo("output:8");
    }

    @Test
    void goWithTheRoutersPort() {
        home.controller.onPortChanged(s1, FakeConnection.port(ROUTER_PORT, false));
        home.settle();

        assertThat(whereGoes(s1, 1, toRouter(1))).isEqualTo("drop");
    }

    @Test
    void stayWhenTheRouterIsHeardOverALink() {
        s2.punt(TRUNK_PORT, routerAdvertisement());
        home.settle();

        assertThat(whereGoes(s1, 1, toRouter(1))).isEqualTo("output:3");
        assertThat(home.controller.routerPorts().isElsewhere(ROUTER_MAC, TRUNK_OF_S2))
                .isFalse();
        assertThat(home.controller.routerPorts().isElsewhere(ROUTER_MAC, new SwitchPort(new SwitchId(2), OTHER_PORT)))
                .isTrue();
        assertThat(home.controller.routerPorts().isElsewhere(macOf(1), new SwitchPort(new SwitchId(2), OTHER_PORT)))
                .as("no router")
                .isFalse();
    }

    @Test
    void areThereForAHomeAgentThatComesLater() {
        home.receive(s1, 2, advertisement(3));

        assertThat(whereGoes(s1, 2, toRouter(3))).isEqualTo("output:3");
    }
}
