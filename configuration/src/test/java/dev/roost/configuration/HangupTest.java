package dev.roost.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HangupTest {

    @Test
    void runsTheTaskAtEachSignal() throws Exception {
        Semaphore signals = new Semaphore(0);

        assertThat(Hangup.handle(signals::release)).isEmpty();

        for (int i = 0; i < 2; i++) {
            long self = ProcessHandle.current().pid();
            int status = new ProcessBuilder("kill", "-HUP", Long.toString(self))
                    .inheritIO()
                    .start()
                    .waitFor();
            assertThat(status).isZero();
            assertThat(signals.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        }
    }
}
