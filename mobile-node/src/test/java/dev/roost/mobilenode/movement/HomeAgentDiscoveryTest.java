package dev.roost.mobilenode.movement;

import static dev.roost.mobilenode.movement.World.AWAY_A;
import static dev.roost.mobilenode.movement.World.CARE_OF_A;
import static dev.roost.mobilenode.movement.World.HA1;
import static dev.roost.mobilenode.movement.World.HA2;
import static dev.roost.mobilenode.movement.World.HA3;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class HomeAgentDiscoveryTest {
    @Test
    void asksTheAnycastAddressFromItsCareOfAddressThroughTheRouter() {
        World world = World.on(AWAY_A);

        world.runUntilEvent("discovery-request-sent");

        Effect.SendDiscoveryRequest request = world.last(Effect.SendDiscoveryRequest.class);
        assertThat(request.source()).isEqualTo(CARE_OF_A);
        assertThat(request.destination()).isEqualTo(Ipv6Address.parse("2001:db8:1:0:fdff:ffff:ffff:fffe"));
        assertThat(request.linkLayerDestination()).isEqualTo(MacAddress.parse("02:00:00:00:0a:01"));
    }

    @Test
    void triesFiveTimesWithANewIdentifierEachAndAgainAfterAPause() {
        World world = new World();
        world.discovery = Optional::empty;
        world.startOn(AWAY_A);

        world.runUntilEvent("discovery-failed");

        List<Duration> times = world.timesOf(Effect.SendDiscoveryRequest.class);
        assertThat(times.stream().map(time -> time.minus(times.get(0)).toSeconds()))
                .containsExactly(0L, 3L, 9L, 21L, 45L);
        assertThat(world.all(Effect.SendDiscoveryRequest.class).stream()
                        .map(Effect.SendDiscoveryRequest::identifier)
                        .distinct())
                .hasSize(5);
        world.discovery = () -> Optional.of(List.of(HA1));
        world.runUntilEvent("bound");
        assertThat(world.timesOf(Effect.SendDiscoveryRequest.class).get(5).minus(times.get(4)))
                .isEqualTo(Duration.ofSeconds(48 + 60));
    }

    @Test
    void believesOnlyTheLatestIdentifier() {
        World world = new World();
        world.discovery = Optional::empty;
        world.startOn(AWAY_A);
        world.runUntilEvent("discovery-request-sent");
        int first = world.last(Effect.SendDiscoveryRequest.class).identifier();
        world.runUntilEvent("discovery-request-sent");
        int second = world.last(Effect.SendDiscoveryRequest.class).identifier();

        world.discoveryReply(first, List.of(HA2));
        assertThat(world.counts()).containsExactly("discovery-reply-unexpected");
        world.discoveryReply(second, List.of(HA1, HA2));
        world.discoveryReply(second, List.of(HA3));

        assertThat(world.counts()).containsExactly("discovery-reply-unexpected", "discovery-reply-unexpected");
        assertThat(world.last(Effect.SendBindingUpdate.class).destination()).isEqualTo(HA1);
    }

    @Test
    void ignoresAListWithoutAUsableAddress() {
        World world = new World();
        world.discovery = Optional::empty;
        world.startOn(AWAY_A);
        world.runUntilEvent("discovery-request-sent");

        int identifier = world.last(Effect.SendDiscoveryRequest.class).identifier();
        world.discoveryReply(identifier, List.of());
        world.discoveryReply(identifier, List.of(Ipv6Address.parse("ff02::1"), Ipv6Address.parse("fe80::1")));

        assertThat(world.counts()).containsExactly("discovery-reply-empty", "discovery-reply-empty");
        assertThat(world.all(Effect.SendBindingUpdate.class)).isEmpty();
    }

    @Test
    void registersInTheOrderOfTheListAndTellsIt() {
        World world = new World();
        world.discovery = () -> Optional.of(List.of(HA2, HA1, HA3));
        world.startOn(AWAY_A);

        Effect.Event received = world.runUntilEvent("discovery-reply-received");

        assertThat(World.field(received, "homeAgents")).isEqualTo(HA2 + "," + HA1 + "," + HA3);
        assertThat(World.field(world.runUntilEvent("bound"), "homeAgent")).isEqualTo(HA2.toString());
    }

    @Test
    void isLeftOutWhenAHomeAgentIsConfigured() {
        World world = new World(new MobileNodeSettings(
                World.NODE,
                World.HOME_ADDRESS,
                World.HOME_PREFIX,
                Optional.of(HA2),
                Duration.ofMinutes(10),
                Optional.empty(),
                Duration.ZERO));
        world.startOn(AWAY_A);

        Effect.Event bound = world.runUntilEvent("bound");

        assertThat(World.field(bound, "homeAgent")).isEqualTo(HA2.toString());
        assertThat(world.all(Effect.SendDiscoveryRequest.class)).isEmpty();
    }
}
