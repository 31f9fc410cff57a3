package dev.roost.homeagent.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class RouterAdvertisementScheduleTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void advertisesAtOnceAndThenBetweenMinAndMaxRtrAdvInterval() {
        RouterAdvertisementSchedule schedule = schedule(Duration.ofSeconds(1));
        schedule.onStart(START);

        List<Instant> sent = run(schedule, START, START.plusSeconds(200));

        assertThat(sent.get(0)).isEqualTo(START);
        List<Duration> gaps = gaps(sent);
        assertThat(gaps).allSatisfy(gap -> assertThat(gap).isBetween(Duration.ofMillis(750), Duration.ofSeconds(1)));
        assertThat(gaps.stream().distinct().count()).isGreaterThan(100);
    }

    @Test
    void sendsItsFirstThreeAdvertisementsAtMostSixteenSecondsApart() {
        RouterAdvertisementSchedule schedule = schedule(Duration.ofMinutes(10));
        schedule.onStart(START);

        List<Duration> gaps = gaps(run(schedule, START, START.plusSeconds(3600)));

        assertThat(gaps.subList(0, 2)).containsOnly(Duration.ofSeconds(16));
        assertThat(gaps.subList(2, gaps.size()))
                .allSatisfy(gap -> assertThat(gap).isBetween(Duration.ofSeconds(198), Duration.ofMinutes(10)));
    }

    @Test
    void answersASolicitationWithinHalfASecondButNotSoonerThanThreeSecondsAfterTheLast() {
        for (int wait = 0; wait <= 5000; wait += 250) {
            RouterAdvertisementSchedule schedule = schedule(Duration.ofMinutes(10));
            schedule.onStart(START);
            schedule.onDeadline(START);
            Instant asked = START.plusMillis(wait);

            schedule.onRouterSolicitation(asked);

            Instant answer = schedule.nextDeadline().orElseThrow();
            assertThat(answer).isAfterOrEqualTo(START.plusSeconds(3));
            assertThat(answer).isAfterOrEqualTo(asked);
            assertThat(answer).isBeforeOrEqualTo(latest(START.plusSeconds(3), asked.plusMillis(500)));
        }
    }

    @Test
    void sendsNoMoreThanMinDelayBetweenRasAllowsHoweverManyAsk() {
        RouterAdvertisementSchedule schedule = schedule(Duration.ofMillis(70));
        schedule.onStart(START);
        List<Instant> sent = new ArrayList<>();

        for (Instant now = START; now.isBefore(START.plusSeconds(10)); now = now.plusMillis(1)) {
            schedule.onRouterSolicitation(now);
            if (schedule.onDeadline(now)) {
                sent.add(now);
            }
        }

        assertThat(gaps(sent)).allSatisfy(gap -> assertThat(gap).isGreaterThanOrEqualTo(Duration.ofNanos(52_500_000)));
        assertThat(sent.size()).isGreaterThan(10_000 / 72);
    }

    @Test
    void ceasesWithThreeAdvertisementsWithinASecondAndThenFallsSilent() {
        RouterAdvertisementSchedule schedule = schedule(Duration.ofMinutes(10));
        schedule.onStart(START);
        schedule.onDeadline(START);
        Instant stop = START.plusSeconds(1);

        schedule.onStop(stop);
        schedule.onStop(stop);
        schedule.onRouterSolicitation(stop);

        assertThat(run(schedule, stop, stop.plusSeconds(3600)))
                .containsExactly(stop, stop.plusMillis(100), stop.plusMillis(200));
        assertThat(schedule.isCeasing()).isTrue();
        assertThat(schedule.nextDeadline()).isEmpty();
    }

    @Test
    void refusesAnIntervalBelowTheLimitOfMobileIpv6() {
        assertThatThrownBy(() -> RouterAdvertisementTimers.of(Duration.ofMillis(69)))
                .hasMessageContaining("MaxRtrAdvInterval below 0.07 s");
    }

    private static RouterAdvertisementSchedule schedule(Duration interval) {
        return new RouterAdvertisementSchedule(RouterAdvertisementTimers.of(interval), new SplittableRandom(42));
    }

    private static List<Instant> run(RouterAdvertisementSchedule schedule, Instant from, Instant to) {
        List<Instant> sent = new ArrayList<>();
        while (schedule.nextDeadline().isPresent()
                && !schedule.nextDeadline().orElseThrow().isAfter(to)) {
            Instant now = latest(from, schedule.nextDeadline().orElseThrow());
            assertThat(schedule.onDeadline(now.minusNanos(1))).isFalse();
            assertThat(schedule.onDeadline(now)).isTrue();
            sent.add(now);
        }
        return sent;
    }

    private static List<Duration> gaps(List<Instant> instants) {
        List<Duration> gaps = new ArrayList<>();
        for (int i = 1; i < instants.size(); i++) {
            gaps.add(Duration.between(instants.get(i - 1), instants.get(i)));
        }
        return gaps;
    }

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
