package dev.roost.loadbalancer;

import static dev.roost.loadbalancer.Scene.REPRESENTATIVE;
import static dev.roost.loadbalancer.Scene.careOf;
import static dev.roost.loadbalancer.Scene.global;
import static dev.roost.loadbalancer.Scene.home;
import static dev.roost.loadbalancer.Scene.mac;
import static dev.roost.loadbalancer.Scene.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.DelegationConfig.Mode;
import dev.roost.loadbalancer.DelegationConfig.Representative;
import dev.roost.loadbalancer.DelegationConfig.UnmodifiedHomeAgents;
import dev.roost.loadbalancer.Effect.SendOnLink;
import dev.roost.loadbalancer.Effect.SendPacketTooBig;
import dev.roost.loadbalancer.HomeNetworkView.MobileNodeView;
import dev.roost.loadbalancer.SteeringPlan.ReverseTunnel;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.Icmpv6Error;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.OpaqueBytes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Registrations at the representative's own address. */
final class RepresentativeTest {

    private static final DelegationConfig SERVING =
            DelegationScene.config(Mode.DRAIN, UnmodifiedHomeAgents.LEAVE, 32, 600, Representative.SERVE);

    private static final Ipv6Address FOREIGN_ROUTER = Ipv6Address.parse("2001:db8:3::1");

    private final DelegationScene scene = new DelegationScene(SERVING).withHomeAgents(3);

    private void update(int lifetimeSeconds) {
        scene.happened(scene.scene.update(home(1), careOf(1), REPRESENTATIVE, lifetimeSeconds, Optional.empty()));
        scene.deadlines();
    }

    private void register() {
        update(600);
        scene.pass(Duration.ofSeconds(2));
    }

    private List<BindingAcknowledgement> acknowledgements() {
        List<BindingAcknowledgement> found = new ArrayList<>();
        for (Effect effect : scene.effects) {
            if (effect instanceof SendOnLink sent
                    && sent.packet().payload() instanceof BindingAcknowledgement acknowledgement) {
                assertThat(sent.packet().source()).isEqualTo(REPRESENTATIVE);
                assertThat(sent.packet().destination()).isEqualTo(careOf(1));
                assertThat(sent.packet().effectiveDestination()).isEqualTo(home(1));
                assertThat(sent.linkLayerDestination()).isEqualTo(Scene.ROUTER_MAC);
                found.add(acknowledgement);
            }
        }
        return found;
    }

    @Test
    void aRegistrationIsAcceptedOnceAnotherHomeAgentForwardsInTheRepresentativesName() {
        register();

        assertThat(acknowledgements())
                .singleElement()
                .satisfies(acknowledgement ->
                        assertThat(acknowledgement.status()).isEqualTo(BindingStatus.BINDING_UPDATE_ACCEPTED));
        assertThat(scene.forwards)
                .singleElement()
                .satisfies(entry -> assertThat(entry).endsWith(" for " + home(1) + " as " + REPRESENTATIVE));
        MobileNodeView mobileNode = scene.network.mobileNodes(scene.scene.now).get(0);
        assertThat(mobileNode.homeAgent()).isEqualTo(REPRESENTATIVE);
        assertThat(mobileNode.forwarder()).isEqualTo(scene.forwarderOf(1)).isEqualTo(global(1));
        assertThat(scene.network.steeringPlan().forwarderOf(new ReverseTunnel(careOf(1), REPRESENTATIVE)))
                .hasValueSatisfying(
                        forwarder -> assertThat(forwarder.globalAddresses()).containsExactly(global(1)));
    }

    @Test
    void theNextHomeAgentIsAskedWhereOneIsSilent() {
        scene.silent.add(1);

        update(600);
        scene.pass(Duration.ofSeconds(6));

        assertThat(acknowledgements()).hasSize(1);
        assertThat(scene.forwarderOf(1)).isNotEqualTo(global(1));
    }

    @Test
    void aRegistrationIsRefusedWhereNobodyForwards() {
        DelegationScene alone = new DelegationScene(SERVING);
        alone.happened(alone.scene.update(home(1), careOf(1), REPRESENTATIVE));
        alone.pass(Duration.ofSeconds(5));

        assertThat(alone.effects)
                .filteredOn(effect -> effect instanceof SendOnLink sent
                        && sent.packet().payload() instanceof BindingAcknowledgement acknowledgement
                        && acknowledgement.status().equals(BindingStatus.INSUFFICIENT_RESOURCES))
                .isNotEmpty();
        assertThat(alone.network.mobileNodes(alone.scene.now)).isEmpty();
    }

    @Test
    void anAddressThatSomebodyHasIsNotGivenAway() {
        update(600);
        assertThat(scene.effects)
                .filteredOn(effect -> effect instanceof SendOnLink sent
                        && sent.packet().payload() instanceof NeighborSolicitation asked
                        && asked.target().equals(home(1))
                        && sent.packet().source().equals(REPRESENTATIVE))
                .as("asked so that the answer comes here")
                .hasSize(1);

        scene.happened(scene.network.onNeighborAdvertisement(
                scene.scene.now,
                new PacketOrigin(Scene.HOST_PORT, mac(77), home(1), REPRESENTATIVE),
                new NeighborAdvertisement(NeighborAdvertisement.SOLICITED, home(1), List.of())));
        scene.pass(Duration.ofSeconds(2));

        assertThat(acknowledgements())
                .singleElement()
                .satisfies(acknowledgement ->
                        assertThat(acknowledgement.status().isAccepted()).isFalse());
        assertThat(scene.network.mobileNodes(scene.scene.now)).isEmpty();
    }

    private Decision tooBig(Ipv6Address outerSource, Ipv6Address outerDestination, Ipv6Address innerDestination) {
        ByteBuffer quoted = ByteBuffer.allocate(120);
        for (Ipv6Address[] ends :
                new Ipv6Address[][] {{outerSource, outerDestination}, {FOREIGN_ROUTER, innerDestination}}) {
            quoted.putLong(0x6000_0000_0578_2940L);
            ends[0].writeTo(quoted);
            ends[1].writeTo(quoted);
        }
        return scene.network.onIcmpv6Error(
                scene.scene.now,
                new PacketOrigin(Scene.ROUTER_PORT, Scene.ROUTER_MAC, FOREIGN_ROUTER, REPRESENTATIVE),
                new Icmpv6Error(Icmpv6Error.PACKET_TOO_BIG, 0, 1400, OpaqueBytes.of(quoted.array())));
    }

    @Test
    void whatWasTooBigForATunnelInItsNameIsToldToWhoTunnels() {
        register();

        assertThat(tooBig(REPRESENTATIVE, careOf(1), home(1)).effects())
                .singleElement()
                .isInstanceOfSatisfying(SendPacketTooBig.class, sent -> {
                    assertThat(sent.port()).isEqualTo(port(1));
                    assertThat(sent.linkLayerDestination()).isEqualTo(mac(1));
                    assertThat(sent.source()).isEqualTo(FOREIGN_ROUTER);
                    assertThat(sent.destination()).isEqualTo(REPRESENTATIVE);
                    assertThat(sent.error().parameter()).isEqualTo(1400);
                });
    }

    @Test
    void anErrorAboutNoTunnelInItsNameIsCountedAndGoesNowhere() {
        register();
        scene.bind(2, 2);
        Icmpv6Error cut = new Icmpv6Error(Icmpv6Error.PACKET_TOO_BIG, 0, 1400, OpaqueBytes.zeros(79));

        assertThat(List.of(
                        tooBig(REPRESENTATIVE, careOf(2), home(1)),
                        tooBig(REPRESENTATIVE, careOf(2), home(2)),
                        tooBig(REPRESENTATIVE, careOf(1), home(3)),
                        tooBig(global(1), careOf(1), home(1)),
                        scene.network.onIcmpv6Error(
                                scene.scene.now,
                                new PacketOrigin(Scene.ROUTER_PORT, Scene.ROUTER_MAC, FOREIGN_ROUTER, REPRESENTATIVE),
                                cut)))
                .allSatisfy(decision -> assertThat(decision.effects())
                        .containsExactly(Reason.FORWARDING_ERROR_ABOUT_NO_TUNNEL.count()));
    }

    @Test
    void aReleaseStopsTheForwarder() {
        register();

        update(0);
        scene.pass(Duration.ofSeconds(1));

        assertThat(scene.network.mobileNodes(scene.scene.now)).isEmpty();
        assertThat(scene.forwards).isEmpty();
    }

    @Test
    void aDrainedForwarderIsReplaced() {
        register();

        scene.happened(scene.network.drain(scene.scene.now, global(1)));
        scene.pass(Duration.ofSeconds(8));

        assertThat(scene.forwarderOf(1)).isNotEqualTo(global(1));
        assertThat(scene.forwards).hasSize(1);
    }

    @Test
    void anotherForwarderIsFoundWhenOneDies() {
        register();
        scene.silent.add(1);

        scene.happened(scene.network.onHomeAgentUnreachable(scene.scene.now, port(1)));
        scene.pass(Duration.ofSeconds(10));

        assertThat(scene.forwarderOf(1)).isNotEqualTo(global(1));
    }

    @Test
    void itIsLeftForAHomeAgentLikeAnyOther() {
        register();

        scene.bind(1, 2);
        scene.pass(Duration.ofSeconds(1));

        assertThat(scene.network.mobileNodes(scene.scene.now).get(0).homeAgent())
                .isEqualTo(global(2));
        assertThat(scene.forwarderOf(1)).isEqualTo(global(2));
        assertThat(scene.forwards).as("packets may be on their way").hasSize(1);
        scene.pass(Duration.ofSeconds(4));
        assertThat(scene.forwards).isEmpty();
        assertThat(scene.network.snapshot())
                .as("the representative's own binding")
                .noneMatch(Change.RepresentativeChanged.class::isInstance);
        assertThat(scene.network.mobileNodes(scene.scene.now)).hasSize(1);
    }

    @Test
    void whoIsBackBeforeTheGracePeriodIsOverStaysRegistered() {
        register();
        scene.bind(1, 2);

        update(600);
        scene.pass(Duration.ofSeconds(6));

        assertThat(scene.network.mobileNodes(scene.scene.now).get(0).homeAgent())
                .isEqualTo(REPRESENTATIVE);
        assertThat(scene.forwards).hasSize(1);
    }

    @Test
    void whatIsBoundThereOutlivesTheController() throws Exception {
        register();
        ByteBuffer journal = ByteBuffer.allocate(1 << 20);
        scene.network.snapshot().forEach(change -> ChangeCodec.write(change, journal));
        journal.flip();

        HomeNetwork again = new HomeNetwork(scene.network.config(), 7);
        while (journal.hasRemaining()) {
            again.apply(ChangeCodec.read(journal));
        }

        assertThat(again.durableStateHash()).isEqualTo(scene.network.durableStateHash());
        assertThat(again.steeringPlan().forwarderOf(home(1)))
                .hasValueSatisfying(
                        forwarder -> assertThat(forwarder.globalAddresses()).containsExactly(global(1)));
    }

    @Test
    void nothingIsServedWhereThatIsNotWanted() {
        DelegationScene refusing = new DelegationScene(DelegationScene.CONFIG).withHomeAgents(2);

        refusing.happened(refusing.scene.update(home(1), careOf(1), REPRESENTATIVE));
        refusing.pass(Duration.ofSeconds(2));

        assertThat(refusing.network.mobileNodes(refusing.scene.now)).isEmpty();
        assertThat(refusing.forwards).isEmpty();
    }
}
