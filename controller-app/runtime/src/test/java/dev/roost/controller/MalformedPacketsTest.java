package dev.roost.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.openflow.fake.FakeSwitch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever a host puts on the wire, the loop survives it, counts it and answers nothing that is broken. */
class MalformedPacketsTest {

    private static final int BATCH = 50;

    private TestController home;
    private FakeConnection s1;
    private int punted;

    @BeforeEach
    void connect() throws Exception {
        home = new TestController();
        s1 = home.connect(1, new FakeSwitch());
        home.receive(s1, 1, HomeLinkPackets.advertisement(1));
    }

    private static List<byte[]> captured() throws IOException {
        List<byte[]> frames = new ArrayList<>();
        for (String name : List.of("all-ha", "all-mn", "all-cn")) {
            try (InputStream in = MalformedPacketsTest.class.getResourceAsStream("/captures/" + name + ".pcap")) {
                frames.addAll(frames(in.readAllBytes()));
            }
        }
        return frames;
    }

    private static List<byte[]> frames(byte[] pcap) {
        ByteBuffer in = ByteBuffer.wrap(pcap).order(ByteOrder.LITTLE_ENDIAN);
        List<byte[]> frames = new ArrayList<>();
        for (int at = 24; at < pcap.length; ) {
            int length = in.getInt(at + 8);
            frames.add(Arrays.copyOfRange(pcap, at + 16, at + 16 + length));
            at += 16 + length;
        }
        return frames;
    }

    private void punt(byte[] frame) {
        s1.punt(2 + punted % 6, frame);
        if (++punted % BATCH == 0) {
            home.settle();
        }
    }

    private void assertStillThere() {
        home.settle();
        assertThat(home.faults).isEmpty();
        assertThat(home.counters.value("roost_packets_received_total")).isEqualTo(punted + 1);
        s1.takeSent();
        home.receive(s1, 3, HomeLinkPackets.discoveryRequest(1));
        assertThat(s1.takeSent()).hasSize(1);
    }

    @Test
    void survivesEveryTruncationOfEveryCapturedFrame() throws Exception {
        for (byte[] frame : captured()) {
            for (int length = 0; length <= frame.length; length++) {
                punt(Arrays.copyOf(frame, length));
            }
        }

        assertStillThere();
        assertThat(home.counters.value("roost_packets_malformed_total", "reason", "truncated"))
                .isGreaterThan(1000);
    }

    @Test
    void survivesEveryChangedOctetOfEveryCapturedFrame() throws Exception {
        long seed = System.nanoTime();
        System.out.println("survivesEveryChangedOctetOfEveryCapturedFrame seed " + seed);
        Random random = new Random(seed);
        for (byte[] frame : captured()) {
            for (int at = 0; at < frame.length; at++) {
                byte[] changed = frame.clone();
                changed[at] = (byte) random.nextInt();
                punt(changed);
            }
        }

        assertStillThere();
        assertThat(home.counters.value("roost_packets_malformed_total", "reason", "bad-checksum"))
                .isGreaterThan(1000);
    }

    @Test
    void survivesRandomFrames() {
        long seed = System.nanoTime();
        System.out.println("survivesRandomFrames seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] frame = new byte[random.nextInt(200)];
            random.nextBytes(frame);
            if (frame.length > 20 && random.nextBoolean()) {
                frame[12] = (byte) 0x86;
                frame[13] = (byte) 0xdd;
                frame[14] = 0x60;
            }
            punt(frame);
        }

        assertStillThere();
    }
}
