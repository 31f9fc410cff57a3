package dev.roost.mobilenode.movement;

import static dev.roost.mobilenode.movement.World.AWAY_A;
import static dev.roost.mobilenode.movement.World.CARE_OF_A;
import static dev.roost.mobilenode.movement.World.HA1;
import static dev.roost.mobilenode.movement.World.HOME;
import static dev.roost.mobilenode.movement.World.HOME_ADDRESS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.AlternateCareOfAddress;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobilenode.movement.World.Link;
import dev.roost.mobilenode.movement.World.Manner;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReturnHomeTest {
    private static final Effect.SendNeighborAdvertisement ANNOUNCEMENT = new Effect.SendNeighborAdvertisement(
            MacAddress.parse("33:33:00:00:00:01"), HOME_ADDRESS, Ipv6Address.ALL_NODES, HOME_ADDRESS, false);

    @Test
    void takesItsHomeAddressAfterDuplicateAddressDetectionWhenItStartsAtHome() {
        World world = World.on(HOME);

        world.runUntilEvent("at-home");

        assertThat(world.all(Effect.SendNeighborSolicitation.class))
                .extracting(Effect.SendNeighborSolicitation::target)
                .containsExactly(Ipv6Address.linkLocal(World.NODE), HOME_ADDRESS);
        assertThat(world.all(Effect.PlaceHomeAddressOnLink.class)).hasSize(1);
        assertThat(world.all(Effect.SendBindingUpdate.class)).isEmpty();
    }

    @Test
    void leavesItsHomeAddressAloneWhileSomebodyElseHasItAndTriesAgain() {
        World world = new World();
        world.taken.add(HOME_ADDRESS);
        world.startOn(HOME);
        world.runUntilEvent("address-duplicate");
        assertThat(world.all(Effect.PlaceHomeAddressOnLink.class)).isEmpty();

        world.taken.clear();
        world.runUntilEvent("at-home");

        assertThat(world.all(Effect.PlaceHomeAddressOnLink.class)).hasSize(1);
    }

    @Test
    void deregistersFromItsHomeAddressBeforeItUsesIt() {
        World world = World.bound();
        world.forgetWhatWasSeen();

        world.plugInto(HOME);
        world.runUntilEvent("at-home");

        Effect.SendBindingUpdate update = world.last(Effect.SendBindingUpdate.class);
        assertThat(update.source()).isEqualTo(HOME_ADDRESS);
        assertThat(update.destination()).isEqualTo(HA1);
        assertThat(update.linkLayerDestination()).isEqualTo(World.macOf(HA1));
        assertThat(update.message().lifetime().isZero()).isTrue();
        assertThat(update.message().homeRegistration()).isTrue();
        assertThat(update.message().option(AlternateCareOfAddress.class))
                .contains(new AlternateCareOfAddress(HOME_ADDRESS));
        List<Class<?>> order = world.seen.stream()
                .map(seen -> seen.effect().getClass())
                .filter(kind -> kind != Effect.Event.class)
                .<Class<?>>map(kind -> kind)
                .toList();
        assertThat(order)
                .containsSubsequence(
                        Effect.SendBindingUpdate.class,
                        Effect.RemoveCareOfAddress.class,
                        Effect.PlaceHomeAddressOnLink.class);
        assertThat(order).containsOnlyOnce(Effect.CloseTunnel.class);
        assertThat(world.last(Effect.RemoveCareOfAddress.class).address()).isEqualTo(CARE_OF_A);
    }

    @Test
    void tellsAllNodesThreeTimesThatTheHomeAddressIsHere() {
        World world = World.bound();
        world.plugInto(HOME);
        world.runUntilEvent("at-home");
        world.runFor(Duration.ofSeconds(10));

        List<Duration> times = world.timesOf(Effect.SendNeighborAdvertisement.class);
        assertThat(world.all(Effect.SendNeighborAdvertisement.class))
                .containsExactly(ANNOUNCEMENT, ANNOUNCEMENT, ANNOUNCEMENT);
        assertThat(times.get(2).minus(times.get(0))).isEqualTo(Duration.ofSeconds(2));
        assertThat(world.timesOf(Effect.PlaceHomeAddressOnLink.class).get(0)).isEqualTo(times.get(0));
    }

    @Test
    void solicitsTheHomeAgentsLinkLayerAddressFromTheUnspecifiedAddressWhenNoAdvertisementTellsIt() {
        World world = World.bound();
        world.forgetWhatWasSeen();

        world.plugInto(new Link(List.of(HOME.routers().get(0))));
        world.schedule(Duration.ofMillis(1650), () -> world.advertiseNeighbor(World.macOf(HA1), HA1));
        world.runUntilEvent("at-home");

        List<Effect.SendNeighborSolicitation> toHomeAgent = world.all(Effect.SendNeighborSolicitation.class).stream()
                .filter(solicitation -> solicitation.target().equals(HA1))
                .toList();
        assertThat(toHomeAgent)
                .hasSize(2)
                .containsOnly(new Effect.SendNeighborSolicitation(
                        MacAddress.parse("33:33:ff:00:00:11"),
                        Ipv6Address.UNSPECIFIED,
                        Ipv6Address.parse("ff02::1:ff00:11"),
                        HA1));
        assertThat(world.last(Effect.SendBindingUpdate.class).linkLayerDestination())
                .isEqualTo(World.macOf(HA1));
    }

    @Test
    void sendsThroughTheRouterWhenNobodyTellsTheHomeAgentsLinkLayerAddress() {
        World world = World.bound();

        world.plugInto(new Link(List.of(HOME.routers().get(0))));
        world.runUntilEvent("at-home");

        assertThat(world.last(Effect.SendBindingUpdate.class).linkLayerDestination())
                .isEqualTo(HOME.routers().get(0).mac());
    }

    @Test
    void answersForItsHomeAddressOnlyToItsHomeAgentUntilTheBindingIsGone() {
        World world = World.bound();
        world.homeAgentSolicitsHomeAddress = true;
        world.plugInto(HOME);
        world.runUntilEvent("binding-update-sent");
        world.forgetWhatWasSeen();

        world.carryOut(world.node.onNeighborSolicitation(
                world.now(),
                new PacketOrigin(
                        MacAddress.parse("02:00:00:00:01:01"),
                        Ipv6Address.parse("fe80::1"),
                        HOME_ADDRESS.solicitedNode()),
                new NeighborSolicitation(HOME_ADDRESS, List.of())));
        assertThat(world.all(Effect.SendNeighborAdvertisement.class)).isEmpty();
        world.runUntilEvent("at-home");

        assertThat(world.all(Effect.SendNeighborAdvertisement.class).get(0))
                .isEqualTo(
                        new Effect.SendNeighborAdvertisement(World.macOf(HA1), HOME_ADDRESS, HA1, HOME_ADDRESS, true));
    }

    @Test
    void repeatsTheDeregistrationUntilItIsAcknowledged() {
        World world = World.bound();
        world.homeAgents.put(HA1, Manner.silent());
        world.forgetWhatWasSeen();

        world.plugInto(HOME);
        world.schedule(Duration.ofSeconds(6), () -> world.homeAgents.put(HA1, Manner.accept()));
        world.runUntilEvent("at-home");

        List<Duration> times = world.timesOf(Effect.SendBindingUpdate.class);
        assertThat(times.stream().map(time -> time.minus(times.get(0)).toSeconds()))
                .containsExactly(0L, 1L, 3L, 7L);
    }

    @Test
    void isSatisfiedWhenTheHomeAgentHasNoBinding() {
        World world = World.bound();
        world.homeAgents.put(HA1, Manner.refuse(133));

        world.plugInto(HOME);
        world.runUntilEvent("at-home");

        assertThat(world.eventKinds()).contains("deregistered");
    }

    @Test
    void isAtHomeWhenTheBindingHasExpiredAlthoughTheHomeAgentNeverAnswered() {
        World world = World.bound();
        world.homeAgents.put(HA1, Manner.silent());

        world.plugInto(HOME);
        world.runFor(Duration.ofSeconds(602));

        assertThat(world.eventKinds()).contains("binding-expired", "at-home");
        assertThat(world.all(Effect.CloseTunnel.class)).hasSize(1);
    }

    @Test
    void leavesAgainToTheHomeAgentItHadWithoutDiscovery() {
        World world = World.bound();
        world.plugInto(HOME);
        world.runUntilEvent("at-home");
        world.forgetWhatWasSeen();

        world.plugInto(AWAY_A);
        Effect.Event bound = world.runUntilEvent("bound");

        assertThat(World.field(bound, "homeAgent")).isEqualTo(HA1.toString());
        assertThat(world.all(Effect.SendDiscoveryRequest.class)).isEmpty();
        assertThat(world.all(Effect.PlaceHomeAddressOffLink.class)).hasSize(1);
        assertThat(world.last(Effect.OpenTunnel.class)).isEqualTo(new Effect.OpenTunnel(CARE_OF_A, HA1));
    }

    @Test
    void forgetsAboutTheWayHomeWhenItIsPulledAwayHalfWay() {
        World world = World.bound();
        world.homeAgents.put(HA1, Manner.silent());
        world.plugInto(HOME);
        world.runUntilEvent("returning-home");
        world.homeAgents.put(HA1, Manner.accept());

        world.plugInto(AWAY_A);
        world.runUntilEvent("bound");
        world.forgetWhatWasSeen();
        world.runFor(Duration.ofMinutes(1));

        assertThat(world.all(Effect.SendBindingUpdate.class)).isEmpty();
        assertThat(world.all(Effect.PlaceHomeAddressOnLink.class)).isEmpty();
    }
}
