package dev.roost.loadbalancer;

import static dev.roost.loadbalancer.Scene.REPRESENTATIVE;
import static dev.roost.loadbalancer.Scene.careOf;
import static dev.roost.loadbalancer.Scene.global;
import static dev.roost.loadbalancer.Scene.home;
import static dev.roost.loadbalancer.Scene.mac;
import static dev.roost.loadbalancer.Scene.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.Effect.SendDiscoveryReply;
import dev.roost.mobileip.HomeAgentAddressDiscoveryRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Discovery requests of mobile nodes whose binding is known. */
final class KnownBindingsTest {

    private final Scene scene = new Scene().withHomeAgents(3);

    @Test
    void theHomeAgentThatHoldsTheBindingComesFirstThenTheOthers() {
        for (int n = 0; n < 5; n++) {
            scene.bind(n, 3);
        }

        assertThat(scene.ask(careOf(1)))
                .startsWith(global(3))
                .containsExactlyInAnyOrder(global(1), global(2), global(3), REPRESENTATIVE)
                .endsWith(REPRESENTATIVE);
        assertThat(scene.ask(careOf(100)).get(0)).isNotEqualTo(global(3));
    }

    @Test
    void evenWhereAnotherListWasGivenBefore() {
        scene.homeAgent(1).preference(20).advertises();
        assertThat(scene.ask(careOf(1))).startsWith(global(1));

        scene.bind(1, 2);

        assertThat(scene.ask(careOf(1))).startsWith(global(2));
        assertThat(scene.ask(careOf(1))).isEqualTo(scene.ask(careOf(1)));
    }

    @Test
    void inStrictModeItIsNamedAlone() {
        Scene strict = new Scene(Scene.config()
                        .withStickiness(new StickinessConfig(Duration.ofSeconds(60), StickinessConfig.Mode.STRICT)))
                .withHomeAgents(3);
        strict.bind(1, 2);

        assertThat(strict.ask(careOf(1))).containsExactly(global(2), REPRESENTATIVE);
        strict.update(home(1), home(1), global(2), 0, java.util.Optional.empty());
        strict.acknowledge(port(2), global(2), home(1), home(1), 0, strict.sequence(), 0);
        assertThat(strict.ask(careOf(1))).hasSize(4);
    }

    @Test
    void aBindingThatIsOverCountsNoLonger() {
        scene.homeAgent(1).preference(20).advertises();
        scene.bind(1, 2);
        scene.passMillis(600_000);

        assertThat(scene.ask(careOf(1))).startsWith(global(1));
    }

    @Test
    void whoIsBoundToOneThatIsDrainedIsGivenTheOthers() {
        scene.bind(1, 2);
        assertThat(scene.ask(careOf(1))).startsWith(global(2));

        scene.happened(scene.network.drain(scene.now, global(2)));

        assertThat(scene.ask(careOf(1))).containsExactlyInAnyOrder(global(1), global(3), REPRESENTATIVE);
        assertThat(scene.network.steeringPlan().forwarderOf(home(1))).isPresent();
    }

    @Test
    void theNewCareOfAddressFindsTheBindingAndTheOldOneDoesNot() {
        scene.homeAgent(1).preference(20).advertises();
        scene.bind(home(1), careOf(1), 2);
        scene.bind(home(1), careOf(2), 2);

        assertThat(scene.ask(careOf(2))).startsWith(global(2));
        assertThat(scene.ask(careOf(1))).startsWith(global(1));
    }

    @Test
    void theHomeAddressFindsTheBindingWhereTheHomeAgentTakesTheTunnelOff() {
        scene.bind(1, 2);
        PacketOrigin tunnelled = new PacketOrigin(port(2), mac(2), home(1), Scene.ANYCAST);
        PacketOrigin spoofed = new PacketOrigin(Scene.ROUTER_PORT, Scene.ROUTER_MAC, home(1), Scene.ANYCAST);

        scene.happened(scene.network.onDiscoveryRequest(scene.now, tunnelled, new HomeAgentAddressDiscoveryRequest(1)));
        List<SendDiscoveryReply> replies = scene.last.effects().stream()
                .filter(SendDiscoveryReply.class::isInstance)
                .map(SendDiscoveryReply.class::cast)
                .toList();
        assertThat(replies).hasSize(1);
        assertThat(replies.get(0).reply().homeAgents()).startsWith(global(2));
        scene.happened(scene.network.onDiscoveryRequest(scene.now, spoofed, new HomeAgentAddressDiscoveryRequest(1)));
        assertThat(scene.counted()).containsExactly(Reason.DISCOVERY_SOURCE_IN_HOME_NETWORK);
    }
}
