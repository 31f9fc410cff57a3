package dev.roost.homeagent.binding;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When this home agent advertises itself: routine 80 of a distributed home agent and RFC 4861, 6.2.
 *
 * <pre>
 *   state      trigger                     then
 *   silent     start                       advertise now; three times at most 16 s apart, then in random intervals
 *   running    deadline                    advertise; next one in Min..MaxRtrAdvInterval
 *   running    router solicitation         next one within 0.5 s, but not sooner than MinDelayBetweenRAs after the last
 *   running    stop                        ceasing: three final ones, 0.1 s apart
 *   ceasing    deadline, the third         finished: no deadline any more
 * </pre>
 *
 * <p>Solicitations are answered to all nodes, the usual case of RFC 4861, 6.2.6: one timer then bounds what any number of
 * solicitations can cause. Unlike bindings this state is soft and belongs to nobody else, so the methods alter it themselves.
 */
final class RouterAdvertisementSchedule {
    private final RouterAdvertisementTimers timers;
    private final RandomGenerator random;
    private Optional<Instant> next = Optional.empty();
    private Instant last = Instant.MIN;
    private int initialLeft = RouterAdvertisementTimers.MAX_INITIAL_RTR_ADVERTISEMENTS;
    private int finalLeft = RouterAdvertisementTimers.MAX_FINAL_RTR_ADVERTISEMENTS;
    private boolean ceasing;

    RouterAdvertisementSchedule(RouterAdvertisementTimers timers, RandomGenerator random) {
        this.timers = timers;
        this.random = random;
    }

    Optional<Instant> nextDeadline() {
        return next;
    }

    boolean isCeasing() {
        return ceasing;
    }

    void onStart(Instant now) {
        next = Optional.of(now);
    }

    /** The home agent is to vanish: whatever was scheduled gives way to the final advertisements. */
    void onStop(Instant now) {
        if (!ceasing) {
            ceasing = true;
            next = Optional.of(now);
        }
    }

    void onRouterSolicitation(Instant now) {
        if (ceasing || next.isEmpty()) {
            return;
        }
        Duration delay = Duration.ofNanos(random.nextLong(RouterAdvertisementTimers.MAX_RA_DELAY_TIME.toNanos() + 1));
        Instant answer = now.plus(delay);
        Instant allowed = last.equals(Instant.MIN) ? answer : last.plus(timers.minDelayBetweenRas());
        Instant wanted = answer.isAfter(allowed) ? answer : allowed;
        if (wanted.isBefore(next.orElseThrow())) {
            next = Optional.of(wanted);
        }
    }

    /** Whether an advertisement is due now; if so the next one is scheduled. */
    boolean onDeadline(Instant now) {
        if (next.isEmpty() || next.orElseThrow().isAfter(now)) {
            return false;
        }
        last = now;
        if (ceasing) {
            finalLeft--;
            next = finalLeft == 0 ? Optional.empty() : Optional.of(now.plus(RouterAdvertisementTimers.FINAL_INTERVAL));
        } else {
            next = Optional.of(now.plus(interval()));
        }
        return true;
    }

    private Duration interval() {
        long min = timers.minRtrAdvInterval().toNanos();
        long max = timers.maxRtrAdvInterval().toNanos();
        Duration interval = Duration.ofNanos(random.nextLong(min, max + 1));
        if (initialLeft > 1) {
            initialLeft--;
            Duration longest = RouterAdvertisementTimers.MAX_INITIAL_RTR_ADVERT_INTERVAL;
            return interval.compareTo(longest) > 0 ? longest : interval;
        }
        return interval;
    }
}
