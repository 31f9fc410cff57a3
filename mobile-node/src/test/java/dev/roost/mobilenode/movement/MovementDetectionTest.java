package dev.roost.mobilenode.movement;

import static dev.roost.mobilenode.movement.World.AWAY_A;
import static dev.roost.mobilenode.movement.World.AWAY_B;
import static dev.roost.mobilenode.movement.World.CARE_OF_A;
import static dev.roost.mobilenode.movement.World.CARE_OF_B;
import static dev.roost.mobilenode.movement.World.HA1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobilenode.movement.World.Link;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class MovementDetectionTest {
    @Test
    void solicitsRoutersThreeTimesFourSecondsApartAndThenLessAndLessOften() {
        World world = new World();
        world.carryOut(world.node.onStart(world.now(), true));

        world.runFor(Duration.ofMinutes(1));

        List<Duration> times = world.timesOf(Effect.SendRouterSolicitation.class);
        assertThat(times.get(0)).isLessThan(Duration.ofSeconds(1));
        assertThat(times.stream().map(time -> time.minus(times.get(0)).toSeconds()))
                .containsExactly(0L, 4L, 8L, 16L, 32L);
    }

    @Test
    void stopsSolicitingOnceARouterAnswered() {
        World world = World.on(AWAY_A);

        world.runFor(Duration.ofMinutes(1));

        assertThat(world.all(Effect.SendRouterSolicitation.class)).hasSizeLessThanOrEqualTo(1);
        assertThat(world.last(Effect.UseDefaultRouter.class).linkLocalAddress()).contains(Ipv6Address.parse("fe80::a"));
    }

    @Test
    void noticesAnotherLinkAtItsFirstAdvertisementAlthoughTheInterfaceStayedUp() {
        World world = World.bound();
        Duration movedAt = Duration.between(World.START, world.now());

        world.plugInto(AWAY_B);
        world.runUntilEvent("bound");

        // 300 ms to the first advertisement, 300 ms to be sure that the old router is gone, 1 s duplicate address
        // detection.
        Duration needed = Duration.between(World.START, world.now()).minus(movedAt);
        assertThat(needed).isBetween(Duration.ofMillis(1600), Duration.ofMillis(1700));
        assertThat(world.last(Effect.ConfigureCareOfAddress.class).address()).isEqualTo(CARE_OF_B);
        assertThat(world.last(Effect.OpenTunnel.class)).isEqualTo(new Effect.OpenTunnel(CARE_OF_B, HA1));
        assertThat(world.last(Effect.UseDefaultRouter.class).linkLocalAddress()).contains(Ipv6Address.parse("fe80::b"));
    }

    @Test
    void takesTwoRoutersWithPrefixesOfTheirOwnForOneLinkIfTheFirstStillAnswers() {
        World world = World.bound();
        world.forgetWhatWasSeen();

        world.plugInto(
                new Link(List.of(AWAY_A.routers().get(0), AWAY_B.routers().get(0))));
        world.runFor(Duration.ofSeconds(30));

        assertThat(world.eventKinds()).doesNotContain("link-entered", "router-lost");
        assertThat(world.all(Effect.SendBindingUpdate.class)).isEmpty();
        assertThat(world.all(Effect.SendNeighborSolicitation.class))
                .isNotEmpty()
                .allSatisfy(probe -> assertThat(probe.target()).isEqualTo(Ipv6Address.parse("fe80::a")));
    }

    @Test
    void tellsRoutersOfTheSameNameApartByTheirLinkLayerAddress() {
        World world = new World();
        world.startOn(Link.of("2001:db8:3::/64", "fe80::1", "02:00:00:00:0a:01"));
        world.runUntilEvent("bound");

        world.plugInto(Link.of("2001:db8:4::/64", "fe80::1", "02:00:00:00:0b:01"));
        Effect.Event bound = world.runUntilEvent("bound");

        assertThat(World.field(bound, "careOfAddress")).isEqualTo(CARE_OF_B.toString());
    }

    @Test
    void looksForAnotherRouterWhenThreeAdvertisementsAreMissedAndItDoesNotAnswer() {
        World world = World.bound();
        world.runFor(Duration.ofSeconds(5));
        world.forgetWhatWasSeen();

        world.unplug();
        world.runFor(Duration.ofSeconds(5));

        assertThat(world.eventKinds()).containsExactly("router-lost");
        assertThat(world.all(Effect.SendNeighborSolicitation.class)).hasSize(MovementDetection.PROBES);
        assertThat(world.all(Effect.SendRouterSolicitation.class)).isNotEmpty();
        assertThat(world.last(Effect.UseDefaultRouter.class).linkLocalAddress()).isEmpty();
    }

    @Test
    void comesBackToTheSameLinkWithABindingUpdateButNoDiscovery() {
        World world = World.bound();
        world.unplug();
        world.runFor(Duration.ofSeconds(10));
        world.forgetWhatWasSeen();

        world.plugInto(AWAY_A);
        world.runUntilEvent("bound");

        assertThat(world.all(Effect.SendDiscoveryRequest.class)).isEmpty();
        assertThat(world.last(Effect.OpenTunnel.class)).isEqualTo(new Effect.OpenTunnel(CARE_OF_A, HA1));
    }

    @Test
    void solicitsAtOnceWhenTheInterfaceComesUpAgain() {
        World world = World.bound();
        world.carryOut(world.node.onLinkDown(world.now()));
        world.runFor(Duration.ofSeconds(2));
        world.forgetWhatWasSeen();
        Duration up = Duration.between(World.START, world.now());

        world.carryOut(world.node.onLinkUp(world.now()));
        world.runUntilEvent("bound");

        assertThat(world.timesOf(Effect.SendRouterSolicitation.class)).containsExactly(up);
        assertThat(world.all(Effect.ConfigureCareOfAddress.class)).hasSize(1);
        assertThat(world.all(Effect.OpenTunnel.class)).hasSize(1);
    }

    @Test
    void sendsNothingWhileTheInterfaceIsDown() {
        World world = World.bound();
        world.carryOut(world.node.onLinkDown(world.now()));
        world.unplug();
        world.forgetWhatWasSeen();

        world.runFor(Duration.ofMinutes(20));

        assertThat(world.eventKinds()).containsOnly("binding-expired");
        assertThat(world.seen).hasSize(1);
    }

    @Test
    void keepsNoMoreRoutersThanItsLimit() {
        World world = World.on(AWAY_A);
        world.runUntilEvent("bound");
        for (int i = 0; i < 40; i++) {
            world.advertise(World.router("2001:db8:3::/64", "fe80::ff" + i, String.format("02:00:00:00:ff:%02x", i)));
        }

        assertThat(world.counts())
                .hasSize(40 + 1 - MovementDetection.MAX_ROUTERS)
                .containsOnly("routers-full");
        assertThat(Optional.of(world.last(Effect.UseDefaultRouter.class).linkLocalAddress()))
                .contains(Optional.of(Ipv6Address.parse("fe80::a")));
    }
}
