package dev.roost.statelog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateLogTest {
    @TempDir
    Path directory;

    private final List<String> read = new ArrayList<>();

    private StateLog open() throws IOException {
        read.clear();
        return StateLog.open(
                directory,
                100,
                piece -> read.add(StandardCharsets.UTF_8.decode(piece).toString()));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void givesBackWhatWasAppendedInOrder() throws IOException {
        try (StateLog log = open()) {
            log.append(bytes("one"));
            log.append(bytes("two"));
        }

        try (StateLog log = open()) {
            log.append(bytes("three"));
        }

        open().close();
        assertThat(read).containsExactly("one", "two", "three");
    }

    @Test
    void aSnapshotReplacesAllBeforeItAndNothingAfterIt() throws IOException {
        try (StateLog log = open()) {
            log.append(bytes("one"));
            log.append(bytes("two"));
            log.snapshot(List.of(bytes("one+two")));
            log.append(bytes("three"));
        }

        open().close();

        assertThat(read).containsExactly("one+two", "three");
        try (var files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("lock", "snapshot-2", "log-2");
        }
    }

    @Test
    void aCrashBeforeTheSnapshotIsWholeLosesNothing() throws IOException {
        try (StateLog log = open()) {
            log.append(bytes("one"));
        }
        Files.write(directory.resolve("snapshot-2.tmp"), new byte[] {1, 2, 3});
        Files.copy(directory.resolve("log-1"), directory.resolve("log-2"));

        open().close();

        assertThat(read).containsExactly("one", "one");
    }

    @Test
    void cutsATailThatIsTornAtAnyByteAndGoesOn() throws IOException {
        try (StateLog log = open()) {
            log.append(bytes("one"));
            log.append(bytes("second"));
        }
        byte[] whole = Files.readAllBytes(directory.resolve("log-1"));

        for (int length = whole.length - 1; length >= 0; length--) {
            byte[] torn = java.util.Arrays.copyOf(whole, length);
            Files.write(directory.resolve("log-1"), torn);
            try (StateLog log = open()) {
                assertThat(read).isEqualTo(length >= 19 ? List.of("one") : List.of());
                log.append(bytes("later"));
                assertThat(log.damage()).isEmpty();
            }
            open().close();
            assertThat(read).endsWith("later");
        }
    }

    @Test
    void tellsOfDamageThatNoTornWriteExplains() throws IOException {
        try (StateLog log = open()) {
            log.append(bytes("one"));
            log.snapshot(List.of(bytes("snap"), bytes("shot")));
        }
        byte[] snapshot = Files.readAllBytes(directory.resolve("snapshot-2"));
        snapshot[snapshot.length - 1] ^= 1;
        Files.write(directory.resolve("snapshot-2"), snapshot);

        try (StateLog log = open()) {
            assertThat(read).containsExactly("snap");
            assertThat(log.damage()).singleElement().asString().contains("snapshot-2 is damaged at byte 20");
        }
    }

    @Test
    void asksForASnapshotOnceTheLogHasGrownAndNotAgainForALargeState() throws IOException {
        try (StateLog log = open()) {
            log.append(bytes("x".repeat(50)));
            assertThat(log.wantsSnapshot()).isFalse();
            log.append(bytes("x".repeat(50)));
            assertThat(log.wantsSnapshot()).isTrue();

            log.snapshot(List.of(bytes("y".repeat(300))));
            log.awaitSnapshot();
            log.append(bytes("x".repeat(300)));

            assertThat(log.wantsSnapshot()).isFalse();
        }
    }

    @Test
    void refusesADirectoryInUseAndOneThatIsNone() throws IOException {
        StateLog log = open();
        assertThatThrownBy(this::open).hasMessageContaining("is in use by another process");
        log.close();
        open().close();

        Path file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> StateLog.open(file, 1, piece -> {})).isInstanceOf(StateLogException.class);
    }

    @Test
    void whatAppendReturnedFromOutlivesTheKillOfTheProcess() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Appender.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long told;
        try (var lines = process.inputReader()) {
            do {
                told = Long.parseLong(lines.readLine());
            } while (told < 1000);
            process.toHandle().destroyForcibly(); // unlike Process.destroyForcibly, leaves its output readable
            String line;
            while ((line = lines.readLine()) != null) {
                told = Long.parseLong(line);
            }
        }
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();

        long kept = 0;
        open().close();
        for (String piece : read) {
            assertThat(Long.parseLong(piece)).isGreaterThan(kept);
            kept = Long.parseLong(piece);
        }

        assertThat(kept).isGreaterThanOrEqualTo(told);
    }

    /** Appends 1, 2, 3, ... with snapshots in between, and prints each number after its append; runs until it is killed. */
    static final class Appender {
        public static void main(String[] args) throws IOException {
            try (StateLog log = StateLog.open(Path.of(args[0]), 2000, piece -> {})) {
                for (long i = 1; ; i++) {
                    log.append(bytes(Long.toString(i)));
                    if (log.wantsSnapshot()) {
                        log.snapshot(List.of(bytes(Long.toString(i))));
                    }
                    System.out.println(i);
                }
            }
        }
    }
}
