package dev.roost.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scenarios as text: each command, behind {@code >}, is followed by what came of it. Run with {@code -Droost.rewrite=true}
 * to write what comes of them now, and read the difference.
 */
final class ScenarioTest {

    private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");

    static Stream<Path> everyScenario() throws IOException {
        try (Stream<Path> files = Files.list(SCENARIOS)) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("everyScenario")
    void happensAsWritten(Path scenario) throws IOException {
        String written = Files.readString(scenario);

        String happened = ScenarioPlayer.play(written);

        if (Boolean.getBoolean("roost.rewrite")) {
            Files.writeString(scenario, happened);
        }
        assertThat(happened).isEqualTo(written);
    }
}
