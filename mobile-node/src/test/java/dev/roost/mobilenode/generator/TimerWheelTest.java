package dev.roost.mobilenode.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TimerWheelTest {
    private static final int NODES = 200;

    @Test
    void letsEveryTimerGoOffOnceNeverEarlyAndAtMostATickLate() {
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            long now = random.nextLong(1L << 40);
            TimerWheel wheel = new TimerWheel(NODES, now);
            Map<Integer, Long> expected = new HashMap<>();
            for (int step = 0; step < 3000; step++) {
                int node = random.nextInt(NODES);
                if (random.nextInt(4) == 0) {
                    wheel.clear(node);
                    expected.remove(node);
                } else {
                    // Up to 100 s: more than two turns of the wheel.
                    long due = now + random.nextLong(100_000_000_000L);
                    wheel.set(node, due);
                    expected.put(node, due);
                }
                now += random.nextLong(60_000_000);
                long at = now;
                String where = "seed " + seed + " step " + step;
                wheel.advance(now, fired -> {
                    Long due = expected.remove(fired);
                    assertThat(due).as(where).isNotNull().isLessThanOrEqualTo(at);
                });
                long late = now - 2 * TimerWheel.TICK_NANOS;
                assertThat(expected.values())
                        .as(where)
                        .allSatisfy(due -> assertThat(due).isGreaterThan(late));
            }
        }
    }
}
