package dev.roost.loadbalancer;

import static dev.roost.loadbalancer.Scene.REPRESENTATIVE;
import static dev.roost.loadbalancer.Scene.REPRESENTATIVE_MAC;
import static dev.roost.loadbalancer.Scene.careOf;
import static dev.roost.loadbalancer.Scene.global;
import static dev.roost.loadbalancer.Scene.home;
import static dev.roost.loadbalancer.Scene.linkLocal;
import static dev.roost.loadbalancer.Scene.mac;
import static dev.roost.loadbalancer.Scene.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.Effect.SendProbe;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.RouterSolicitation;
import dev.roost.mobileip.SourceLinkLayerAddress;
import dev.roost.topology.SwitchPort;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A home agent whose Router Lifetime falls to 0 while its option still promises a lifetime, as some daemons end. */
final class SuspectTest {

    private final Scene scene = new Scene().withHomeAgents(2);

    private void stops(int n) {
        scene.homeAgent(n).routerLifetime(0).advertises();
    }

    private Decision answersProbe(int n, SwitchPort port) {
        NeighborAdvertisement answer =
                new NeighborAdvertisement(NeighborAdvertisement.SOLICITED, linkLocal(n), List.of());
        PacketOrigin origin = new PacketOrigin(port, mac(n), linkLocal(n), REPRESENTATIVE);
        return scene.happened(scene.network.onNeighborAdvertisement(scene.now, origin, answer));
    }

    @Test
    void isProbedAtOnce() {
        stops(1);

        assertThat(scene.last.effects())
                .contains(new SendProbe(
                        port(1),
                        mac(1),
                        REPRESENTATIVE,
                        linkLocal(1),
                        new NeighborSolicitation(
                                linkLocal(1), List.of(new SourceLinkLayerAddress(REPRESENTATIVE_MAC)))));
        assertThat(scene.view(1).state()).isEqualTo(HomeNetworkView.State.SUSPECT);
    }

    @Test
    void isNotNamedMeanwhile() {
        stops(1);

        assertThat(scene.ask(careOf(1))).containsExactly(global(2), REPRESENTATIVE);
    }

    @Test
    void isOutOfTheListWithinASecondWhenNoProbeIsAnswered() {
        Instant stopped = scene.now;
        stops(1);

        int probes = 1;
        while (scene.lists(1)) {
            scene.toNextDeadline();
            probes += (int) scene.last.effects().stream()
                    .filter(SendProbe.class::isInstance)
                    .count();
        }

        assertThat(probes).isEqualTo(3);
        assertThat(Duration.between(stopped, scene.now)).isBetween(Duration.ofMillis(800), Duration.ofSeconds(1));
    }

    @Test
    void isAskedToAdvertiseItselfWhenItsHostAnswers() {
        stops(1);

        answersProbe(1, port(1));

        assertThat(scene.last.effects())
                .containsExactly(new SendProbe(
                        port(1), mac(1), Ipv6Address.UNSPECIFIED, linkLocal(1), new RouterSolicitation(List.of())));
        assertThat(scene.ask(careOf(1))).containsExactly(global(2), REPRESENTATIVE);
    }

    @Test
    void isBackInTheListWhenItAdvertisesItselfAsHomeAgentButNoRouter() {
        stops(1);
        answersProbe(1, port(1));

        stops(1);

        assertThat(scene.view(1).state()).isEqualTo(HomeNetworkView.State.ACTIVE);
        assertThat(scene.network.nextDeadline()).contains(scene.now.plusSeconds(1800));
    }

    @Test
    void isOutOfTheListWhenItsHostAnswersAndItsDaemonDoesNot() {
        stops(1);
        answersProbe(1, port(1));
        Instant asked = scene.now;

        int more = 0;
        while (scene.lists(1)) {
            scene.toNextDeadline();
            answersProbe(1, port(1));
            more += scene.lists(1) ? 1 : 0;
        }

        assertThat(more).isEqualTo(2);
        assertThat(Duration.between(asked, scene.now)).isEqualTo(Duration.ofSeconds(12));
        stops(1);
        assertThat(scene.lists(1))
                .as("it is a home agent that is no router, after all")
                .isTrue();
    }

    @Test
    void isNotBroughtBackByAnAnswerFromAnotherPort() {
        stops(1);

        answersProbe(1, port(2));

        assertThat(scene.counted()).containsExactly(Reason.ADVERTISEMENT_UNEXPECTED);
        assertThat(scene.view(1).state()).isEqualTo(HomeNetworkView.State.SUSPECT);
    }

    @Test
    void isBackInTheListWhenItIsARouterAgain() {
        stops(1);

        scene.homeAgent(1).advertises();

        assertThat(scene.view(1).state()).isEqualTo(HomeNetworkView.State.ACTIVE);
    }

    @Test
    void staysOutWhenItsLastWordsAreRepeated() {
        stops(1);
        while (scene.lists(1)) {
            scene.toNextDeadline();
        }

        stops(1);

        assertThat(scene.counted()).containsExactly(Reason.HOME_AGENT_STOPPED);
        assertThat(scene.lists(1)).isFalse();
        scene.homeAgent(1).advertises();
        assertThat(scene.lists(1)).isTrue();
    }

    @Test
    void isProbedOnceWhenItsLastWordsAreRepeated() {
        stops(1);

        stops(1);

        assertThat(scene.last.effects()).isEmpty();
    }

    @Test
    void isOnlyOneThatWasARouterBefore() {
        scene.homeAgent(3).routerLifetime(0).advertises();

        assertThat(scene.view(3).state()).isEqualTo(HomeNetworkView.State.ACTIVE);
    }

    @Test
    void staysSteerableForTheMobileNodesBoundThere() {
        scene.bind(1, 1);
        stops(1);
        while (scene.lists(1)) {
            scene.toNextDeadline();
        }

        assertThat(scene.network.steeringPlan().forwarderOf(home(1)))
                .map(SteeredHomeAgent::linkLayerAddress)
                .contains(mac(1));
        assertThat(scene.view(1).state()).isEqualTo(HomeNetworkView.State.LEFT);
    }
}
