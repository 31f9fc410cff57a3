package dev.roost.homeagent;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two daemons, one of which forwards for the other: what {@code two_home_agents.py} claims, step by step. */
final class TwoHomeAgentsTest {
    private static final int CLAIMS = 20;

    @TempDir
    private Path directory;

    @Test
    void forwardForEachOtherThroughKillRestartSilenceAndForgery() throws IOException, InterruptedException {
        new PlayedScript(directory).play(CLAIMS, "two_home_agents.py", "life_of_a_home_agent.py");
    }
}
