package dev.roost.homeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.roost.homeagent.binding.Binding;
import dev.roost.homeagent.binding.BindingChange;
import dev.roost.homeagent.binding.BindingChange.BindingRegistered;
import dev.roost.homeagent.binding.BindingChange.BindingReleased;
import dev.roost.homeagent.binding.BindingChange.DetectionEnded;
import dev.roost.mobileip.Ipv6Address;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BindingStoreTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path directory;

    @Test
    void givesBackWhatIsDurableAndCountsTheTimeBetween() throws IOException {
        try (BindingStore store = open(NOW, new ArrayList<>())) {
            store.append(
                    NOW,
                    List.of(
                            registered(1, NOW.plusSeconds(600)),
                            new DetectionEnded(home(2)),
                            new BindingReleased(home(3), BindingReleased.Cause.EXPIRED)));
            store.append(NOW, List.of(new DetectionEnded(home(2))));
        }
        List<BindingChange> read = new ArrayList<>();
        Instant later = NOW.plusSeconds(100);
        open(later, read).close();

        assertThat(read)
                .containsExactly(
                        registered(1, NOW.plusSeconds(600)),
                        new BindingReleased(home(3), BindingReleased.Cause.EXPIRED));
    }

    @Test
    void losesOnlyTheBatchThatWasTorn() throws IOException {
        try (BindingStore store = open(NOW, new ArrayList<>())) {
            store.append(NOW, List.of(registered(1, NOW)));
            store.append(NOW, List.of(registered(2, NOW)));
        }
        Path log = directory.resolve("log-1");
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
            channel.truncate(Files.size(log) - 1);
        }

        List<BindingChange> read = new ArrayList<>();
        open(NOW, read).close();

        assertThat(read).containsExactly(registered(1, NOW));
    }

    @Test
    void replacesTheLogByASnapshot() throws IOException {
        List<BindingChange> state =
                IntStream.range(0, 10_000).mapToObj(i -> registered(i, NOW)).toList();
        try (BindingStore store = open(NOW, new ArrayList<>())) {
            store.append(NOW, List.of(registered(99_999, NOW)));
            store.snapshot(NOW, state);
            store.append(NOW, List.of(new BindingReleased(home(1), BindingReleased.Cause.DEREGISTERED)));
        }

        List<BindingChange> read = new ArrayList<>();
        open(NOW, read).close();

        List<BindingChange> expected = new ArrayList<>(state);
        expected.add(new BindingReleased(home(1), BindingReleased.Cause.DEREGISTERED));
        assertThat(read).isEqualTo(expected);
    }

    @Test
    void isForOneProcessAtATime() throws IOException {
        try (BindingStore store = open(NOW, new ArrayList<>())) {
            assertThatThrownBy(() -> open(NOW, new ArrayList<>()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is in use by another process");
            assertThat(store.damage()).isEmpty();
        }
    }

    private BindingStore open(Instant now, List<BindingChange> read) throws IOException {
        return BindingStore.open(directory, now, Clock.fixed(now, ZoneOffset.UTC), read::add);
    }

    private static BindingChange registered(int node, Instant expiry) {
        return new BindingRegistered(new Binding(
                home(node),
                Ipv6Address.parse("2001:db8:3::1"),
                node & 0xffff,
                600,
                expiry.toEpochMilli(),
                expiry.minusSeconds(600).toEpochMilli(),
                false));
    }

    private static Ipv6Address home(int node) {
        return new Ipv6Address(0x2001_0db8_0001_0000L, node);
    }
}
