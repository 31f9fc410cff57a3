package dev.roost.delegation;

import java.time.Instant;

/** Lets {@code burst} through at once and {@code perSecond} over time. Soft: never journalled. */
final class TokenBucket {
    private final double perSecond;
    private final double burst;
    private double tokens;
    private long filledAtMillis;

    TokenBucket(double perSecond, double burst) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.tokens = burst;
        this.filledAtMillis = Long.MIN_VALUE;
    }

    /** Whether one more may pass now; takes a token if so. */
    boolean tryTake(Instant now) {
        long nowMillis = now.toEpochMilli();
        if (filledAtMillis != Long.MIN_VALUE && nowMillis > filledAtMillis) {
            tokens = Math.min(burst, tokens + (nowMillis - filledAtMillis) * perSecond / 1000);
        }
        filledAtMillis = Math.max(filledAtMillis, nowMillis);
        if (tokens < 1) {
            return false;
        }
        tokens -= 1;
        return true;
    }
}
