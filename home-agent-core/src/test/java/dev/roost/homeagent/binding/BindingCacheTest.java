package dev.roost.homeagent.binding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.Ipv6Address;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The columns against an ordinary map: any sequence of calls gives the same answers. */
final class BindingCacheTest {
    private static final int STEPS = 200_000;
    /** Few enough that they come and go, and enough that the table grows several times. */
    private static final int ADDRESSES = 3000;

    @Test
    void behavesLikeAMapThatIsSortedByExpiry() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        BindingCache cache = new BindingCache(ADDRESSES);
        Map<Ipv6Address, Binding> model = new HashMap<>();
        for (int step = 0; step < STEPS; step++) {
            Ipv6Address home = new Ipv6Address(0x2001_0db8_0001_0000L, random.nextInt(ADDRESSES));
            // Phases that fill and phases that empty.
            if (random.nextInt(10) < (step / 20_000 % 2 == 0 ? 8 : 2)) {
                Binding binding = new Binding(
                        home,
                        new Ipv6Address(random.nextLong(), random.nextLong()),
                        random.nextInt(1 << 16),
                        4 * (1 + random.nextInt(65_535)),
                        random.nextInt(1000),
                        random.nextLong(),
                        random.nextBoolean());
                cache.put(binding);
                model.put(home, binding);
            } else {
                cache.remove(home);
                model.remove(home);
            }
            assertThat(cache.find(home)).as("seed %d", seed).isEqualTo(Optional.ofNullable(model.get(home)));
            assertThat(cache.size()).as("seed %d", seed).isEqualTo(model.size());
            if (step % 1000 == 0) {
                check(cache, model, random.nextInt(1000), "seed " + seed);
            }
        }
    }

    private static void check(BindingCache cache, Map<Ipv6Address, Binding> model, int nowMillis, String seed) {
        BindingSnapshot snapshot = cache.copy().sorted();
        assertThat(IntStream.range(0, snapshot.size()).mapToObj(snapshot::get))
                .as(seed)
                .containsExactlyElementsOf(model.values().stream()
                        .sorted(Comparator.comparing(Binding::homeAddress))
                        .toList());
        Ipv6Address bound = new Ipv6Address(0x2001_0db8_0001_0000L, nowMillis);
        assertThat(snapshot.ceiling(bound))
                .as(seed)
                .isEqualTo(model.keySet().stream()
                        .filter(home -> home.compareTo(bound) < 0)
                        .count());
        assertThat(cache.all()).as(seed).containsExactlyInAnyOrderElementsOf(model.values());
        assertThat(cache.nextExpiry())
                .as(seed)
                .isEqualTo(model.values().stream().map(Binding::expiresAt).min(Comparator.naturalOrder()));
        List<Binding> expired = new ArrayList<>(model.values());
        expired.removeIf(binding -> binding.expiresAtMillis() > nowMillis);
        Instant now = Instant.ofEpochMilli(nowMillis);
        assertThat(cache.expired(now, ADDRESSES)).as(seed).containsExactlyInAnyOrderElementsOf(expired);
        assertThat(cache.expired(now, 3)).as(seed).hasSize(Math.min(3, expired.size()));
        model.keySet().forEach(home -> assertThat(cache.contains(home)).as(seed).isTrue());
    }
}
