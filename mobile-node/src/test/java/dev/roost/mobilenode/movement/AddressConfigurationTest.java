package dev.roost.mobilenode.movement;

import static dev.roost.mobilenode.movement.World.AWAY_A;
import static dev.roost.mobilenode.movement.World.AWAY_B;
import static dev.roost.mobilenode.movement.World.CARE_OF_A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.PrefixInformation;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.mobilenode.movement.World.Link;
import dev.roost.mobilenode.movement.World.Router;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AddressConfigurationTest {
    private static final Ipv6Address LINK_LOCAL = Ipv6Address.linkLocal(World.NODE);

    @Test
    void makesTheCareOfAddressFromThePrefixAndTheInterfaceAndLooksForItsOtherUsersForASecond() {
        World world = World.on(AWAY_A);

        world.runUntilEvent("care-of-address-configured");

        Effect.SendNeighborSolicitation detection = world.last(Effect.SendNeighborSolicitation.class);
        assertThat(detection)
                .isEqualTo(new Effect.SendNeighborSolicitation(
                        MacAddress.parse("33:33:ff:00:00:99"),
                        Ipv6Address.UNSPECIFIED,
                        Ipv6Address.parse("ff02::1:ff00:99"),
                        CARE_OF_A));
        Duration asked = world.timesOf(Effect.SendNeighborSolicitation.class).get(0);
        Duration configured = world.timesOf(Effect.ConfigureCareOfAddress.class).get(0);
        assertThat(configured.minus(asked)).isEqualTo(Duration.ofSeconds(1));
        assertThat(world.last(Effect.ConfigureCareOfAddress.class))
                .isEqualTo(new Effect.ConfigureCareOfAddress(CARE_OF_A, 64, true));
    }

    @Test
    void testsItsLinkLocalAddressOnEachLinkAwayBesideTheFirstCareOfAddress() {
        World world = World.bound();
        world.plugInto(AWAY_B);
        world.runUntilEvent("bound");

        assertThat(world.all(Effect.SendNeighborSolicitation.class).stream()
                        .filter(solicitation -> solicitation.source().isUnspecified())
                        .map(Effect.SendNeighborSolicitation::target))
                .containsExactly(LINK_LOCAL, CARE_OF_A, LINK_LOCAL, World.CARE_OF_B);
    }

    @Test
    void keepsOffALinkWhereSomebodyHasItsLinkLocalAddress() {
        World world = new World();
        world.taken.add(LINK_LOCAL);
        world.startOn(AWAY_A);
        world.runFor(Duration.ofMinutes(2));

        assertThat(world.eventKinds()).containsOnlyOnce("address-duplicate", "care-of-address-unavailable");
        assertThat(world.all(Effect.ConfigureCareOfAddress.class)).isEmpty();
        assertThat(world.all(Effect.SendDiscoveryRequest.class)).isEmpty();

        world.taken.clear();
        world.plugInto(AWAY_B);
        assertThat(World.field(world.runUntilEvent("bound"), "careOfAddress")).isEqualTo(World.CARE_OF_B.toString());
    }

    @Test
    void triesAgainAtHomeWhenSomebodyHasItsLinkLocalAddress() {
        World world = new World();
        world.taken.add(LINK_LOCAL);
        world.startOn(World.HOME);
        world.runFor(Duration.ofSeconds(5));
        assertThat(world.eventKinds()).contains("address-duplicate").doesNotContain("at-home");

        world.taken.clear();

        world.runUntilEvent("at-home");
    }

    @Test
    void makesNoAddressFromAPrefixThatIsPreferredLongerThanValidButTakesItsAddressesForOnLink() {
        World away = World.on(linkWithVoidPrefix("2001:db8:3::"));
        away.runFor(Duration.ofSeconds(30));
        assertThat(away.eventKinds()).contains("link-entered", "care-of-address-unavailable");
        assertThat(away.all(Effect.ConfigureCareOfAddress.class)).isEmpty();

        World home = World.on(linkWithVoidPrefix("2001:db8:1::"));
        home.runUntilEvent("at-home");
    }

    @Test
    void isNotIrritatedByAVoidPrefixItKnowsOtherwise() {
        World world = World.bound();
        world.plugInto(linkWithVoidPrefix("2001:db8:3::"));
        world.runFor(Duration.ofMinutes(3));

        assertThat(world.eventKinds())
                .doesNotContain("care-of-address-unavailable")
                .containsOnlyOnce("care-of-address-configured");
    }

    private static Link linkWithVoidPrefix(String prefix) {
        return new Link(List.of(new Router(
                Ipv6Address.parse("fe80::a"),
                MacAddress.parse("02:00:00:00:0a:01"),
                1800,
                Duration.ofSeconds(1),
                true,
                0,
                List.of(new PrefixInformation(64, 0xc0, 100, 101, Ipv6Address.parse(prefix))))));
    }

    @Test
    void takesAnotherInterfaceIdentifierWhenSomebodyHasTheAddress() {
        World world = new World();
        world.taken.add(CARE_OF_A);
        world.startOn(AWAY_A);

        world.runUntilEvent("bound");

        Ipv6Address address = world.last(Effect.ConfigureCareOfAddress.class).address();
        assertThat(world.eventKinds()).contains("address-duplicate");
        assertThat(address).isNotEqualTo(CARE_OF_A);
        assertThat(Ipv6Prefix.parse("2001:db8:3::/64").contains(address)).isTrue();
    }

    @Test
    void leavesAnAddressThatAnotherNodeIsJustTryingOut() {
        World world = World.on(AWAY_A);
        while (world.all(Effect.SendNeighborSolicitation.class).isEmpty()) {
            world.runFor(Duration.ofMillis(100));
        }

        world.carryOut(world.node.onNeighborSolicitation(
                world.now(),
                new PacketOrigin(
                        MacAddress.parse("02:00:00:00:ff:fe"), Ipv6Address.UNSPECIFIED, CARE_OF_A.solicitedNode()),
                new NeighborSolicitation(CARE_OF_A, List.of())));
        world.runUntilEvent("bound");

        assertThat(world.last(Effect.ConfigureCareOfAddress.class).address()).isNotEqualTo(CARE_OF_A);
    }

    @Test
    void isNotIrritatedByTheEchoOfItsOwnSolicitation() {
        World world = World.on(AWAY_A);
        while (world.all(Effect.SendNeighborSolicitation.class).isEmpty()) {
            world.runFor(Duration.ofMillis(100));
        }

        world.carryOut(world.node.onNeighborSolicitation(
                world.now(),
                new PacketOrigin(World.NODE, Ipv6Address.UNSPECIFIED, CARE_OF_A.solicitedNode()),
                new NeighborSolicitation(CARE_OF_A, List.of())));
        world.runUntilEvent("bound");

        assertThat(world.last(Effect.ConfigureCareOfAddress.class).address()).isEqualTo(CARE_OF_A);
    }

    @Test
    void saysSoWhenALinkOffersOnlyManagedAddresses() {
        Router managed = new Router(
                Ipv6Address.parse("fe80::a"),
                MacAddress.parse("02:00:00:00:0a:01"),
                1800,
                Duration.ofSeconds(1),
                false,
                RouterAdvertisement.MANAGED,
                List.of(World.prefix("2001:db8:3::", PrefixInformation.ON_LINK)));
        World world = World.on(new Link(List.of(managed)));

        world.runFor(Duration.ofSeconds(30));

        List<Effect.Event> told = world.all(Effect.Event.class).stream()
                .filter(event -> event.kind().equals("care-of-address-unavailable"))
                .toList();
        assertThat(told).hasSize(1);
        assertThat(World.field(told.get(0), "reason")).isEqualTo("managed-addresses-only");
        assertThat(world.all(Effect.SendDiscoveryRequest.class)).isEmpty();
    }

    @Test
    void movesToAnotherPrefixOfTheLinkWhenItsOwnIsDeprecated() {
        World world = World.bound();
        Router both = new Router(
                Ipv6Address.parse("fe80::a"),
                MacAddress.parse("02:00:00:00:0a:01"),
                1800,
                Duration.ofSeconds(1),
                true,
                0,
                List.of(
                        new PrefixInformation(64, 0xc0, 86400, 0, Ipv6Address.parse("2001:db8:3::")),
                        World.prefix("2001:db8:33::", 0xc0)));

        world.plugInto(new Link(List.of(both)));
        Effect.Event bound = world.runUntilEvent("bound");

        assertThat(World.field(bound, "careOfAddress")).isEqualTo("2001:db8:33::ff:fe00:99");
        assertThat(world.eventKinds()).containsOnlyOnce("link-entered");
    }

    @Test
    void keepsAnAddressAliveForTwoHoursWhateverOneAdvertisementSays() {
        World world = World.bound();
        Router withdrawing = new Router(
                Ipv6Address.parse("fe80::a"),
                MacAddress.parse("02:00:00:00:0a:01"),
                1800,
                Duration.ofSeconds(1),
                true,
                0,
                List.of(new PrefixInformation(64, 0xc0, 0, 0, Ipv6Address.parse("2001:db8:3::"))));

        world.plugInto(new Link(List.of(withdrawing)));
        world.runFor(Duration.ofMinutes(119));
        assertThat(world.eventKinds()).doesNotContain("care-of-address-unavailable");
        world.runFor(Duration.ofMinutes(2));

        assertThat(world.eventKinds()).contains("care-of-address-unavailable");
    }
}
