package dev.roost.mobilenode.generator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PhaseTest {
    @Test
    void tellsPercentilesToThreePercent() {
        LatencyHistogram latency = new LatencyHistogram();
        for (int micros = 1; micros <= 100_000; micros++) {
            latency.add(micros * 1000L);
        }

        assertThat(latency.percentileMillis(0.50)).isBetween(50.0, 51.6);
        assertThat(latency.percentileMillis(0.99)).isBetween(99.0, 100.0);
        assertThat(latency.maxMillis()).isEqualTo(100.0);
    }

    @Test
    void isWrittenAsOneJsonObject() {
        Phase phase = new Phase(Phase.Kind.REGISTER, 0);
        phase.onStarted();
        phase.onSent(false);
        phase.onSent(true);
        phase.onStatus(0);
        phase.onAnswered(2_000_000_000L, 1_999_000_000L);
        Json json = new Json();
        json.number("nodes", 1);
        phase.writeTo(json);

        assertThat(json.finish())
                .isEqualTo("{\"nodes\":1,\"register\":{\"started\":1,\"answered\":1,\"failed\":0,\"sent\":2,"
                        + "\"retransmitted\":1,\"seconds\":2,\"answersPerSecond\":0.5,"
                        + "\"latencyMillis\":{\"p50\":1,\"p90\":1,\"p99\":1,\"max\":1},\"statuses\":{\"0\":1}}}");
    }

    @Test
    void pacesByWhenEachThingWasDueNotByWhenThereWasTime() {
        Pacer pacer = new Pacer(1000, 0);

        assertThat(pacer.isDue(0)).isTrue();
        assertThat(pacer.take(0)).isZero();
        assertThat(pacer.isDue(999_999)).isFalse();
        assertThat(pacer.take(50_000_000)).isEqualTo(1_000_000);
        assertThat(pacer.take(50_000_000)).isEqualTo(2_000_000);
    }
}
