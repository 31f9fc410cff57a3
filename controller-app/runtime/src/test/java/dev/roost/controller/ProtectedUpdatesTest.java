package dev.roost.controller;

import static dev.roost.controller.HomeLinkPackets.CONFIG;
import static dev.roost.controller.HomeLinkPackets.MOBILE_NODE;
import static dev.roost.controller.HomeLinkPackets.advertisement;
import static dev.roost.controller.HomeLinkPackets.macOf;
import static dev.roost.controller.HomeLinkPackets.protectedAcknowledgement;
import static dev.roost.controller.HomeLinkPackets.protectedTunnel;
import static dev.roost.controller.HomeLinkPackets.protectedUpdate;
import static dev.roost.controller.HomeLinkPackets.userPacket;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.Evidence;
import dev.roost.loadbalancer.HomeNetworkView.MobileNodeView;
import dev.roost.loadbalancer.ProtectedUpdates;
import dev.roost.openflow.fake.FakeSwitch;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Registrations under ESP: seen by the headers before it, and told from the tunnel that is under ESP as well. */
class ProtectedUpdatesTest {

    private static final int ROUTER_PORT = 3;

    private TestController home;
    private FakeConnection s1;

    @BeforeEach
    void connect() throws Exception {
        home = new TestController();
        s1 = home.connect(1, new FakeSwitch());
        home.receive(s1, 1, advertisement(1));
    }

    private List<MobileNodeView> mobileNodes() {
        return home.ask(view -> view.networks().get(0).state().mobileNodes(view.now()));
    }

    @Test
    void steersByAnUpdateAndItsAnswerUnderEsp() {
        home.receive(s1, ROUTER_PORT, protectedUpdate(MOBILE_NODE, 1));
        assertThat(mobileNodes()).isEmpty();

        home.receive(s1, 1, protectedAcknowledgement(1, MOBILE_NODE));

        assertThat(mobileNodes()).singleElement().satisfies(mobileNode -> {
            assertThat(mobileNode.homeAddress()).isEqualTo(MOBILE_NODE);
            assertThat(mobileNode.evidence()).isEqualTo(Evidence.OBSERVED);
        });
        assertThat(s1.fake().receive(ROUTER_PORT, userPacket(MOBILE_NODE))).hasToString("output:1 eth_dst=" + macOf(1));
    }

    @Test
    void letsThePacketsThemselvesPass() {
        assertThat(s1.receive(ROUTER_PORT, protectedUpdate(MOBILE_NODE, 1))).hasToString("CONTROLLER NORMAL");
        assertThat(s1.receive(1, protectedAcknowledgement(1, MOBILE_NODE))).hasToString("CONTROLLER NORMAL");
    }

    @Test
    void copiesNoMoreOfATunnelForAWhileOnceItHasSeenOnePacketOfIt() {
        home.receive(s1, ROUTER_PORT, protectedTunnel(1));

        assertThat(s1.receive(ROUTER_PORT, protectedTunnel(1))).hasToString("NORMAL");
        home.pass(Duration.ofSeconds(6));
        assertThat(s1.receive(ROUTER_PORT, protectedTunnel(1))).hasToString("CONTROLLER NORMAL");
        assertThat(mobileNodes()).isEmpty();
    }

    @Test
    void copiesAnswersThoughTheTunnelTheOtherWayIsQuiet() {
        home.receive(s1, ROUTER_PORT, protectedUpdate(MOBILE_NODE, 1));
        home.receive(s1, ROUTER_PORT, protectedTunnel(1));

        home.receive(s1, 1, protectedAcknowledgement(1, MOBILE_NODE));

        assertThat(mobileNodes()).hasSize(1);
    }

    @Test
    void copiesNothingWhereTheyAreToBeIgnored() {
        home.reload(CONFIG.withProtectedUpdates(ProtectedUpdates.IGNORED));

        assertThat(s1.receive(ROUTER_PORT, protectedUpdate(MOBILE_NODE, 1))).hasToString("NORMAL");
    }
}
