package dev.roost.mobilenode.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobilenode.movement.Decision;
import dev.roost.mobilenode.movement.Effect;
import dev.roost.mobilenode.movement.MobileNode;
import dev.roost.mobilenode.movement.MobileNodeSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What a real mobile node heard while it was moved (capture move-mn: two foreign links, home, away again), heard by ours: it must come
 * to the same links and addresses.
 */
final class CaptureReplayTest {
    /** UMIP's interface and addresses. */
    private static final MacAddress OWN = MacAddress.parse("8a:d4:a9:b7:37:ab");

    private static final Ipv6Address HOME = Ipv6Address.parse("2001:db8:1::99");

    private record Captured(Instant at, ByteBuffer frame) {}

    private final List<Effect.Event> events = new ArrayList<>();
    private final List<Ipv6Address> careOfAddresses = new ArrayList<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private final MobileNode node = new MobileNode(
            new MobileNodeSettings(
                    OWN,
                    HOME,
                    Ipv6Prefix.parse("2001:db8:1::/64"),
                    Optional.of(Ipv6Address.parse("2001:db8:1::a")),
                    Duration.ofMinutes(10),
                    Optional.empty(),
                    Duration.ZERO),
            new Random(1));
    private final PacketReader reader = new PacketReader(OWN, node, reason -> counts.merge(reason, 1, Integer::sum));

    @Test
    void comesToTheSameLinksAndCareOfAddressesAsUmip() throws IOException {
        List<Captured> capture = capture();
        carryOut(node.onStart(capture.get(0).at(), true));

        for (Captured captured : capture) {
            runUntil(captured.at());
            reader.read(captured.at(), captured.frame()).ifPresent(this::carryOut);
        }

        assertThat(careOfAddresses)
                .containsExactly(
                        Ipv6Address.parse("2001:db8:3:0:88d4:a9ff:feb7:37ab"),
                        Ipv6Address.parse("2001:db8:4:0:88d4:a9ff:feb7:37ab"),
                        Ipv6Address.parse("2001:db8:3:0:88d4:a9ff:feb7:37ab"));
        assertThat(events.stream()
                        .filter(event -> event.kind().equals("link-entered"))
                        .map(event ->
                                event.fields().get(3) + " " + event.fields().get(5)))
                .containsExactly(
                        "2001:db8:3::/64 away", "2001:db8:4::/64 away", "2001:db8:1::/64 home", "2001:db8:3::/64 away");
        assertThat(counts).isEmpty();
    }

    private void runUntil(Instant end) {
        Optional<Instant> deadline = node.nextDeadline();
        while (deadline.filter(due -> !due.isAfter(end)).isPresent()) {
            carryOut(node.onDeadline(deadline.get()));
            deadline = node.nextDeadline();
        }
    }

    private void carryOut(Decision decision) {
        decision.changes().forEach(node::apply);
        for (Effect effect : decision.effects()) {
            if (effect instanceof Effect.Event event) {
                events.add(event);
            } else if (effect instanceof Effect.ConfigureCareOfAddress configure) {
                careOfAddresses.add(configure.address());
            }
        }
    }

    private static List<Captured> capture() throws IOException {
        try (InputStream in = CaptureReplayTest.class.getResourceAsStream("/captures/move-mn.pcap")) {
            assertThat(in).isNotNull();
            ByteBuffer file = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(file.getInt(0)).as("pcap, microseconds").isEqualTo(0xa1b2c3d4);
            List<Captured> captured = new ArrayList<>();
            file.position(24);
            while (file.hasRemaining()) {
                Instant at = Instant.ofEpochSecond(file.getInt(), file.getInt() * 1000L);
                byte[] frame = new byte[file.getInt()];
                file.getInt();
                file.get(frame);
                captured.add(new Captured(at, ByteBuffer.wrap(frame)));
            }
            return captured;
        }
    }
}
