package dev.roost.mobilenode.movement;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Router solicitations: RFC 4861, 6.3.7, and RFC 7559 for what follows them when nobody answers, since a mobile node that fell
 * silent after three would stay off a link whose router starts later and advertises rarely.
 */
final class RouterSolicitation {
    static final Duration MAX_RTR_SOLICITATION_DELAY = Duration.ofSeconds(1);
    static final Duration RTR_SOLICITATION_INTERVAL = Duration.ofSeconds(4);
    static final int MAX_RTR_SOLICITATIONS = 3;
    /** RFC 7559, 2: MRT. */
    static final Duration MAX_INTERVAL = Duration.ofHours(1);

    private final MobileNodeSettings settings;
    private final RandomGenerator random;

    RouterSolicitation(MobileNodeSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    /** At the start: after a random delay, so that hosts powered up together do not ask together (RFC 4861, 6.3.7). */
    void begin(Step step) {
        beginAt(step, step.now().plus(Chance.upTo(MAX_RTR_SOLICITATION_DELAY, random)));
    }

    /** After the interface came up again or the router went away: at once, as RFC 6275, 11.5.1 wants a mobile node to find out. */
    void beginAtOnce(Step step) {
        beginAt(step, step.now());
    }

    /** A router has told its lifetime: enough. A router advertisement of a home agent that is no default router is not. */
    void end(Step step) {
        step.change(new Change.SolicitationChanged(SolicitationState.QUIET));
    }

    void advance(Step step) {
        SolicitationState state = step.state().solicitation();
        if (!step.state().link().up() || state.nextAt().filter(step::isDue).isEmpty()) {
            return;
        }
        step.effect(new Effect.SendRouterSolicitation(settings.linkLocalAddress()));
        Duration interval = state.sent() + 1 < MAX_RTR_SOLICITATIONS
                ? RTR_SOLICITATION_INTERVAL
                : Chance.shorterOf(state.interval().multipliedBy(2), MAX_INTERVAL);
        step.change(new Change.SolicitationChanged(
                new SolicitationState(Optional.of(step.now().plus(interval)), state.sent() + 1, interval)));
    }

    Optional<Instant> deadline(MobileNodeState state) {
        return state.link().up() ? state.solicitation().nextAt() : Optional.empty();
    }

    private static void beginAt(Step step, Instant first) {
        step.change(new Change.SolicitationChanged(
                new SolicitationState(Optional.of(first), 0, RTR_SOLICITATION_INTERVAL)));
    }
}
