package dev.roost.delegation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.delegation.DelegationEffect.Announce;
import dev.roost.delegation.DelegationEffect.Count;
import dev.roost.delegation.DelegationEffect.SendMessage;
import dev.roost.delegation.ForwardingMessage.Request;
import dev.roost.delegation.ForwardingMessage.StartForwarding;
import dev.roost.delegation.ForwardingMessage.StartForwardingAcknowledgement;
import dev.roost.delegation.ForwardingMessage.StopForwarding;
import dev.roost.delegation.ForwardingMessage.StopForwardingAcknowledgement;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SecondaryTest {
    private static final Ipv6Prefix PREFIX = Ipv6Prefix.parse("2001:db8:1::/64");
    private static final Ipv6Address SELF = Ipv6Address.parse("2001:db8:1::12");
    private static final Ipv6Address PRIMARY = Ipv6Address.parse("2001:db8:1::11");
    private static final Ipv6Address OTHER_PRIMARY = Ipv6Address.parse("2001:db8:1::13");
    private static final Ipv6Address CONTROLLER = Ipv6Address.parse("2001:db8:1::fe");
    private static final Ipv6Address HOME_ADDRESS = Ipv6Address.parse("2001:db8:1::100");
    private static final Ipv6Address CARE_OF_ADDRESS = Ipv6Address.parse("2001:db8:3::5");

    private final Map<Ipv6Address, Long> bindings = new HashMap<>();
    private final SecondarySettings settings =
            new SecondarySettings(SELF, PREFIX, Set.of(SELF), Optional.of(CONTROLLER), 2);
    private final Secondary secondary = new Secondary(settings, this::refreshed);
    private final List<DelegationChange> journal = new ArrayList<>();
    private Instant now = Instant.ofEpochMilli(1_700_000_000_000L);

    private OptionalLong refreshed(Ipv6Address homeAddress) {
        Long millis = bindings.get(homeAddress);
        return millis == null ? OptionalLong.empty() : OptionalLong.of(millis);
    }

    private static StartForwarding start(long epoch) {
        return new StartForwarding(9, HOME_ADDRESS, CARE_OF_ADDRESS, PRIMARY, 41, epoch, 60);
    }

    private static StopForwarding stop(long epoch) {
        return new StopForwarding(10, HOME_ADDRESS, epoch, Optional.empty());
    }

    private List<DelegationEffect> take(DelegationDecision decision) {
        for (DelegationChange change : decision.changes()) {
            secondary.apply((DelegationChange.OfSecondary) change);
            journal.add(change);
        }
        return decision.effects();
    }

    private List<DelegationEffect> receive(Ipv6Address peer, Request request) {
        return take(secondary.onMessage(now, peer, request));
    }

    private DelegationStatus status(Ipv6Address peer, Request request) {
        return receive(peer, request).stream()
                .filter(SendMessage.class::isInstance)
                .map(effect -> ((ForwardingMessage.Acknowledgement) ((SendMessage) effect).message()).status())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void startsTunnelsAnnouncesAndAcknowledges() {
        List<DelegationEffect> effects = receive(PRIMARY, start(5));

        assertThat(effects)
                .containsExactly(
                        new Count(DelegationCounter.FORWARDING_STARTED),
                        new Announce(HOME_ADDRESS),
                        new SendMessage(
                                PRIMARY,
                                new StartForwardingAcknowledgement(9, DelegationStatus.ACCEPTED, HOME_ADDRESS, 5)));
        assertThat(secondary.entry(HOME_ADDRESS))
                .contains(new ForwardingEntry(
                        HOME_ADDRESS, PRIMARY, 5, CARE_OF_ADDRESS, PRIMARY, 41, now.toEpochMilli() + 60_000));
    }

    @Test
    void announcesAgainAfterOneSecondAndAfterThree() {
        receive(PRIMARY, start(5));
        List<Long> at = new ArrayList<>();
        Instant begun = now;
        while (secondary.nextDeadline().orElseThrow().isBefore(begun.plusSeconds(60))) {
            now = secondary.nextDeadline().orElseThrow();
            if (take(secondary.onDeadline(now)).contains(new Announce(HOME_ADDRESS))) {
                at.add(now.toEpochMilli() - begun.toEpochMilli());
            }
        }

        assertThat(at).containsExactly(1000L, 3000L);
    }

    @Test
    void endsByItselfWhenTheDurationIsOver() {
        receive(PRIMARY, start(5));
        now = now.plusSeconds(59);
        take(secondary.onDeadline(now));
        assertThat(secondary.entry(HOME_ADDRESS)).isPresent();

        now = now.plusSeconds(1);
        assertThat(take(secondary.onDeadline(now))).contains(new Count(DelegationCounter.FORWARDING_EXPIRED));

        assertThat(secondary.entry(HOME_ADDRESS)).isEmpty();
        assertThat(secondary.size()).isZero();
        assertThat(secondary.sizeFor(PRIMARY)).isZero();
    }

    @Test
    void theSameStartAgainAltersNothingAndIsAcknowledged() {
        receive(PRIMARY, start(5));
        assertThat(receive(PRIMARY, start(5))).doesNotContain(new Announce(HOME_ADDRESS));
        assertThat(secondary.size()).isEqualTo(1);
        assertThat(secondary.sizeFor(PRIMARY)).isEqualTo(1);
    }

    @Test
    void theNewerEpochHoldsWhoeverThePrimaryIs() {
        receive(PRIMARY, start(5));
        StartForwarding others = new StartForwarding(1, HOME_ADDRESS, CARE_OF_ADDRESS, OTHER_PRIMARY, 41, 4, 60);

        assertThat(receive(OTHER_PRIMARY, others))
                .containsExactly(
                        new Count(DelegationCounter.REFUSED_STALE_EPOCH),
                        new SendMessage(
                                OTHER_PRIMARY,
                                new StartForwardingAcknowledgement(1, DelegationStatus.STALE_EPOCH, HOME_ADDRESS, 5)));
        assertThat(status(
                        OTHER_PRIMARY, new StartForwarding(1, HOME_ADDRESS, CARE_OF_ADDRESS, OTHER_PRIMARY, 41, 6, 60)))
                .isEqualTo(DelegationStatus.ACCEPTED);
        assertThat(status(PRIMARY, start(5))).isEqualTo(DelegationStatus.STALE_EPOCH);
        assertThat(secondary.sizeFor(OTHER_PRIMARY)).isEqualTo(1);
        assertThat(secondary.sizeFor(PRIMARY)).isZero();
    }

    @Test
    void whatIsWrongInItselfIsRefusedWithItsReason() {
        Ipv6Address outside = Ipv6Address.parse("2001:db8:2::100");
        Map<StartForwarding, DelegationStatus> wrong = Map.of(
                new StartForwarding(1, HOME_ADDRESS, CARE_OF_ADDRESS, PRIMARY, 4, 5, 60),
                        DelegationStatus.ENCAPSULATION,
                new StartForwarding(1, outside, CARE_OF_ADDRESS, PRIMARY, 41, 5, 60), DelegationStatus.NOT_HOME_PREFIX,
                new StartForwarding(1, SELF, CARE_OF_ADDRESS, PRIMARY, 41, 5, 60), DelegationStatus.NOT_HOME_PREFIX,
                new StartForwarding(1, PREFIX.homeAgentsAnycast(), CARE_OF_ADDRESS, PRIMARY, 41, 5, 60),
                        DelegationStatus.NOT_HOME_PREFIX,
                new StartForwarding(1, HOME_ADDRESS, CARE_OF_ADDRESS, PRIMARY, 41, 5, 0),
                        DelegationStatus.ZERO_DURATION,
                new StartForwarding(1, HOME_ADDRESS, Ipv6Address.parse("fe80::5"), PRIMARY, 41, 5, 60),
                        DelegationStatus.CARE_OF_ADDRESS,
                new StartForwarding(1, HOME_ADDRESS, SELF, PRIMARY, 41, 5, 60), DelegationStatus.CARE_OF_ADDRESS,
                new StartForwarding(1, HOME_ADDRESS, CARE_OF_ADDRESS, outside, 41, 5, 60), DelegationStatus.REFUSED);

        wrong.forEach((start, status) ->
                assertThat(status(PRIMARY, start)).as("%s", start).isEqualTo(status));
        assertThat(journal).isEmpty();
    }

    @Test
    void atItsLimitItRefusesNewOnesAndUpdatesOldOnes() {
        receive(PRIMARY, start(5));
        receive(
                PRIMARY,
                new StartForwarding(1, Ipv6Address.parse("2001:db8:1::101"), CARE_OF_ADDRESS, PRIMARY, 41, 5, 60));

        assertThat(status(
                        PRIMARY,
                        new StartForwarding(
                                1, Ipv6Address.parse("2001:db8:1::102"), CARE_OF_ADDRESS, PRIMARY, 41, 5, 60)))
                .isEqualTo(DelegationStatus.INSUFFICIENT_RESOURCES);
        assertThat(status(PRIMARY, start(6))).isEqualTo(DelegationStatus.ACCEPTED);
    }

    @Test
    void stopsWhatItsPrimaryStarted() {
        receive(PRIMARY, start(5));

        assertThat(receive(PRIMARY, stop(5)))
                .containsExactly(
                        new Count(DelegationCounter.FORWARDING_STOPPED),
                        new SendMessage(
                                PRIMARY,
                                new StopForwardingAcknowledgement(10, DelegationStatus.ACCEPTED, HOME_ADDRESS, 5)));
        assertThat(secondary.entry(HOME_ADDRESS)).isEmpty();
        assertThat(status(PRIMARY, stop(5))).isEqualTo(DelegationStatus.ACCEPTED);
    }

    @Test
    void aStopOfAnOlderEpochOrOfAnotherPrimaryAltersNothing() {
        receive(PRIMARY, start(5));

        assertThat(receive(PRIMARY, stop(4)))
                .containsExactly(new SendMessage(
                        PRIMARY, new StopForwardingAcknowledgement(10, DelegationStatus.ACCEPTED, HOME_ADDRESS, 5)));
        assertThat(status(OTHER_PRIMARY, stop(9))).isEqualTo(DelegationStatus.ACCEPTED);
        assertThat(secondary.entry(HOME_ADDRESS)).isPresent();
    }

    /**
     * <pre>
     *   P                       F
     *   | Start, epoch 5 ---.   |
     *   | Stop, epoch 5  ---+-->|
     *   |                   `-->|  starts nothing
     * </pre>
     */
    @Test
    void aStartThatTheNetworkDeliversBehindItsStopStartsNothing() {
        receive(PRIMARY, stop(5));

        assertThat(status(PRIMARY, start(5))).isEqualTo(DelegationStatus.STALE_EPOCH);
        assertThat(secondary.entry(HOME_ADDRESS)).isEmpty();
        assertThat(status(PRIMARY, start(6))).isEqualTo(DelegationStatus.ACCEPTED);
    }

    @Test
    void onlyTheControllerStopsOnBehalfOfAPrimary() {
        receive(PRIMARY, start(5));
        StopForwarding onBehalf = new StopForwarding(1, HOME_ADDRESS, 5, Optional.of(PRIMARY));

        assertThat(status(OTHER_PRIMARY, onBehalf)).isEqualTo(DelegationStatus.REFUSED);
        assertThat(secondary.entry(HOME_ADDRESS)).isPresent();
        assertThat(status(CONTROLLER, onBehalf)).isEqualTo(DelegationStatus.ACCEPTED);
        assertThat(secondary.entry(HOME_ADDRESS)).isEmpty();
    }

    @Test
    void aLaterRegistrationHereIsNewerThanAnyEntry() {
        long registered = now.toEpochMilli();
        bindings.put(HOME_ADDRESS, registered);
        assertThat(status(PRIMARY, start(Epochs.of(registered - 1)))).isEqualTo(DelegationStatus.REFUSED);
        assertThat(status(PRIMARY, start(Epochs.of(registered) + 1))).isEqualTo(DelegationStatus.ACCEPTED);

        take(secondary.onLocalRegistration(HOME_ADDRESS, registered));
        assertThat(secondary.entry(HOME_ADDRESS))
                .as("the mobile node has gone on since")
                .isPresent();
        take(secondary.onLocalRegistration(HOME_ADDRESS, registered + 1));
        assertThat(secondary.entry(HOME_ADDRESS)).isEmpty();
    }

    @Test
    void entriesOutliveARestartAndThoseThatEndedMeanwhileDoNot() {
        receive(PRIMARY, start(5));
        StartForwarding brief =
                new StartForwarding(1, Ipv6Address.parse("2001:db8:1::101"), CARE_OF_ADDRESS, PRIMARY, 41, 5, 2);
        receive(PRIMARY, brief);
        Secondary reborn = new Secondary(settings, LocalBindings.NONE);
        for (DelegationChange change : secondary.snapshot()) {
            ByteBuffer octets = ByteBuffer.allocate(DelegationChangeCodec.MAX_CHANGE_BYTES);
            DelegationChangeCodec.write(change, octets);
            octets.flip();
            reborn.apply((DelegationChange.OfSecondary) DelegationChangeCodec.read(octets.get(), octets, 0));
        }

        DelegationDecision decision = reborn.onRestart(now.plusSeconds(3));
        decision.changes().forEach(change -> reborn.apply((DelegationChange.OfSecondary) change));

        assertThat(reborn.entries())
                .isEqualTo(List.of(secondary.entry(HOME_ADDRESS).orElseThrow()));
        assertThat(decision.effects()).contains(new Announce(HOME_ADDRESS));
    }
}
