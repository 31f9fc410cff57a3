package dev.roost.controller;

import static dev.roost.controller.HomeLinkPackets.CONFIG;
import static dev.roost.controller.HomeLinkPackets.advertisement;
import static dev.roost.controller.HomeLinkPackets.macOf;
import static dev.roost.controller.HomeLinkPackets.routerAdvertisement;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.AdmittedHomeAgent;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.loadbalancer.SwitchProtection;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.openflow.fake.FakeSwitch;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Router advertisements of senders that are refused as home agents reach nobody where that is wanted; all others do, once. */
class AdvertisementGuardTest {

    private static final int ROUTER_PORT = 3;
    private static final int ROGUE_PORT = 5;
    private static final int ROGUE = 66;
    private static final HomeNetworkConfig GUARDED =
            CONFIG.withProtection(new SwitchProtection(true, OptionalInt.empty()));

    private TestController home;
    private FakeConnection s1;

    @BeforeEach
    void connect() throws Exception {
        home = new TestController(null, List.of(GUARDED));
        s1 = home.connect(1, new FakeSwitch());
    }

    /** How often a frame gets to the other hosts: by the switch itself, and by the word of the controller. */
    private int reaches(int port, byte[] frame) {
        int bySwitch = s1.receive(port, frame).normal().size();
        home.settle();
        List<FakeConnection.Sent> sent = s1.takeSent();
        assertThat(sent).allSatisfy(packet -> {
            assertThat(packet.inPort()).isEqualTo(port);
            assertThat(packet.outPort()).isEqualTo(PacketOutSink.NORMAL_PORT);
            assertThat(packet.bytes()).isEqualTo(frame);
        });
        return bySwitch + sent.size();
    }

    @Test
    void passesAHomeAgentOnceByTheControllerAndThenByTheSwitch() {
        assertThat(reaches(1, advertisement(1))).isEqualTo(1);

        assertThat(s1.fake().receive(1, advertisement(1)).normal())
                .as("without a controller")
                .hasSize(1);
        assertThat(reaches(1, advertisement(1))).isEqualTo(1);
    }

    @Test
    void passesAnOrdinaryRouter() {
        assertThat(reaches(ROUTER_PORT, routerAdvertisement())).isEqualTo(1);
        assertThat(reaches(ROUTER_PORT, routerAdvertisement())).isEqualTo(1);
    }

    @Test
    void holdsWhoeverIsNotAdmittedFromTheFirstAdvertisementOn() {
        home.reload(GUARDED.withHomeAgents(List.of(AdmittedHomeAgent.of(macOf(1)))));

        assertThat(reaches(ROGUE_PORT, advertisement(ROGUE))).isZero();
        assertThat(reaches(1, advertisement(1))).isEqualTo(1);
        assertThat(reaches(ROUTER_PORT, routerAdvertisement())).isEqualTo(1);
        assertThat(home.counters.value("roost_guarded_advertisements_total", "verdict", "held"))
                .isEqualTo(1);
    }

    @Test
    void holdsWhoeverClaimsToBeAHomeAgentFromAnotherPort() {
        assertThat(reaches(1, advertisement(1))).isEqualTo(1);

        assertThat(reaches(ROGUE_PORT, advertisement(1))).isZero();
        assertThat(reaches(1, advertisement(1))).isEqualTo(1);
    }

    @Test
    void leavesItToTheSwitchWhenNoLongerWanted() {
        home.reload(CONFIG);

        assertThat(reaches(ROUTER_PORT, routerAdvertisement())).isEqualTo(1);
        assertThat(s1.fake().receive(ROGUE_PORT, advertisement(ROGUE)).normal()).hasSize(1);
    }

    @Test
    void passesAHomeAgentOfAnotherHomeNetworkThatThisOneDoesNotAdmit() {
        HomeNetworkConfig other = HomeNetworkConfig.of(
                "other",
                Ipv6Prefix.parse("2001:db8:5::/64"),
                Ipv6Address.parse("2001:db8:5::fe"),
                MacAddress.parse("02:00:5e:00:00:05"));
        home.reload(GUARDED.withHomeAgents(List.of(AdmittedHomeAgent.of(macOf(1)))), other);

        assertThat(reaches(2, advertisement(2, Ipv6Address.parse("2001:db8:5::12"))))
                .isEqualTo(1);
    }
}
