package dev.roost.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.roost.mobileip.MacAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LinkProbeCodecTest {

    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final MacAddress SOURCE = MacAddress.parse("02:00:00:00:00:05");
    private static final SwitchPort SENDER = new SwitchPort(SwitchId.parse("00:00:00:00:00:00:00:2a"), 5);

    private final LinkProbeCodec codec = new LinkProbeCodec("key".getBytes(UTF_8), Duration.ofSeconds(5));
    private final byte[] frame = codec.encode(new LinkProbe(SENDER, NOW), SOURCE);

    @Test
    void readsWhatItWrote() {
        assertThat(read(NOW.plusSeconds(5), frame)).isEqualTo(new ProbeReading.Genuine(new LinkProbe(SENDER, NOW)));
        assertThat(read(NOW.plusSeconds(1), Arrays.copyOf(frame, 200)))
                .as("padded on the way")
                .isEqualTo(new ProbeReading.Genuine(new LinkProbe(SENDER, NOW)));
    }

    @Test
    void refusesAProbeMadeWithAnotherKey() {
        byte[] forged = new LinkProbeCodec("yek".getBytes(UTF_8), Duration.ofSeconds(5))
                .encode(new LinkProbe(SENDER, NOW), SOURCE);

        assertThat(read(NOW, forged)).isEqualTo(new ProbeReading.Refused(ProbeReading.Reason.FORGED));
    }

    @Test
    void refusesARecordedProbe() {
        assertThat(read(NOW.plusMillis(5001), frame)).isEqualTo(new ProbeReading.Refused(ProbeReading.Reason.STALE));
        assertThat(read(NOW.minusMillis(5001), frame)).isEqualTo(new ProbeReading.Refused(ProbeReading.Reason.STALE));
    }

    @Test
    void takesLldpOfOthersForForeign() {
        int ours = frame.length - 44;
        byte[] foreign = Arrays.copyOf(frame, ours + 2);
        foreign[ours] = 0;
        foreign[ours + 1] = 0;

        assertThat(read(NOW, foreign)).isEqualTo(new ProbeReading.Foreign());
    }

    @Test
    void neverTakesADamagedFrameForGenuineUnlessTheDamageIsOutsideOfWhatCounts() {
        for (int length = 0; length < frame.length - 2; length++) {
            assertThat(read(NOW, Arrays.copyOf(frame, length)))
                    .as("cut to %d octets", length)
                    .isNotInstanceOf(ProbeReading.Genuine.class);
        }
        for (int at = frame.length - 42; at < frame.length - 2; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = frame.clone();
                damaged[at] ^= (byte) (1 << bit);
                assertThat(read(NOW, damaged))
                        .as("bit %d of octet %d", bit, at)
                        .isNotInstanceOf(ProbeReading.Genuine.class);
            }
        }
        for (int at = 0; at < frame.length; at++) {
            byte[] damaged = frame.clone();
            damaged[at] = (byte) ~damaged[at];
            // Whatever it is taken for, it is an answer and no exception; a genuine one still says the truth.
            assertThat(read(NOW, damaged)).as("octet %d", at).satisfies(reading -> {
                if (reading instanceof ProbeReading.Genuine genuine) {
                    assertThat(genuine.probe()).isEqualTo(new LinkProbe(SENDER, NOW));
                }
            });
        }
    }

    @Test
    void tsharkReadsItAsWellFormedLldp() throws IOException, InterruptedException {
        if (!Files.isExecutable(Path.of("/usr/bin/tshark"))) {
            assertThat(Boolean.getBoolean("roost.crosscheck"))
                    .as("roost.crosscheck is set and tshark is missing")
                    .isFalse();
            System.out.println("left out: tshark is not installed");
            assumeTrue(false, "tshark is not installed");
        }
        Path capture = Files.createTempFile("probe", ".pcap");
        try {
            Files.write(capture, pcap(frame));
            Process tshark = new ProcessBuilder("tshark", "-r", capture.toString(), "-V")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String text = new String(tshark.getInputStream().readAllBytes(), UTF_8);

            assertThat(tshark.waitFor()).isZero();
            assertThat(text)
                    .contains("Link Layer Discovery Protocol")
                    .contains("Chassis Subtype = Locally assigned, Id: 00:00:00:00:00:00:00:2a")
                    .contains("Port Subtype = Locally assigned, Id: 5")
                    .contains("Time To Live = 120 sec")
                    .contains("Organization Unique Code: 52:4f:53")
                    .contains("End of LLDPDU")
                    .doesNotContain("Malformed")
                    .doesNotContain("Expert Info");
        } finally {
            Files.delete(capture);
        }
    }

    private ProbeReading read(Instant now, byte[] bytes) {
        return codec.decode(now, ByteBuffer.wrap(bytes));
    }

    private static byte[] pcap(byte[] frame) {
        int magic = 0xa1b2c3d4;
        List<Integer> header = List.of(magic, 0x0002_0004, 0, 0, 65535, 1, 0, 0, frame.length, frame.length);
        ByteBuffer out = ByteBuffer.allocate(header.size() * Integer.BYTES + frame.length);
        header.forEach(out::putInt);
        return out.put(frame).array();
    }
}
