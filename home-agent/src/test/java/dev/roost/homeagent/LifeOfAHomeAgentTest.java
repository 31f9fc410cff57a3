package dev.roost.homeagent;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon with the kernel as router and scapy as mobile node: what {@code life_of_a_home_agent.py} claims, step by step. */
final class LifeOfAHomeAgentTest {
    private static final int CLAIMS = 19;

    @TempDir
    private Path directory;

    @Test
    void servesMobileNodesThroughKillAndRestartAndLeavesNothingBehind() throws IOException, InterruptedException {
        new PlayedScript(directory).play(CLAIMS, "life_of_a_home_agent.py");
    }
}
