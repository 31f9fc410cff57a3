package dev.roost.loadbalancer;

import static dev.roost.loadbalancer.Scene.ANYCAST;
import static dev.roost.loadbalancer.Scene.HOST_PORT;
import static dev.roost.loadbalancer.Scene.REPRESENTATIVE;
import static dev.roost.loadbalancer.Scene.REPRESENTATIVE_MAC;
import static dev.roost.loadbalancer.Scene.ROUTER_MAC;
import static dev.roost.loadbalancer.Scene.ROUTER_PORT;
import static dev.roost.loadbalancer.Scene.careOf;
import static dev.roost.loadbalancer.Scene.global;
import static dev.roost.loadbalancer.Scene.home;
import static dev.roost.loadbalancer.Scene.linkLocal;
import static dev.roost.loadbalancer.Scene.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.Effect.ForwardPacket;
import dev.roost.loadbalancer.Effect.SendEchoReply;
import dev.roost.loadbalancer.Effect.SendNeighborAdvertisement;
import dev.roost.mobileip.EchoReply;
import dev.roost.mobileip.EchoRequest;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.mobileip.TargetLinkLayerAddress;
import dev.roost.topology.SwitchPort;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the representative answers on the home link. */
final class NeighborAnswersTest {

    private static final int R = NeighborAdvertisement.ROUTER;
    private static final int S = NeighborAdvertisement.SOLICITED;
    private static final int O = NeighborAdvertisement.OVERRIDE;
    private static final MacAddress ALL_NODES_MAC = MacAddress.parse("33:33:00:00:00:01");
    private static final Ipv6Address ROUTER = Ipv6Address.parse("fe80::100");

    private final Scene scene = new Scene().withHomeAgents(2);

    private List<Effect> solicit(SwitchPort port, Ipv6Address source, Ipv6Address target) {
        PacketOrigin origin = new PacketOrigin(port, ROUTER_MAC, source, target.solicitedNode());
        Decision decision =
                scene.network.onNeighborSolicitation(scene.now, origin, new NeighborSolicitation(target, List.of()));
        assertThat(decision.changes()).isEmpty();
        return decision.effects();
    }

    private static Effect toAsker(SwitchPort port, Ipv6Address target, int flags) {
        return advertisement(port, ROUTER_MAC, ROUTER, target, flags);
    }

    private static Effect toAll(SwitchPort port, Ipv6Address target, int flags) {
        return advertisement(port, ALL_NODES_MAC, Ipv6Address.ALL_NODES, target, flags);
    }

    private static Effect advertisement(
            SwitchPort port, MacAddress linkLayer, Ipv6Address destination, Ipv6Address target, int flags) {
        return new SendNeighborAdvertisement(
                port,
                linkLayer,
                REPRESENTATIVE,
                destination,
                new NeighborAdvertisement(flags, target, List.of(new TargetLinkLayerAddress(REPRESENTATIVE_MAC))));
    }

    @Test
    void theAnycastAddressIsARoutersAndDoesNotOverride() {
        assertThat(solicit(ROUTER_PORT, ROUTER, ANYCAST)).containsExactly(toAsker(ROUTER_PORT, ANYCAST, R | S));
    }

    @Test
    void duplicateAddressDetectionOfTheAnycastAddressIsAnsweredToAllNodes() {
        assertThat(solicit(HOST_PORT, Ipv6Address.UNSPECIFIED, ANYCAST)).containsExactly(toAll(HOST_PORT, ANYCAST, R));
    }

    @Test
    void theRepresentativesAddressIsAnswered() {
        assertThat(solicit(ROUTER_PORT, ROUTER, REPRESENTATIVE))
                .containsExactly(toAsker(ROUTER_PORT, REPRESENTATIVE, R | S | O));
        assertThat(solicit(HOST_PORT, Ipv6Address.UNSPECIFIED, REPRESENTATIVE))
                .containsExactly(toAll(HOST_PORT, REPRESENTATIVE, R | O));
    }

    @Test
    void aBoundHomeAddressIsAnsweredAsAHost() {
        scene.bind(1, 1);

        assertThat(solicit(ROUTER_PORT, ROUTER, home(1))).containsExactly(toAsker(ROUTER_PORT, home(1), S | O));
        assertThat(solicit(port(2), ROUTER, home(1))).containsExactly(toAsker(port(2), home(1), S | O));
    }

    @Test
    void whoTriesToTakeABoundHomeAddressIsToldThatItIsInUse() {
        scene.bind(1, 1);

        assertThat(solicit(HOST_PORT, Ipv6Address.UNSPECIFIED, home(1))).containsExactly(toAll(HOST_PORT, home(1), O));
    }

    @Test
    void duplicateAddressDetectionByAnyHomeAgentForABoundHomeAddressIsSwallowed() {
        scene.bind(1, 1);

        for (int n = 1; n <= 2; n++) {
            assertThat(solicit(port(n), Ipv6Address.UNSPECIFIED, home(1)))
                    .containsExactly(Reason.SWALLOWED_DUPLICATE_ADDRESS_DETECTION.count());
        }
    }

    @Test
    void aHomeAgentThatLooksForItsMobileNodeIsLeftAlone() {
        scene.bind(1, 1);

        assertThat(solicit(port(1), linkLocal(1), home(1))).containsExactly(new ForwardPacket());
    }

    @Test
    void whatIsNobodysGoesOn() {
        assertThat(solicit(ROUTER_PORT, ROUTER, home(1)))
                .containsExactly(Reason.TARGET_NOT_OURS.count(), new ForwardPacket());
        assertThat(scene.network.answersTo(home(1))).isFalse();

        scene.bind(1, 1);
        assertThat(scene.network.answersTo(home(1))).isTrue();
        assertThat(scene.network.answersTo(ANYCAST)).isTrue();
        assertThat(scene.network.answersTo(REPRESENTATIVE)).isTrue();
        assertThat(scene.network.answersTo(global(1))).isFalse();
    }

    @Test
    void aMulticastSourceIsNotAnswered() {
        assertThat(solicit(ROUTER_PORT, Ipv6Address.ALL_NODES, ANYCAST))
                .containsExactly(Reason.SOLICITATION_SOURCE_MULTICAST.count());
    }

    private List<Effect> echo(Ipv6Address source, Ipv6Address destination) {
        EchoRequest request = new EchoRequest(7, 8, OpaqueBytes.of(new byte[] {1, 2, 3}));
        return scene.network
                .onEchoRequest(scene.now, new PacketOrigin(ROUTER_PORT, ROUTER_MAC, source, destination), request)
                .effects();
    }

    @Test
    void aPingToTheRepresentativeIsAnswered() {
        assertThat(echo(careOf(1), REPRESENTATIVE))
                .containsExactly(new SendEchoReply(
                        ROUTER_PORT,
                        ROUTER_MAC,
                        REPRESENTATIVE,
                        careOf(1),
                        new EchoReply(7, 8, OpaqueBytes.of(new byte[] {1, 2, 3}))));
        assertThat(echo(home(4), REPRESENTATIVE)).hasSize(1).allMatch(SendEchoReply.class::isInstance);
    }

    @ParameterizedTest
    @ValueSource(strings = {"::", "::1", "ff02::1", "fe80::1"})
    void aPingFromWhoIsNotRoutableIsNotAnswered(String source) {
        assertThat(echo(Ipv6Address.parse(source), REPRESENTATIVE))
                .containsExactly(Reason.ECHO_SOURCE_NOT_ROUTABLE.count());
    }

    @Test
    void aPingToTheAnycastAddressIsNotAnswered() {
        assertThat(echo(careOf(1), ANYCAST)).containsExactly(Reason.ECHO_NOT_TO_REPRESENTATIVE.count());
    }
}
