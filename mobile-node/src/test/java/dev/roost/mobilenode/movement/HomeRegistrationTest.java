package dev.roost.mobilenode.movement;

import static dev.roost.mobilenode.movement.World.AWAY_A;
import static dev.roost.mobilenode.movement.World.AWAY_B;
import static dev.roost.mobilenode.movement.World.CARE_OF_A;
import static dev.roost.mobilenode.movement.World.CARE_OF_B;
import static dev.roost.mobilenode.movement.World.HA1;
import static dev.roost.mobilenode.movement.World.HA2;
import static dev.roost.mobilenode.movement.World.HA3;
import static dev.roost.mobilenode.movement.World.HOME_ADDRESS;
import static dev.roost.mobilenode.movement.World.acknowledgement;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.AlternateCareOfAddress;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingError;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingRefreshAdvice;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.MobilityAuthenticator;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.mobileip.PrefixInformation;
import dev.roost.mobileip.SequenceNumber;
import dev.roost.mobileip.UnknownMobilityMessage;
import dev.roost.mobilenode.linux.PacketReader;
import dev.roost.mobilenode.movement.World.Manner;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HomeRegistrationTest {
    @Test
    void tellsTheSequenceOfARegistrationStepByStep() {
        World world = World.bound();

        assertThat(world.eventKinds())
                .containsExactly(
                        "link-entered",
                        "care-of-address-configured",
                        "discovery-request-sent",
                        "discovery-reply-received",
                        "binding-update-sent",
                        "binding-acknowledgement-received",
                        "bound");
    }

    @Test
    void asksForAHomeRegistrationWithTheCareOfAddressAsSourceAndOption() {
        World world = World.bound();

        Effect.SendBindingUpdate update = world.last(Effect.SendBindingUpdate.class);
        assertThat(update.source()).isEqualTo(CARE_OF_A);
        assertThat(update.destination()).isEqualTo(HA1);
        assertThat(update.homeAddress()).isEqualTo(HOME_ADDRESS);
        assertThat(update.message().flags()).isEqualTo(BindingUpdate.ACKNOWLEDGE | BindingUpdate.HOME_REGISTRATION);
        assertThat(update.message().lifetime().toSeconds()).isEqualTo(600);
        assertThat(update.message().option(AlternateCareOfAddress.class))
                .contains(new AlternateCareOfAddress(CARE_OF_A));
    }

    @Test
    void setsTheLinkLocalFlagWhenTheHomeAddressEndsLikeTheLinkLocalAddress() {
        MobileNodeSettings base = World.settings();
        World world = new World(new MobileNodeSettings(
                base.linkLayerAddress(),
                Ipv6Address.parse("2001:db8:1::ff:fe00:99"),
                base.homePrefix(),
                Optional.empty(),
                base.lifetime(),
                Optional.empty(),
                Duration.ZERO));
        world.startOn(AWAY_A);

        world.runUntilEvent("binding-update-sent");

        assertThat(world.last(Effect.SendBindingUpdate.class).message().linkLocalAddressCompatibility())
                .isTrue();
    }

    @Test
    void repeatsWithNewSequenceNumbersAndThenTriesTheNextHomeAgent() {
        World world = new World();
        world.homeAgents.put(HA1, Manner.silent());
        world.startOn(AWAY_A);

        Effect.Event bound = world.runUntilEvent("bound");

        List<Duration> times = world.timesOf(Effect.SendBindingUpdate.class);
        assertThat(times.stream().map(time -> time.minus(times.get(0)).toMillis()))
                .containsExactly(0L, 1500L, 4500L, 10500L);
        List<Integer> sequences = world.bindingUpdatesTo(HA1).stream()
                .map(update -> update.message().sequenceNumber().value())
                .toList();
        assertThat(sequences)
                .containsExactly(sequences.get(0), (sequences.get(0) + 1) & 0xffff, (sequences.get(0) + 2) & 0xffff);
        assertThat(World.field(bound, "homeAgent")).isEqualTo(HA2.toString());
        assertThat(world.last(Effect.OpenTunnel.class).homeAgent()).isEqualTo(HA2);
    }

    @Test
    void leavesAHomeAgentThatHasDiedBeforeAShortBindingEnds() {
        World world = new World();
        world.homeAgents.put(
                HA1, update -> Optional.of(acknowledgement(0, update.message().sequenceNumber(), 40)));
        world.startOn(AWAY_A);
        world.runUntilEvent("bound");
        Instant boundAt = world.now();
        world.homeAgents.put(HA1, Manner.silent());
        world.forgetWhatWasSeen();

        Effect.Event bound = world.runUntilEvent("bound");

        assertThat(World.field(bound, "homeAgent")).isEqualTo(HA2.toString());
        assertThat(Duration.between(boundAt, world.now())).isLessThan(Duration.ofSeconds(40));
    }

    @Test
    void discoversAgainWhenTheWholeListFailed() {
        World world = new World();
        world.homeAgents.put(HA1, Manner.silent());
        world.homeAgents.put(HA2, Manner.silent());
        world.homeAgents.put(HA3, Manner.accept());
        world.startOn(AWAY_A);
        world.runUntilEvent("home-agent-given-up");
        world.discovery = () -> Optional.of(List.of(HA3));

        Effect.Event bound = world.runUntilEvent("bound");

        assertThat(World.field(bound, "homeAgent")).isEqualTo(HA3.toString());
        assertThat(world.all(Effect.SendDiscoveryRequest.class)).hasSize(2);
    }

    @Test
    void asksLessAndLessOftenWhenEveryHomeAgentRefusesAtOnce() {
        World world = new World();
        world.homeAgents.put(HA1, Manner.refuse(130));
        world.homeAgents.put(HA2, Manner.refuse(130));
        world.startOn(AWAY_A);

        world.runFor(Duration.ofSeconds(130));

        // Pauses of 1, 2, 4, 8, 16, 32 and 64 s lie between the rounds.
        assertThat(world.all(Effect.SendDiscoveryRequest.class)).hasSize(8);
    }

    @Test
    void staysWithAConfiguredHomeAgentAndRepeatsEvery32Seconds() {
        MobileNodeSettings base = World.settings();
        World world = new World(new MobileNodeSettings(
                base.linkLayerAddress(),
                base.homeAddress(),
                base.homePrefix(),
                Optional.of(HA1),
                base.lifetime(),
                Optional.empty(),
                Duration.ZERO));
        world.homeAgents.put(HA1, Manner.silent());
        world.startOn(AWAY_A);

        world.runFor(Duration.ofSeconds(150));

        List<Duration> times = world.timesOf(Effect.SendBindingUpdate.class);
        assertThat(times.stream().map(time -> time.minus(times.get(0)).toMillis()))
                .containsExactly(0L, 1500L, 4500L, 10500L, 22500L, 46500L, 78500L, 110500L, 142500L);
    }

    @Test
    void refreshesBefore95PercentOfTheLifetimeAndRepeatsAfterASecond() {
        World world = World.bound();
        Duration boundAt = world.timesOf(Effect.SendBindingUpdate.class).get(0);
        world.homeAgents.put(HA1, Manner.silent());
        world.forgetWhatWasSeen();

        world.runUntilEvent("binding-update-sent");
        world.runUntilEvent("binding-update-sent");

        List<Duration> times = world.timesOf(Effect.SendBindingUpdate.class);
        assertThat(times.get(0).minus(boundAt)).isBetween(Duration.ofSeconds(558), Duration.ofSeconds(570));
        assertThat(times.get(1).minus(times.get(0))).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void followsTheRefreshAdvice() {
        World world = new World();
        world.homeAgents.put(
                HA1,
                update -> Optional.of(BindingAcknowledgement.of(
                        BindingStatus.BINDING_UPDATE_ACCEPTED,
                        0,
                        update.message().sequenceNumber(),
                        update.message().lifetime(),
                        List.of(new BindingRefreshAdvice(BindingLifetime.atMost(Duration.ofMinutes(1)))))));
        world.startOn(AWAY_A);
        world.runUntilEvent("bound");

        world.runUntilEvent("bound");

        List<Duration> times = world.timesOf(Effect.SendBindingUpdate.class);
        assertThat(times.get(1).minus(times.get(0))).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void asksForNoMoreTimeThanItsCareOfAddressHas() {
        World world = new World();
        world.startOn(new World.Link(List.of(new World.Router(
                Ipv6Address.parse("fe80::a"),
                MacAddress.parse("02:00:00:00:0a:01"),
                1800,
                Duration.ofHours(1),
                false,
                0,
                List.of(new PrefixInformation(64, 0xc0, 100, 50, Ipv6Address.parse("2001:db8:3::")))))));

        world.runUntilEvent("bound");

        assertThat(world.last(Effect.SendBindingUpdate.class)
                        .message()
                        .lifetime()
                        .toSeconds())
                .isBetween(92, 99);
    }

    @Test
    void takesNoMoreLifetimeThanItAskedFor() {
        World world = new World();
        world.homeAgents.put(
                HA1, update -> Optional.of(acknowledgement(0, update.message().sequenceNumber(), 200_000)));
        world.startOn(AWAY_A);

        assertThat(World.field(world.runUntilEvent("bound"), "lifetime")).isEqualTo("600");
    }

    @Test
    void takesAnAcceptanceForNoTimeAsARefusal() {
        World world = new World();
        world.homeAgents.put(
                HA1, update -> Optional.of(acknowledgement(0, update.message().sequenceNumber(), 0)));
        world.startOn(AWAY_A);

        Effect.Event bound = world.runUntilEvent("bound");

        assertThat(World.field(bound, "homeAgent")).isEqualTo(HA2.toString());
        assertThat(world.bindingUpdatesTo(HA1)).hasSize(1);
    }

    @Test
    void believesOnlyTheHomeAgentItAskedItsSequenceNumberAndItsRoutingHeader() {
        World world = new World();
        world.homeAgents.put(HA1, Manner.silent());
        world.startOn(AWAY_A);
        world.runUntilEvent("binding-update-sent");
        SequenceNumber sequence =
                world.last(Effect.SendBindingUpdate.class).message().sequenceNumber();
        BindingAcknowledgement good = acknowledgement(0, sequence, 600);

        world.acknowledge(HA2, good);
        world.acknowledge(HA1, acknowledgement(0, sequence.next(), 600));
        world.acknowledge(HA1, CARE_OF_A, Optional.empty(), good);
        world.acknowledge(HA1, CARE_OF_A, Optional.of(HA3), good);
        world.acknowledge(HA1, CARE_OF_B, Optional.of(HOME_ADDRESS), good);
        assertThat(world.counts())
                .containsExactly(
                        "binding-acknowledgement-unexpected",
                        "binding-acknowledgement-sequence",
                        "binding-acknowledgement-misaddressed",
                        "binding-acknowledgement-misaddressed",
                        "binding-acknowledgement-misaddressed");
        assertThat(world.eventKinds()).doesNotContain("bound");

        world.acknowledge(HA1, good);
        assertThat(world.eventKinds()).contains("bound");
    }

    @Test
    void signsItsBindingUpdatesAndWantsTheAcknowledgementSigned() {
        MobilityAuthenticator association = new MobilityAuthenticator(256, new byte[16]);
        MobileNodeSettings base = World.settings();
        World world = new World(new MobileNodeSettings(
                base.linkLayerAddress(),
                base.homeAddress(),
                base.homePrefix(),
                Optional.empty(),
                base.lifetime(),
                Optional.of(association),
                Duration.ZERO));
        world.startOn(AWAY_A);

        world.runFor(Duration.ofSeconds(3));
        assertThat(association.verify(world.last(Effect.SendBindingUpdate.class).message(), CARE_OF_A, HOME_ADDRESS))
                .isTrue();
        assertThat(world.eventKinds())
                .contains("binding-acknowledgement-unauthenticated")
                .doesNotContain("bound");

        world.homeAgents.put(
                HA1,
                update -> Manner.accept()
                        .answer(update)
                        .map(answer -> association.sign(answer, CARE_OF_A, HOME_ADDRESS)));
        world.runUntilEvent("bound");
    }

    @Test
    void continuesAfterTheSequenceNumberThatTheHomeAgentHasSeen() {
        World world = new World();
        world.homeAgents.put(HA1, update -> {
            int sequence = update.message().sequenceNumber().value();
            boolean inWindow = sequence == 4712;
            return Optional.of(acknowledgement(
                    inWindow ? 0 : 135, new SequenceNumber(inWindow ? sequence : 4711), inWindow ? 600 : 0));
        });
        world.startOn(AWAY_A);

        Effect.Event bound = world.runUntilEvent("bound");

        assertThat(World.field(bound, "sequence")).isEqualTo("4712");
        List<Duration> times = world.timesOf(Effect.SendBindingUpdate.class);
        assertThat(times.get(1).minus(times.get(0))).isEqualTo(World.LATENCY.multipliedBy(2));
    }

    @Test
    void sendsNoMoreThanThreeBindingUpdatesASecondHoweverOftenItIsToldToResynchronise() {
        World world = World.bound();
        world.homeAgents.put(HA1, Manner.silent());
        world.runFor(Duration.ofSeconds(2));
        world.forgetWhatWasSeen();

        for (int i = 0; i < 500; i++) {
            world.acknowledge(HA1, acknowledgement(135, new SequenceNumber(i), 0));
            world.runFor(Duration.ofMillis(2));
        }

        assertThat(world.all(Effect.SendBindingUpdate.class)).hasSizeBetween(2, 3);
    }

    @Test
    void registersAgainAtOnceWhenTheHomeAgentHasLostTheBindingAndSaysSo() {
        World world = World.bound();
        world.forgetWhatWasSeen();

        world.acknowledge(HA1, acknowledgement(135, new SequenceNumber(7), 0));

        assertThat(world.last(Effect.SendBindingUpdate.class).destination()).isEqualTo(HA1);
        assertThat(world.last(Effect.SendBindingUpdate.class).message().sequenceNumber())
                .isEqualTo(new SequenceNumber(8));
    }

    @ParameterizedTest
    @ValueSource(ints = {130, 133})
    void movesToTheNextHomeAgentAtOnceWhenItsOwnSendsItAway(int status) {
        World world = World.bound();
        SequenceNumber last =
                world.last(Effect.SendBindingUpdate.class).message().sequenceNumber();
        world.forgetWhatWasSeen();

        world.acknowledge(HA1, acknowledgement(status, last.next(), 0));
        assertThat(world.all(Effect.SendBindingUpdate.class)).isEmpty();
        world.acknowledge(HA1, acknowledgement(status, last, 0));

        assertThat(world.last(Effect.SendBindingUpdate.class).destination()).isEqualTo(HA2);
        assertThat(world.all(Effect.OpenTunnel.class)).isEmpty();
        world.runUntilEvent("bound");
        assertThat(world.last(Effect.OpenTunnel.class)).isEqualTo(new Effect.OpenTunnel(CARE_OF_A, HA2));
    }

    @ParameterizedTest
    @ValueSource(ints = {130, 131, 133})
    void goesOnToTheNextHomeAgentAtOnceWhenTheFirstCannotServe(int status) {
        World world = new World();
        world.homeAgents.put(HA1, Manner.refuse(status));
        world.startOn(AWAY_A);

        world.runUntilEvent("bound");

        List<Duration> times = world.timesOf(Effect.SendBindingUpdate.class);
        assertThat(times.get(1).minus(times.get(0))).isLessThan(Duration.ofMillis(50));
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 129, 132, 134, 146, 174})
    void waitsBeforeItBothersTheNextHomeAgentWithWhatIsProbablyRefusedAgain(int status) {
        World world = new World();
        world.homeAgents.put(HA1, Manner.refuse(status));
        world.startOn(AWAY_A);

        world.runUntilEvent("bound");

        List<Duration> times = world.timesOf(Effect.SendBindingUpdate.class);
        assertThat(times.get(1).minus(times.get(0))).isGreaterThan(Duration.ofSeconds(1));
    }

    @Test
    void keepsItsHomeAgentOverAMovementAndTellsItTheNewCareOfAddress() {
        World world = World.bound();
        world.forgetWhatWasSeen();

        world.plugInto(AWAY_B);
        world.runUntilEvent("bound");

        assertThat(world.all(Effect.SendDiscoveryRequest.class)).isEmpty();
        assertThat(world.all(Effect.SendBindingUpdate.class)).hasSize(1);
        assertThat(world.last(Effect.SendBindingUpdate.class).destination()).isEqualTo(HA1);
        assertThat(world.last(Effect.SendBindingUpdate.class).source()).isEqualTo(CARE_OF_B);
    }

    @Test
    void registersAgainWhenTheHomeAgentSaysThatItHasNoBinding() {
        World world = World.bound();
        world.forgetWhatWasSeen();

        world.carryOut(world.node.onBindingError(
                world.now(),
                new PacketOrigin(World.macOf(HA1), HA1, CARE_OF_A),
                new BindingError(BindingError.UNKNOWN_BINDING, HOME_ADDRESS)));

        assertThat(world.bindingUpdatesTo(HA1)).hasSize(1);
    }

    @Test
    void answersAnUnknownMobilityMessageOfItsHomeAgentWithABindingErrorAndStays() {
        World world = World.bound();
        world.forgetWhatWasSeen();

        world.carryOut(
                world.node.onUnknownMobilityMessage(world.now(), new PacketOrigin(World.macOf(HA1), HA1, CARE_OF_A)));
        world.carryOut(
                world.node.onUnknownMobilityMessage(world.now(), new PacketOrigin(World.macOf(HA3), HA3, CARE_OF_A)));

        assertThat(world.all(Effect.SendBindingError.class)).hasSize(1);
        assertThat(world.last(Effect.SendBindingError.class).destination()).isEqualTo(HA1);
        assertThat(world.last(Effect.SendBindingError.class).status()).isEqualTo(2);
        assertThat(world.all(Effect.SendBindingUpdate.class)).isEmpty();
    }

    @Test
    void passesOverReturnRoutabilityWhichIsKnownThoughOfNoUse() {
        World world = World.bound();
        PacketReader reader = new PacketReader(World.NODE, world.node, reason -> {});

        for (int type = 1; type <= 5; type++) {
            boolean known = type <= 4;
            UnknownMobilityMessage message = new UnknownMobilityMessage(known ? type : 42, OpaqueBytes.zeros(10));
            EthernetFrame frame =
                    new EthernetFrame(World.NODE, World.macOf(HA1), Ipv6Packet.of(HA1, CARE_OF_A, message));
            world.forgetWhatWasSeen();
            reader.read(world.now(), ByteBuffer.wrap(frame.toBytes())).ifPresent(world::carryOut);

            assertThat(world.all(Effect.SendBindingError.class))
                    .as("answers to type " + message.type())
                    .hasSize(known ? 0 : 1);
        }
    }

    @Test
    void asksForTheHomePrefixesWhenTheAcknowledgementSaysThatItMust() {
        World world = new World();
        world.homeAgents.put(HA1, Manner.acceptWith(1));
        world.startOn(AWAY_A);
        world.runUntilEvent("bound");

        world.runFor(Duration.ofSeconds(10));
        List<Duration> times = world.timesOf(Effect.SendMobilePrefixSolicitation.class);
        assertThat(times.stream().map(time -> time.minus(times.get(0)).toSeconds()))
                .containsExactly(0L, 3L, 9L);
        int identifier = world.last(Effect.SendMobilePrefixSolicitation.class).identifier();
        world.advertisePrefixes(HA1, identifier, List.of(World.prefix("2001:db8:1::", 0xc0)));

        Effect.Event told = world.last(Effect.Event.class);
        assertThat(told.kind()).isEqualTo("home-prefixes-received");
        assertThat(World.field(told, "prefixes")).isEqualTo("2001:db8:1::/64=86400");
    }

    @Test
    void deregistersBeforeItEndsIfItShall() {
        World world = World.bound();
        world.homeAgents.put(HA1, Manner.accept());
        world.forgetWhatWasSeen();

        world.carryOut(world.node.onStop(world.now(), true));
        world.runFor(Duration.ofSeconds(5));

        assertThat(world.all(Effect.SendBindingUpdate.class)).hasSize(1);
        assertThat(world.last(Effect.SendBindingUpdate.class)
                        .message()
                        .lifetime()
                        .isZero())
                .isTrue();
        assertThat(world.all(Effect.Finished.class)).hasSize(1);
        assertThat(world.timesOf(Effect.Finished.class).get(0))
                .isEqualTo(world.timesOf(Effect.SendBindingUpdate.class).get(0).plus(World.LATENCY.multipliedBy(2)));
    }

    @Test
    void endsWithinThreeSecondsEvenIfNobodyAnswersItsFarewell() {
        World world = World.bound();
        world.homeAgents.put(HA1, Manner.silent());
        world.forgetWhatWasSeen();
        Duration stopped = Duration.between(World.START, world.now());

        world.carryOut(world.node.onStop(world.now(), true));
        world.runFor(Duration.ofSeconds(10));

        assertThat(world.timesOf(Effect.Finished.class)).containsExactly(stopped.plusSeconds(3));
    }

    @Test
    void decidesWithoutAlteringAnything() {
        World world = World.bound();
        Optional<Instant> before = world.node.nextDeadline();

        Decision decision = world.node.onLinkDown(world.now());

        assertThat(decision.changes()).isNotEmpty();
        assertThat(world.node.nextDeadline()).isEqualTo(before);
    }
}
