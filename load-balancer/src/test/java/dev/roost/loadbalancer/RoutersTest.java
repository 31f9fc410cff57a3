package dev.roost.loadbalancer;

import static dev.roost.loadbalancer.Scene.HOST_PORT;
import static dev.roost.loadbalancer.Scene.ROUTER_MAC;
import static dev.roost.loadbalancer.Scene.ROUTER_PORT;
import static dev.roost.loadbalancer.Scene.careOf;
import static dev.roost.loadbalancer.Scene.global;
import static dev.roost.loadbalancer.Scene.home;
import static dev.roost.loadbalancer.Scene.mac;
import static dev.roost.loadbalancer.Scene.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.Change.RouterLearned;
import dev.roost.loadbalancer.Change.RouterLost;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.SequenceNumber;
import dev.roost.topology.SwitchPort;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** By which routers tunnels leave, as registrations tell it. */
final class RoutersTest {

    private static final Router ROUTER = new Router(ROUTER_MAC, ROUTER_PORT);

    private final Scene scene = new Scene().withHomeAgents(2);

    private void registersThrough(int mobileNode, MacAddress router, SwitchPort at) {
        PacketOrigin origin = new PacketOrigin(at, router, careOf(mobileNode), global(1));
        BindingUpdate update = BindingUpdate.of(
                new SequenceNumber(7),
                BindingUpdate.ACKNOWLEDGE | BindingUpdate.HOME_REGISTRATION,
                BindingLifetime.atLeast(Duration.ofMinutes(10)),
                List.of());
        scene.happened(scene.network.onBindingUpdate(scene.now, origin, home(mobileNode), update));
        scene.acknowledge(port(1), global(1), home(mobileNode), careOf(mobileNode), 0, 7, 600);
    }

    @Test
    void oneIsLearnedOnceAHomeAgentHasAcceptedWhatCameThroughIt() {
        scene.update(home(1), careOf(1), global(1));
        assertThat(scene.network.steeringPlan().routers())
                .as("anybody can send that")
                .isEmpty();

        scene.acknowledge(1, home(1), careOf(1));

        assertThat(scene.network.steeringPlan().routers()).containsExactly(ROUTER);
        assertThat(scene.events()).contains("router-learned");
        assertThat(scene.last.changes()).contains(new RouterLearned(ROUTER));
        assertThat(new RouterLearned(ROUTER).touched().everyHomeAgent()).isTrue();

        scene.bind(2, 2);
        assertThat(scene.last.changes()).as("the same again").noneMatch(RouterLearned.class::isInstance);
    }

    @Test
    void whoIsRefusedTellsOfNone() {
        scene.update(home(1), careOf(1), global(1));
        scene.acknowledge(port(1), global(1), home(1), careOf(1), 130, scene.sequence(), 600);

        assertThat(scene.network.steeringPlan().routers()).isEmpty();
    }

    @Test
    void whoIsAtHomeCameThroughNone() {
        scene.update(home(1), home(1), global(1), 600, Optional.of(careOf(1)));
        scene.acknowledge(1, home(1), home(1));

        assertThat(scene.network.mobileNodes(scene.now)).hasSize(1);
        assertThat(scene.network.steeringPlan().routers()).isEmpty();
    }

    @Test
    void aRegistrationUnderEspTellsOfOneToo() {
        PacketOrigin asked = new PacketOrigin(ROUTER_PORT, ROUTER_MAC, careOf(1), global(1));
        scene.happened(scene.network.onProtectedUpdate(scene.now, asked, home(1)));
        PacketOrigin answered = new PacketOrigin(port(1), mac(1), global(1), careOf(1));
        scene.happened(scene.network.onProtectedAcknowledgement(scene.now, answered, home(1)));

        assertThat(scene.network.steeringPlan().routers()).containsExactly(ROUTER);
    }

    @Test
    void oneIsLostWhenItsPortIsDownOrLeadsToAnotherSwitchAndFoundByTheNextRegistration() {
        scene.bind(1, 1);
        scene.happened(scene.network.onHomeAgentUnreachable(scene.now, HOST_PORT));
        assertThat(scene.network.steeringPlan().routers()).as("another port").containsExactly(ROUTER);

        scene.happened(scene.network.onHomeAgentUnreachable(scene.now, ROUTER_PORT));
        assertThat(scene.network.steeringPlan().routers()).isEmpty();
        assertThat(scene.events()).containsExactly("router-lost");

        scene.bind(1, 1);
        assertThat(scene.network.steeringPlan().routers()).containsExactly(ROUTER);

        scene.happened(scene.network.onLinkPort(scene.now, ROUTER_PORT));
        assertThat(scene.network.steeringPlan().routers()).isEmpty();
    }

    @Test
    void oneIsLostWhenItIsSeenAtAnotherPort() {
        scene.bind(1, 1);

        assertThat(scene.network.onSeen(scene.now, ROUTER_MAC, ROUTER_PORT)).isEqualTo(Decision.NONE);
        assertThat(scene.network.onSeen(scene.now, mac(1), HOST_PORT))
                .as("who is none")
                .isEqualTo(Decision.NONE);

        scene.happened(scene.network.onSeen(scene.now, ROUTER_MAC, HOST_PORT));
        assertThat(scene.last.changes()).containsExactly(new RouterLost(ROUTER_MAC));
        assertThat(scene.network.steeringPlan().routers()).isEmpty();

        registersThrough(2, ROUTER_MAC, HOST_PORT);
        assertThat(scene.network.steeringPlan().routers()).containsExactly(new Router(ROUTER_MAC, HOST_PORT));
    }

    @Test
    void oneTooManyIsCountedAndPushesNobodyOut() {
        for (int n = 0; n < Routers.MOST; n++) {
            registersThrough(n, mac(0x100 + n), port(50 + n));
        }
        List<Router> known = List.copyOf(scene.network.steeringPlan().routers());
        assertThat(known).hasSize(Routers.MOST);

        registersThrough(99, mac(0x199), port(99));

        assertThat(scene.network.steeringPlan().routers()).containsExactlyElementsOf(known);
        assertThat(scene.counted()).containsExactly(Reason.ROUTERS_FULL);
        assertThat(scene.network.mobileNodes(scene.now))
                .as("who came through it is bound")
                .hasSize(Routers.MOST + 1);
    }

    @Test
    void theyAreStillKnownAfterARestart() {
        scene.bind(1, 1);
        HomeNetwork restarted = new HomeNetwork(scene.network.config(), 1);
        scene.network.snapshot().forEach(restarted::apply);

        assertThat(restarted.steeringPlan().routers()).containsExactly(ROUTER);
        assertThat(restarted.durableStateHash()).isEqualTo(scene.network.durableStateHash());

        scene.happened(scene.network.onSeen(scene.now, ROUTER_MAC, HOST_PORT));
        assertThat(restarted.durableStateHash())
                .as("they count as state")
                .isNotEqualTo(scene.network.durableStateHash());
    }
}
