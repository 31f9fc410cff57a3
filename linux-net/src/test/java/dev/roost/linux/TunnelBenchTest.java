package dev.roost.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TunnelBenchTest {
    @Test
    void refusesOptionsItDoesNotKnow() {
        assertThatThrownBy(() -> BenchOptions.parse(new String[] {"--binding", "5"}))
                .hasMessage("bench tunnel: '--binding' is not one of --bindings, --flows, --rounds, --round-millis, "
                        + "--payload-bytes, --seed with a number from 1 to 9999999 behind it");
        assertThatThrownBy(() -> BenchOptions.parse(new String[] {"--payload-bytes", "1500"}))
                .hasMessageContaining("at most 1400");
        assertThat(BenchOptions.parse(new String[] {"--rounds", "3"}).rounds()).isEqualTo(3);
    }

    @Test
    @NeedsRoot
    @Timeout(60)
    void networkEndsWithTheBench() {
        String namespaces;
        try (BenchNetwork network = BenchNetwork.create()) {
            namespaces = TestNetwork.sh("ip netns");
            assertThat(namespaces).contains(network.generator(), network.forwarder("tunnels"));
            assertThat(network.arrived("plain")).isNotNegative();
        }
        assertThat(TestNetwork.sh("ip netns"))
                .doesNotContain("roost-bench-" + ProcessHandle.current().pid());
    }
}
