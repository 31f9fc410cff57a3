package dev.roost.delegation;

import static dev.roost.delegation.PrimaryLab.CONTROLLER;
import static dev.roost.delegation.PrimaryLab.F1;
import static dev.roost.delegation.PrimaryLab.F2;
import static dev.roost.delegation.PrimaryLab.GRACE;
import static dev.roost.delegation.PrimaryLab.SELF;
import static dev.roost.delegation.PrimaryLab.careOf;
import static dev.roost.delegation.PrimaryLab.home;
import static dev.roost.delegation.PrimaryLab.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.delegation.DelegationEffect.Announce;
import dev.roost.delegation.DelegationEffect.PeerChanged;
import dev.roost.delegation.DelegationEffect.RefuseRegistration;
import dev.roost.delegation.DelegationEffect.SendMessage;
import dev.roost.delegation.ForwardingMessage.DelegationOrder;
import dev.roost.delegation.ForwardingMessage.DelegationOrderAcknowledgement;
import dev.roost.delegation.ForwardingMessage.ForwarderReport;
import dev.roost.delegation.ForwardingMessage.StartForwarding;
import dev.roost.delegation.ForwardingMessage.StopForwarding;
import dev.roost.delegation.PrimarySettings.Mode;
import dev.roost.delegation.PrimarySettings.Policy;
import dev.roost.mobileip.Ipv6Address;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PrimaryTest {
    private final PrimaryLab strict = new PrimaryLab(settings(Mode.STRICT, Policy.EQUAL, true, F1, F2));
    private final PrimaryLab late = new PrimaryLab(settings(Mode.LATE, Policy.NONE, true, F1, F2));

    private static void order(PrimaryLab lab, Ipv6Address forwarder, long number) {
        lab.take(
                lab.primary.onMessage(lab.now, CONTROLLER, 1, new DelegationOrder(number, home(1), forwarder, number)));
    }

    /** Registered, delegated to F1 and at rest. */
    private static void delegate(PrimaryLab lab) {
        lab.register(1, 1);
        order(lab, F1, 1);
        lab.agree();
        lab.pass(GRACE);
        assertThat(lab.state(1)).isEqualTo(Delegation.State.DELEGATED);
        lab.effects.clear();
    }

    @Test
    void strictModeAdmitsARegistrationWhenASecondaryHasAgreed() {
        strict.register(1, 1);
        assertThat(strict.admitted(1)).isFalse();
        SendMessage start = strict.sent.get(0);
        assertThat(start.peer()).isEqualTo(F1);
        assertThat(start.message()).isInstanceOfSatisfying(StartForwarding.class, message -> {
            assertThat(message.careOfAddress()).isEqualTo(careOf(1));
            assertThat(message.tunnelSource()).isEqualTo(SELF);
            assertThat(message.durationSeconds()).isEqualTo(600);
        });

        strict.answer(DelegationStatus.ACCEPTED);

        assertThat(strict.admitted(1)).isTrue();
        assertThat(strict.primary.role(home(1)))
                .as("until the switch is known to steer")
                .isEqualTo(TunnelRole.FULL);
        assertThat(strict.answer(DelegationStatus.ACCEPTED))
                .isInstanceOfSatisfying(
                        ForwarderReport.class,
                        report -> assertThat(report.forwarder()).isEqualTo(F1));
        strict.pass(GRACE.minusMillis(1));
        assertThat(strict.primary.role(home(1))).isEqualTo(TunnelRole.FULL);
        strict.pass(Duration.ofMillis(1));
        assertThat(strict.primary.role(home(1))).isEqualTo(TunnelRole.RECEIVE_ONLY);
        assertThat(strict.state(1)).isEqualTo(Delegation.State.DELEGATED);
    }

    @Test
    void strictModeAsksTheNextAfterARefusalAndForwardsItselfAfterTheLast() {
        strict.register(1, 1);
        strict.answer(DelegationStatus.INSUFFICIENT_RESOURCES);
        assertThat(strict.next())
                .isEqualTo(new SendMessage(F1, new StopForwarding(4, home(1), epoch(strict) - 1, Optional.empty())));
        assertThat(strict.sent.get(0).peer()).isEqualTo(F2);
        assertThat(strict.admitted(1)).isFalse();

        strict.answer(DelegationStatus.REFUSED);

        assertThat(strict.admitted(1)).isTrue();
        assertThat(strict.holder(1)).isEqualTo(SELF);
        assertThat(strict.primary.role(home(1))).isEqualTo(TunnelRole.FULL);
    }

    private static long epoch(PrimaryLab lab) {
        return lab.primary.delegation(home(1)).orElseThrow().epoch();
    }

    @Test
    void requestsAreRepeatedFourTimesAndGivenUpAfterThreeSeconds() {
        strict.register(1, 1);
        List<Long> at = new ArrayList<>();
        long begun = strict.now.toEpochMilli();
        for (int i = 0; i < 310; i++) {
            strict.pass(Duration.ofMillis(10));
            while (!strict.sent.isEmpty()) {
                SendMessage send = strict.next();
                if (send.peer().equals(F1) && send.message() instanceof StartForwarding) {
                    at.add(strict.now.toEpochMilli() - begun);
                }
            }
        }

        assertThat(at).containsExactly(0L + 10, 100L, 300L, 700L, 1500L);
        assertThat(strict.primary.delegation(home(1)).orElseThrow().progress().candidate())
                .contains(F2);
        assertThat(strict.count(DelegationCounter.DELEGATIONS_UNANSWERED)).isEqualTo(1);
    }

    @Test
    void aRepeatedBindingUpdateKeepsThePaceOfTheFirst() {
        strict.register(1, 1);
        for (int i = 0; i < 3; i++) {
            strict.pass(Duration.ofSeconds(1));
            strict.register(1, 1);
        }
        strict.pass(Duration.ofMillis(100));

        assertThat(strict.primary.delegation(home(1)).orElseThrow().progress().candidate())
                .as("the first secondary was given up after 3.1 s")
                .contains(F2);
    }

    @Test
    void lateModeAdmitsAtOnceAndStopsItsOwnTunnelOnlyAfterTheReport() {
        late.register(1, 1);
        assertThat(late.admitted(1)).isTrue();
        assertThat(late.sent).isEmpty();
        order(late, F1, 7);
        assertThat(late.sent.get(1))
                .isEqualTo(new SendMessage(
                        CONTROLLER,
                        new DelegationOrderAcknowledgement(7, DelegationStatus.ACCEPTED, home(1), epoch(late))));

        late.answer(DelegationStatus.ACCEPTED);
        late.sent.removeIf(send -> send.message() instanceof DelegationOrderAcknowledgement);
        late.pass(Duration.ofMinutes(5));

        assertThat(late.primary.role(home(1))).as("the controller is silent").isEqualTo(TunnelRole.FULL);
        assertThat(late.sent).hasSizeGreaterThan(60).allMatch(send -> send.message() instanceof ForwarderReport);
        late.answer(DelegationStatus.ACCEPTED);
        late.pass(GRACE);
        assertThat(late.primary.role(home(1))).isEqualTo(TunnelRole.RECEIVE_ONLY);
    }

    @Test
    void withoutAControllerTheGracePeriodBeginsAtOnce() {
        PrimaryLab alone = new PrimaryLab(settings(Mode.LATE, Policy.NONE, false, F1));
        alone.register(1, 1);
        assertThat(alone.primary.delegate(alone.now, home(1), F1).status()).isEqualTo(DelegationStatus.ACCEPTED);
        alone.take(alone.primary.delegate(alone.now, home(1), F1).decision());
        alone.agree();
        assertThat(alone.state(1)).isEqualTo(Delegation.State.SETTLING);
        alone.pass(GRACE);
        assertThat(alone.state(1)).isEqualTo(Delegation.State.DELEGATED);
    }

    @Test
    void whoForwardedGetsItsStopAfterTheNextOneIsSteeredTo() {
        delegate(late);
        order(late, F2, 2);
        late.answer(DelegationStatus.ACCEPTED);
        late.next();
        assertThat(late.holder(1)).isEqualTo(F2);
        late.pass(Duration.ofSeconds(1));
        assertThat(late.sent).noneMatch(send -> send.message() instanceof StopForwarding);
        late.answer(DelegationStatus.ACCEPTED);
        late.sent.clear();

        late.pass(GRACE);

        assertThat(late.sent.get(0).peer()).isEqualTo(F1);
        assertThat(late.answer(DelegationStatus.ACCEPTED)).isInstanceOf(StopForwarding.class);
        assertThat(late.primary.delegation(home(1)).orElseThrow().others()).isEmpty();
    }

    @Test
    void anOrderThatFailsIsToldWithItsReasonAndAltersNothing() {
        delegate(late);
        order(late, F2, 2);
        late.answer(DelegationStatus.INSUFFICIENT_RESOURCES);

        assertThat(late.holder(1)).isEqualTo(F1);
        assertThat(late.sent)
                .anyMatch(send -> send.message() instanceof ForwarderReport report
                        && report.status() == DelegationStatus.INSUFFICIENT_RESOURCES
                        && report.forwarder().equals(F1));
        late.agree();
        assertThat(late.state(1)).isEqualTo(Delegation.State.DELEGATED);
    }

    @Test
    void ofTwoOrdersTheHigherNumberHoldsInWhateverOrderTheyCome() {
        late.register(1, 1);
        order(late, F2, 9);
        order(late, F1, 8);

        assertThat(late.sent.get(late.sent.size() - 1).message())
                .isEqualTo(new DelegationOrderAcknowledgement(8, DelegationStatus.SUPERSEDED, home(1), 9));
        late.agree();
        assertThat(late.holder(1)).isEqualTo(F2);
    }

    @Test
    void ordersThatCannotBeCarriedOutAreRefusedWithTheirReason() {
        Ipv6Address unlisted = Ipv6Address.parse("2001:db8:1::77");
        order(late, F1, 1);
        assertThat(late.next().message())
                .isEqualTo(new DelegationOrderAcknowledgement(1, DelegationStatus.UNKNOWN_BINDING, home(1), 0));
        late.register(1, 1);
        order(late, unlisted, 2);
        assertThat(((DelegationOrderAcknowledgement) late.next().message()).status())
                .isEqualTo(DelegationStatus.UNKNOWN_FORWARDER);
        late.take(late.primary.onMessage(late.now, F2, 1, new DelegationOrder(3, home(1), F1, 3)));
        assertThat(((DelegationOrderAcknowledgement) late.next().message()).status())
                .as("not from the controller")
                .isEqualTo(DelegationStatus.REFUSED);
        late.take(late.primary.onRegistration(
                late.now,
                new Registration(home(1), careOf(1), late.now.toEpochMilli() + 9000, late.now.toEpochMilli(), false)));
        order(late, F1, 4);
        assertThat(((DelegationOrderAcknowledgement) late.next().message()).status())
                .isEqualTo(DelegationStatus.NOT_DELEGABLE);
        assertThat(late.holder(1)).isEqualTo(SELF);
    }

    @Test
    void anOrderThatNamesNobodyIsAnsweredByAReportAndAltersNothing() {
        delegate(late);
        order(late, Ipv6Address.UNSPECIFIED, 0);

        assertThat(late.next().message())
                .isInstanceOfSatisfying(
                        ForwarderReport.class,
                        report -> assertThat(report.forwarder()).isEqualTo(F1));
        late.agree();
        assertThat(late.holder(1)).isEqualTo(F1);
    }

    @Test
    void takingBackTunnelsAtOnceAndAnnouncesThreeTimes() {
        delegate(late);
        order(late, SELF, 2);

        assertThat(late.primary.role(home(1))).isEqualTo(TunnelRole.FULL);
        late.agree();
        late.pass(Duration.ofSeconds(10));
        assertThat(late.effects.stream().filter(new Announce(home(1))::equals)).hasSize(3);
        late.agree();
        assertThat(late.state(1)).isEqualTo(Delegation.State.OWN);
        assertThat(late.primary.snapshot()).isEmpty();
    }

    @Test
    void aNewCareOfAddressAndANewLifetimeGoToTheForwarder() {
        delegate(late);
        late.pass(Duration.ofSeconds(100));
        late.register(1, 2);

        StartForwarding update = (StartForwarding) late.answer(DelegationStatus.ACCEPTED);
        assertThat(update.careOfAddress()).isEqualTo(careOf(2));
        assertThat(update.durationSeconds()).isEqualTo(600);
        assertThat(late.holder(1)).isEqualTo(F1);
        assertThat(late.sent).as("switches need not hear of it").isEmpty();
    }

    @Test
    void strictModeAcknowledgesARefreshAfterTheForwarderHas() {
        strict.register(1, 1);
        strict.agree();
        strict.pass(Duration.ofSeconds(100));
        strict.effects.clear();
        strict.register(1, 1);
        assertThat(strict.admitted(1)).isFalse();
        strict.answer(DelegationStatus.ACCEPTED);
        assertThat(strict.admitted(1)).isTrue();
    }

    @Test
    void aForwarderThatRefusesAnUpdateIsTakenBackFrom() {
        delegate(late);
        late.register(1, 2);
        late.answer(DelegationStatus.CARE_OF_ADDRESS);

        assertThat(late.holder(1)).isEqualTo(SELF);
        assertThat(late.primary.role(home(1))).isEqualTo(TunnelRole.FULL);
    }

    @Test
    void aReleaseStopsEverybodyWhoMayForwardAndIsThenForgotten() {
        delegate(late);
        order(late, F2, 2);
        late.sent.clear();
        late.take(late.primary.onRelease(late.now, home(1)));

        assertThat(late.sent).extracting(SendMessage::peer).containsExactlyInAnyOrder(F1, F2);
        assertThat(late.sent).allMatch(send -> send.message() instanceof StopForwarding);
        late.agree();
        assertThat(late.primary.size()).isZero();
        assertThat(late.primary.nextDeadline().orElseThrow()).as("but Hello").isAfter(late.now);
    }

    @Test
    void aReleaseThatNobodyAnswersIsForgottenAllTheSame() {
        delegate(late);
        late.take(late.primary.onRelease(late.now, home(1)));
        late.pass(Duration.ofMillis(3100));
        assertThat(late.primary.size()).isZero();
        assertThat(late.count(DelegationCounter.REQUESTS_UNANSWERED)).isEqualTo(1);
    }

    /**
     * <pre>
     *   P                                    controller
     *   | Report (H, F1) ---------------.    |
     *   | released, registered again    |    |
     *   |                               `--->|  steers to F1, which has stopped
     *   | Report (H, P), newer epoch ------->|  steers to P
     * </pre>
     */
    @Test
    void aMobileNodeThatComesBackIsReportedSinceAnOlderReportMayStillBeUnderWay() {
        late.register(1, 1);
        order(late, F1, 1);
        late.answer(DelegationStatus.ACCEPTED);
        late.next();
        ForwarderReport underWay = (ForwarderReport) late.next().message();
        late.take(late.primary.onRelease(late.now, home(1)));
        late.agree();
        assertThat(late.primary.size()).isZero();

        late.register(1, 1);

        ForwarderReport report = (ForwarderReport) late.next().message();
        assertThat(report.forwarder()).isEqualTo(SELF);
        assertThat(report.epoch()).isGreaterThan(underWay.epoch());
    }

    @Test
    void whatASilentSecondaryHoldsIsTakenBack() {
        delegate(late);
        late.up.remove(F1);
        late.pass(Duration.ofSeconds(4));

        assertThat(late.effects).contains(new PeerChanged(F1, PeerChanged.State.SILENT));
        assertThat(late.holder(1)).isEqualTo(SELF);
        assertThat(late.primary.role(home(1))).isEqualTo(TunnelRole.FULL);
    }

    @Test
    void aSecondaryThatBeganAnewWithLessIsGivenItsMobileNodesAgain() {
        delegate(late);
        late.entries.put(F1, 1);
        late.pass(Duration.ofSeconds(2));
        late.sessions.put(F1, 2L);
        late.pass(Duration.ofSeconds(2));
        assertThat(late.sent).as("it has kept them").isEmpty();

        late.sessions.put(F1, 3L);
        late.entries.put(F1, 0);
        late.pass(Duration.ofSeconds(2));

        assertThat(late.sent.get(0).message()).isInstanceOf(StartForwarding.class);
        assertThat(late.effects).contains(new PeerChanged(F1, PeerChanged.State.RESTARTED));
    }

    @Test
    void silentSecondariesAreNotChosen() {
        strict.up.remove(F1);
        strict.pass(Duration.ofSeconds(5));
        strict.register(1, 1);
        assertThat(strict.next().peer()).isEqualTo(F2);
    }

    @Test
    void aReportOfAForwarderThatTheControllerDoesNotKnowIsTakenBack() {
        late.register(1, 1);
        order(late, F1, 1);
        late.answer(DelegationStatus.ACCEPTED);
        late.next();
        late.answer(DelegationStatus.UNKNOWN_FORWARDER);
        assertThat(late.holder(1)).isEqualTo(SELF);
    }

    @Test
    void aReportThatIsSupersededIsSaidAgainWithANewerEpoch() {
        late.register(1, 1);
        order(late, F1, 1);
        late.answer(DelegationStatus.ACCEPTED);
        late.next();
        ForwarderReport report = (ForwarderReport) late.next().message();
        late.take(late.primary.onMessage(late.now, CONTROLLER, 1, (ForwardingMessage)
                report.acknowledge(DelegationStatus.SUPERSEDED, report.epoch() + 50)));
        late.pass(Duration.ofMillis(100));

        assertThat(((ForwarderReport) late.next().message()).epoch()).isEqualTo(report.epoch() + 51);
    }

    @Test
    void equalSharesCountThePrimaryInLateMode() {
        PrimaryLab lab = new PrimaryLab(settings(Mode.LATE, Policy.EQUAL, true, F1, F2));
        for (int i = 0; i < 30; i++) {
            lab.register(i, i + 1);
        }
        assertThat(lab.primary.heldBy(SELF)).isEqualTo(10);
        assertThat(lab.primary.heldBy(F1)).isEqualTo(10);
        assertThat(lab.primary.heldBy(F2)).isEqualTo(10);
    }

    @Test
    void secondariesThatAreAddedGetTheirShareOfThoseWhoAreRegistered() {
        PrimaryLab lab = new PrimaryLab(settings(Mode.LATE, Policy.EQUAL, true, F1));
        for (int i = 0; i < 30; i++) {
            lab.register(i, i + 1);
        }
        settle(lab);

        lab.take(lab.primary.reconfigure(lab.now, settings(Mode.LATE, Policy.EQUAL, true, F1, F2)));
        settle(lab);

        assertThat(lab.primary.heldBy(SELF)).isEqualTo(10);
        assertThat(lab.primary.heldBy(F1)).isEqualTo(10);
        assertThat(lab.primary.heldBy(F2)).isEqualTo(10);

        lab.take(lab.primary.reconfigure(lab.now, settings(Mode.LATE, Policy.EQUAL, true, F1)));
        settle(lab);
        assertThat(lab.primary.heldBy(F2)).as("it is none any more").isZero();
        assertThat(lab.primary.heldBy(F1)).isEqualTo(15);
    }

    private static void settle(PrimaryLab lab) {
        for (int i = 0; i < 200; i++) {
            lab.agree();
            lab.pass(Duration.ofMillis(100));
        }
        lab.agree();
    }

    @Test
    void aPrimaryThatTransmitsMoreThanItsThresholdDelegatesUntilItTransmitsLessThanFourFifthsOfIt() {
        PrimaryLab lab = new PrimaryLab(settings(Mode.LATE, Policy.THRESHOLD, true, F1, F2));
        for (int i = 0; i < 20; i++) {
            lab.register(i, i + 1);
        }
        transmit(lab, 100);
        assertThat(lab.primary.heldBy(SELF)).as("not more than the threshold").isEqualTo(20);

        transmit(lab, 200);

        // 200 packets a second from 20; 80 are left with 8.
        assertThat(lab.primary.heldBy(SELF)).isEqualTo(8);
        assertThat(lab.primary.heldBy(F1)).isEqualTo(6);
        assertThat(lab.primary.heldBy(F2)).isEqualTo(6);
    }

    private long transmitted;

    private void transmit(PrimaryLab lab, int packetsPerSecond) {
        if (transmitted == 0) {
            lab.take(lab.primary.onTransmitted(lab.now, 0));
        }
        lab.pass(Duration.ofSeconds(1));
        transmitted += packetsPerSecond;
        lab.take(lab.primary.onTransmitted(lab.now, transmitted));
    }

    @Test
    void evenSharesGoByWhatSecondariesTransmit() {
        PrimaryLab lab = new PrimaryLab(settings(Mode.STRICT, Policy.EVEN, true, F1, F2));
        for (int i = 0; i < 20; i++) {
            lab.register(i, i + 1);
        }
        settle(lab);
        for (int second = 0; second < 60; second++) {
            // Each mobile node of F1 receives 30 packets a second, each of F2 10.
            lab.packets.merge(F1, 30L * lab.primary.heldBy(F1), Long::sum);
            lab.packets.merge(F2, 10L * lab.primary.heldBy(F2), Long::sum);
            lab.pass(Duration.ofSeconds(1));
            lab.take(lab.primary.onTransmitted(lab.now, 0));
            lab.agree();
        }

        double one = 30.0 * lab.primary.heldBy(F1);
        double other = 10.0 * lab.primary.heldBy(F2);
        assertThat(Math.max(one, other) / ((one + other) / 2)).isLessThan(1.25);
    }

    @Test
    void aPrimaryWithoutADataPlaneRefusesWhatNobodyForwards() {
        PrimarySettings settings = new PrimarySettings(
                SELF,
                PrimaryLab.PREFIX,
                Mode.STRICT,
                List.of(F2, F1),
                Optional.of(SELF),
                Policy.LISTED,
                1,
                PrimarySettings.OuterSource.PRIMARY,
                GRACE,
                false,
                10);
        PrimaryLab lab = new PrimaryLab(settings);
        lab.register(1, 1);
        assertThat(lab.sent.get(0).peer()).as("as listed").isEqualTo(F2);
        lab.answer(DelegationStatus.REFUSED);
        lab.next();
        assertThat(lab.sent.get(0).peer()).isEqualTo(F1);
        lab.answer(DelegationStatus.REFUSED);

        assertThat(lab.effects).contains(new RefuseRegistration(home(1)));
        assertThat(lab.admitted(1)).isFalse();
        lab.agree();
        assertThat(lab.primary.size()).isZero();
    }

    @Test
    void aPrimaryWithoutADataPlaneGivesTheMobileNodesOfADeadForwarderToAnother() {
        PrimarySettings settings = new PrimarySettings(
                SELF,
                PrimaryLab.PREFIX,
                Mode.STRICT,
                List.of(F1, F2),
                Optional.of(SELF),
                Policy.LISTED,
                1,
                PrimarySettings.OuterSource.PRIMARY,
                GRACE,
                false,
                10);
        PrimaryLab lab = new PrimaryLab(settings);
        lab.register(1, 1);
        lab.agree();
        assertThat(lab.primary.role(home(1))).isEqualTo(TunnelRole.NONE);
        assertThat(lab.holder(1)).isEqualTo(F1);
        lab.up.remove(F1);
        lab.pass(Duration.ofSeconds(4));
        lab.agree();
        assertThat(lab.holder(1)).isEqualTo(F2);
    }

    @Test
    void beyondTheLimitMobileNodesAreServedAndNotDelegated() {
        PrimarySettings settings = PrimarySettings.of(SELF, PrimaryLab.PREFIX);
        PrimaryLab lab = new PrimaryLab(new PrimarySettings(
                SELF,
                PrimaryLab.PREFIX,
                Mode.LATE,
                List.of(),
                Optional.empty(),
                Policy.NONE,
                1,
                settings.outerSource(),
                GRACE,
                true,
                1));
        lab.register(1, 1);
        lab.register(2, 2);
        assertThat(lab.admitted(2)).isTrue();
        assertThat(lab.primary.role(home(2))).isEqualTo(TunnelRole.FULL);
        assertThat(lab.primary.size()).isEqualTo(1);
        assertThat(lab.count(DelegationCounter.NOT_DELEGATED_TABLE_FULL)).isEqualTo(1);
    }

    @Test
    void aRestartGoesOnWhereItWas() {
        late.register(1, 1);
        order(late, F1, 1);
        late.answer(DelegationStatus.ACCEPTED);
        Primary reborn = new Primary(settings(Mode.LATE, Policy.NONE, true, F1, F2), new Identifiers());
        for (DelegationChange change : late.changes) {
            if (change.durable()) {
                ByteBuffer octets = ByteBuffer.allocate(DelegationChangeCodec.MAX_CHANGE_BYTES);
                DelegationChangeCodec.write(change, octets);
                octets.flip();
                reborn.apply((DelegationChange.OfPrimary) DelegationChangeCodec.read(octets.get(), octets, 0));
            }
        }
        Registration registration =
                late.primary.delegation(home(1)).orElseThrow().registration().orElseThrow();

        DelegationDecision decision = reborn.onRestart(late.now, List.of(registration));

        assertThat(decision.effects())
                .anyMatch(effect -> effect instanceof SendMessage send
                        && send.message() instanceof ForwarderReport report
                        && report.forwarder().equals(F1));
        decision.changes().forEach(change -> reborn.apply((DelegationChange.OfPrimary) change));
        assertThat(reborn.role(home(1))).as("F1 was not reported yet").isEqualTo(TunnelRole.FULL);
        assertThat(reborn.delegation(home(1)).orElseThrow().others()).containsExactly(SELF);
    }

    @Test
    void aRestartWithoutTheRegistrationStopsWhoWasForwarding() {
        delegate(late);
        Primary reborn = new Primary(settings(Mode.LATE, Policy.NONE, true, F1, F2), new Identifiers());
        late.primary.snapshot().forEach(change -> reborn.apply((DelegationChange.OfPrimary) change));

        DelegationDecision decision = reborn.onRestart(late.now, List.of());

        assertThat(decision.effects())
                .anyMatch(effect -> effect instanceof SendMessage send
                        && send.peer().equals(F1)
                        && send.message() instanceof StopForwarding);
    }

    @Test
    void anAcknowledgementOfNothingOrFromSomebodyElseIsCounted() {
        late.register(1, 1);
        order(late, F1, 1);
        SendMessage start = late.next();
        ForwardingMessage.Request request = (ForwardingMessage.Request) start.message();
        ForwardingMessage answer = request.acknowledge(DelegationStatus.ACCEPTED, request.epoch());

        late.take(late.primary.onMessage(late.now, F2, 1, answer));
        assertThat(late.state(1)).isEqualTo(Delegation.State.STARTING);
        late.take(late.primary.onMessage(late.now, F1, 1, answer));
        assertThat(late.state(1)).isEqualTo(Delegation.State.REPORTING);
        late.take(late.primary.onMessage(late.now, F1, 1, answer));
        assertThat(late.count(DelegationCounter.IGNORED_ACKNOWLEDGEMENT)).isEqualTo(2);
    }

    @Test
    void anotherSessionMakesItSayTheSameAgainAtOnceOncePerTurn() {
        late.register(1, 1);
        order(late, F1, 1);
        SendMessage start = late.next();
        late.sent.clear();
        ForwardingMessage answer =
                ((ForwardingMessage.Request) start.message()).acknowledge(DelegationStatus.SESSION, 0);

        late.take(late.primary.onMessage(late.now, F1, 1, answer));
        late.take(late.primary.onMessage(late.now, F1, 1, answer));

        assertThat(late.sent).containsExactly(start);
    }
}
