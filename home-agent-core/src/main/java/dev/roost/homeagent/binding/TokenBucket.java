package dev.roost.homeagent.binding;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Lets {@code burst} through at once and {@code perSecond} over time (RFC 4443, 2.4 (f)). Soft: never journalled. */
final class TokenBucket {
    private final double perSecond;
    private final double burst;
    private double tokens;
    private Optional<Instant> filledAt = Optional.empty();

    TokenBucket(double perSecond, double burst) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.tokens = burst;
    }

    /** Whether one more may pass now; takes a token if so. */
    boolean tryTake(Instant now) {
        if (filledAt.isPresent()) {
            double seconds = Duration.between(filledAt.orElseThrow(), now).toNanos() / 1e9;
            tokens = Math.min(burst, tokens + Math.max(0, seconds) * perSecond);
        }
        filledAt = Optional.of(now);
        if (tokens < 1) {
            return false;
        }
        tokens -= 1;
        return true;
    }
}
