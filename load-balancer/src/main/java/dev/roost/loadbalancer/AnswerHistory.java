package dev.roost.loadbalancer;

import java.util.Arrays;

/**
 * How many answers named one home agent first, as a sum over time: what was counted at any moment of the last two minutes
 * can be asked. So a count of bindings that was taken a while ago can be brought up to date with the answers given since.
 *
 * <p>A ring of sums at the end of each step of about a quarter of a second; an answer costs one addition.
 */
final class AnswerHistory {

    /** A step is 256 ms. */
    private static final int STEP_BITS = 8;

    private static final int STEPS = 512;
    private static final long[] NONE = {};

    /** The sum at the end of a step; where a step is ahead of {@link #newest}, of the round before. */
    private long[] sums = NONE;

    private long newest;
    private long sum;

    /** One more answer; times that go back count as the newest. */
    void answered(long nowMillis) {
        if (sums.length == 0) {
            sums = new long[STEPS];
        }
        advanceTo(nowMillis >> STEP_BITS);
        sum++;
        sums[place(newest)] = sum;
    }

    long sum() {
        return sum;
    }

    /** The sum as it was then; of times before the ring begins, as far back as it reaches. */
    long sumAt(long millis) {
        long step = millis >> STEP_BITS;
        if (step >= newest || sums.length == 0) {
            return sum;
        }
        long oldest = newest - STEPS + 1;
        return sums[place(Math.max(step, oldest))];
    }

    private void advanceTo(long step) {
        if (step <= newest) {
            return;
        }
        if (step - newest >= STEPS) {
            Arrays.fill(sums, sum);
        } else {
            for (long passed = newest + 1; passed <= step; passed++) {
                sums[place(passed)] = sum;
            }
        }
        newest = step;
    }

    private static int place(long step) {
        return (int) (step & (STEPS - 1));
    }
}
