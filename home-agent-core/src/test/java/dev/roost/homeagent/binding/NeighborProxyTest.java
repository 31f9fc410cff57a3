package dev.roost.homeagent.binding;

import static dev.roost.homeagent.binding.HomeLink.CARE_OF_ADDRESS;
import static dev.roost.homeagent.binding.HomeLink.HOME_ADDRESS;
import static dev.roost.homeagent.binding.HomeLink.HOME_AGENT_MAC;
import static dev.roost.homeagent.binding.HomeLink.ROUTER_MAC;
import static dev.roost.homeagent.binding.HomeLink.packet;
import static dev.roost.homeagent.binding.HomeLink.update;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.TargetLinkLayerAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RFC 6275, 10.4.1: the home agent in the place of absent mobile nodes; RFC 4862, 5.4 on their behalf. */
final class NeighborProxyTest {
    private static final Ipv6Address ROUTER = Ipv6Address.parse("fe80::1");
    private static final Ipv6Address LINK_LOCAL_OF_HOME_ADDRESS = Ipv6Address.parse("fe80::100");
    private static final MacAddress STRANGER = MacAddress.parse("02:00:00:00:99:99");
    private static final int WITH_LINK_LOCAL = BindingUpdate.ACKNOWLEDGE
            | BindingUpdate.HOME_REGISTRATION
            | BindingUpdate.LINK_LOCAL_ADDRESS_COMPATIBILITY;

    private final HomeLink link = new HomeLink();

    @Test
    void answersForABoundHomeAddressUntilTheBindingIsGone() {
        link.take(link.agent.onNeighborSolicitation(ROUTER_MAC, ROUTER, HOME_ADDRESS));
        assertThat(link.drain()).isEmpty();

        link.bind(HOME_ADDRESS, CARE_OF_ADDRESS, 1, 600);
        link.take(link.agent.onNeighborSolicitation(ROUTER_MAC, ROUTER, HOME_ADDRESS));

        assertThat(link.sent).singleElement().isInstanceOfSatisfying(Effect.Send.class, answer -> {
            assertThat(answer.linkLayerDestination()).isEqualTo(ROUTER_MAC);
            assertThat(answer.packet().destination()).isEqualTo(ROUTER);
            assertThat(answer.packet().header().hopLimit()).isEqualTo(255);
            assertThat(answer.packet().payload())
                    .isEqualTo(new NeighborAdvertisement(
                            NeighborAdvertisement.SOLICITED,
                            HOME_ADDRESS,
                            List.of(new TargetLinkLayerAddress(HOME_AGENT_MAC))));
        });
        link.drain();
        link.receive(update(2, 0), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.drain();
        link.take(link.agent.onNeighborSolicitation(ROUTER_MAC, ROUTER, HOME_ADDRESS));
        assertThat(link.drain()).isEmpty();
    }

    @Test
    void defendsABoundHomeAddressAgainstDuplicateAddressDetection() {
        link.bind(HOME_ADDRESS, CARE_OF_ADDRESS, 1, 600);

        link.take(link.agent.onNeighborSolicitation(STRANGER, Ipv6Address.UNSPECIFIED, HOME_ADDRESS));

        assertThat(packet(link.sent.get(0)).destination()).isEqualTo(Ipv6Address.ALL_NODES);
        assertThat(link.drain(NeighborAdvertisement.class))
                .singleElement()
                .satisfies(defence -> assertThat(defence.solicited()).isFalse());
        assertThat(link.isBound(HOME_ADDRESS)).isTrue();
    }

    @Test
    void answers134WhenAHostHasTheAddress() {
        link.receive(update(1, 600), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.drain();

        link.take(link.agent.onNeighborAdvertisement(STRANGER, HOME_ADDRESS));

        assertThat(link.status()).isEqualTo(BindingStatus.DUPLICATE_ADDRESS_DETECTION_FAILED);
        link.advance(Duration.ofSeconds(5));
        assertThat(link.drain()).isEmpty();
        assertThat(link.isBound(HOME_ADDRESS)).isFalse();
    }

    @Test
    void answers134WhenAHostTestsTheAddressAtTheSameTime() {
        link.receive(update(1, 600), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.drain();

        link.take(link.agent.onNeighborSolicitation(STRANGER, Ipv6Address.UNSPECIFIED, HOME_ADDRESS));

        assertThat(link.status()).isEqualTo(BindingStatus.DUPLICATE_ADDRESS_DETECTION_FAILED);
    }

    @Test
    void doesNotTakeItsOwnPacketsForThoseOfAnother() {
        link.receive(update(1, 600), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.drain();

        link.take(link.agent.onNeighborSolicitation(HOME_AGENT_MAC, Ipv6Address.UNSPECIFIED, HOME_ADDRESS));
        link.take(link.agent.onNeighborAdvertisement(HOME_AGENT_MAC, HOME_ADDRESS));
        link.advance(Duration.ofSeconds(1));

        assertThat(link.status()).isEqualTo(BindingStatus.BINDING_UPDATE_ACCEPTED);
    }

    @Test
    void isNotMistakenAboutAnAddressThatIsLookedUpWhileItIsTested() {
        link.receive(update(1, 600), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.drain();

        link.take(link.agent.onNeighborSolicitation(ROUTER_MAC, ROUTER, HOME_ADDRESS));

        assertThat(link.drain()).isEmpty();
        link.advance(Duration.ofSeconds(1));
        assertThat(link.status()).isEqualTo(BindingStatus.BINDING_UPDATE_ACCEPTED);
    }

    @Test
    void speaksForTheLinkLocalAddressToo_ifTheMobileNodeSaysSo() {
        link.receive(update(WITH_LINK_LOCAL, 1, 600), CARE_OF_ADDRESS, HOME_ADDRESS);
        assertThat(link.drain(NeighborSolicitation.class))
                .extracting(NeighborSolicitation::target)
                .containsExactly(HOME_ADDRESS, LINK_LOCAL_OF_HOME_ADDRESS);
        link.advance(Duration.ofSeconds(1));
        assertThat(link.drain(NeighborAdvertisement.class))
                .extracting(NeighborAdvertisement::target)
                .containsExactly(HOME_ADDRESS, LINK_LOCAL_OF_HOME_ADDRESS);

        link.take(link.agent.onNeighborSolicitation(ROUTER_MAC, ROUTER, LINK_LOCAL_OF_HOME_ADDRESS));

        assertThat(link.drain(NeighborAdvertisement.class)).hasSize(1);
    }

    @Test
    void announcesABindingThreeTimesASecondApart() {
        link.receive(update(WITH_LINK_LOCAL, 1, 600), CARE_OF_ADDRESS, HOME_ADDRESS);
        for (int second = 1; second <= 3; second++) {
            link.drain();
            link.advance(Duration.ofMillis(999));
            assertThat(link.drain()).isEmpty();
            link.advance(Duration.ofMillis(1));
            assertThat(link.drain(NeighborAdvertisement.class))
                    .as("after second " + second)
                    .extracting(NeighborAdvertisement::target)
                    .containsExactly(HOME_ADDRESS, LINK_LOCAL_OF_HOME_ADDRESS);
        }
        link.advance(Duration.ofSeconds(10));
        assertThat(link.drain()).isEmpty();
    }

    @Test
    void announcesNoBindingThatIsGone() {
        link.bind(HOME_ADDRESS, CARE_OF_ADDRESS, 1, 600);
        link.receive(update(2, 0), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.drain();

        link.advance(Duration.ofSeconds(10));

        assertThat(link.drain()).isEmpty();
    }

    @Test
    void announcesOnceWhenVeryManyRegisterAtATime() {
        int many = 10_000;
        for (int i = 0; i < many; i++) {
            Ipv6Address homeAddress = new Ipv6Address(HOME_ADDRESS.high(), 0x1_0000 + i);
            link.receive(update(1, 600), CARE_OF_ADDRESS, homeAddress);
        }
        link.advance(Duration.ofSeconds(1));
        assertThat(link.drain(NeighborAdvertisement.class)).hasSize(many);

        link.advance(Duration.ofSeconds(10));

        assertThat(link.drain(NeighborAdvertisement.class)).hasSize(2 * ProxyAnnouncements.LIMIT);
        assertThat(link.count(Counter.ANNOUNCEMENTS_NOT_REPEATED)).isEqualTo(many - ProxyAnnouncements.LIMIT);
    }

    @Test
    void leavesTheLinkLocalAddressAloneOtherwise() {
        link.receive(update(1, 600), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.take(link.agent.onNeighborAdvertisement(STRANGER, LINK_LOCAL_OF_HOME_ADDRESS));
        link.advance(Duration.ofSeconds(1));
        assertThat(link.isBound(HOME_ADDRESS)).isTrue();
        link.drain();

        link.take(link.agent.onNeighborSolicitation(ROUTER_MAC, ROUTER, LINK_LOCAL_OF_HOME_ADDRESS));

        assertThat(link.drain()).isEmpty();
    }

    @Test
    void answers134WhenOnlyTheLinkLocalAddressIsTaken() {
        link.receive(update(WITH_LINK_LOCAL, 1, 600), CARE_OF_ADDRESS, HOME_ADDRESS);
        link.drain();

        link.take(link.agent.onNeighborAdvertisement(STRANGER, LINK_LOCAL_OF_HOME_ADDRESS));

        assertThat(link.status()).isEqualTo(BindingStatus.DUPLICATE_ADDRESS_DETECTION_FAILED);
    }

    @Test
    void neverSpeaksForTheAnycastAddressOfAllHomeAgents() {
        Ipv6Address anycast = HomeLink.PREFIX.homeAgentsAnycast();
        link.receive(update(1, 600), CARE_OF_ADDRESS, anycast);
        link.drain();

        link.take(link.agent.onNeighborSolicitation(ROUTER_MAC, ROUTER, anycast));
        link.take(link.agent.onNeighborSolicitation(STRANGER, Ipv6Address.UNSPECIFIED, anycast));

        assertThat(link.drain()).isEmpty();
    }
}
