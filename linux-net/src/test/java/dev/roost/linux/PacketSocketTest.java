package dev.roost.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.MacAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Packet sockets and the kernel's silence over a cable between two namespaces; what the kernel answers is read off the other end. */
@NeedsRoot
@Timeout(60)
class PacketSocketTest {
    private static final String LEFT = "2001:db8:1::1";
    private static final String RIGHT = "2001:db8:1::2";
    /** Of a real mobile node: destination options with a Home Address option, then a Binding Update. */
    private static final String BINDING_UPDATE = "87020102 0000c910 20010db8000100000000000000000099"
            + "3b030500867d58b8c000545f010003102001 0db80003000000000000000000 05";

    private static final String BINDING_ACKNOWLEDGEMENT =
            "87020201 00000000 20010db8000100000000000000000099 3b01060008000000 58b8009601020000";
    private static final String MOBILE_PREFIX_SOLICITATION =
            "3a020102 0000c910 20010db8000100000000000000000099 9200123400010000";

    private TestNetwork network;
    private PacketSocket sender;
    private PacketSocket receiver;
    private MacAddress rightMac;

    @BeforeEach
    void connect() {
        network = new TestNetwork("left", "right");
        network.cable("left", "l0", "right", "r0");
        network.address("left", "l0", LEFT + "/64");
        network.address("right", "r0", RIGHT + "/64");
        network.in("right", "sysctl -qw net.ipv6.icmp.ratelimit=0"); // every complaint is counted
        rightMac = network.call("right", () -> NetworkLink.named("r0").macAddress());
        sender = network.call("left", () -> PacketSocket.open(index("l0"), PacketFilter.icmpV6(4)));
        receiver = network.call("right", () -> PacketSocket.open(index("r0"), signallingWithoutNoise()));
    }

    @AfterEach
    void disconnect() {
        sender.close();
        receiver.close();
        network.close();
    }

    @Test
    void seesSignallingInEveryFormAndNothingElse() {
        List<ByteBuffer> wanted = List.of(
                packet(135, "3b000500 00000000 0000000000000000"),
                packet(60, BINDING_UPDATE),
                packet(43, BINDING_ACKNOWLEDGEMENT),
                packet(60, MOBILE_PREFIX_SOLICITATION),
                packet(60, "2b00010400000000" + BINDING_ACKNOWLEDGEMENT), // both kinds of extension header
                packet(58, "9100b7f900010000"),
                TestPackets.icmpV6("fe80::1", "ff02::1", 255, "86 00 0000 40 20 0708 00000000 00000000"));
        List<ByteBuffer> others = List.of(
                TestPackets.echoRequest(LEFT, RIGHT, 64),
                packet(17, "1234000900080001"),
                packet(58, "8a00000000000000"),
                packet(60, "1100010400000000 1234000900080001"),
                packet(44, "8700000000000001 3b000500000000000000000000000000"), // a fragment
                packet(60, "3aff"), // cut off before the ICMPv6 type
                packet(41, "60000000"));

        others.forEach(each -> send(rightMac, each));
        wanted.forEach(each -> send(rightMac, each));
        others.forEach(each -> send(rightMac, each));

        List<String> seen = new ArrayList<>();
        receive(receiver, wanted.size(), seen);
        assertThat(seen)
                .containsExactlyElementsOf(wanted.stream()
                        .map(each -> hex(TestPackets.frame(rightMac, each)))
                        .toList());
        assertThat(receiver.receive((index, frame) -> {}, Duration.ZERO)).isZero();
        assertThat(receiver.statistics().received()).isEqualTo(wanted.size());
    }

    @Test
    void seesFramesToOthersOnceAsked() {
        MacAddress somebodyElse = MacAddress.parse("02:00:00:00:00:77");
        receiver.allFrames();
        receiver.allMulticastFrames();

        send(somebodyElse, packet(135, "3b000500 00000000 0000000000000000"));

        assertThat(receive(receiver, 1, new ArrayList<>())).isEqualTo(1);
        assertThat(network.in("right", "ip -d link show r0")).contains("promiscuity 1");
    }

    @Test
    void sendsAndReceivesManyAndCountsWhatItDidNotReadInTime() {
        ByteBuffer frame = TestPackets.frame(rightMac, packet(135, "3b000500 00000000 0000000000000000"));

        for (int i = 0; i < 50_000; i++) {
            sender.queue(frame.duplicate());
        }
        sender.flush();

        assertThat(sender.statistics().sent()).isEqualTo(50_000);
        int received = 0;
        int batch;
        while ((batch = receiver.receive((index, each) -> {}, Duration.ZERO)) > 0) {
            received += batch;
        }
        PacketSocket.Statistics statistics = receiver.statistics();
        assertThat(received + statistics.droppedByKernel()).isEqualTo(50_000);
        assertThat(received).isGreaterThan(1_000);
    }

    @Test
    void countsFramesThatTheInterfaceDoesNotTake() {
        ByteBuffer tooLong = ByteBuffer.allocate(5_000);
        sender.queue(tooLong);
        sender.queue(TestPackets.frame(rightMac, packet(135, "3b000500 00000000 0000000000000000")));
        sender.flush();

        assertThat(sender.statistics().notSent()).isEqualTo(1);
        assertThat(sender.statistics().sent()).isEqualTo(1);
    }

    @Test
    void waitingEndsWithAWakeUpFromAnotherThreadOrTheTimeout() throws InterruptedException {
        Thread waker = new Thread(receiver::wakeUp);
        waker.start();
        // Without the wake-up this takes longer than the test may.
        assertThat(receiver.receive((index, frame) -> {}, Duration.ofMinutes(10)))
                .isZero();
        waker.join();
        assertThat(receiver.receive((index, frame) -> {}, Duration.ofMillis(5))).isZero();
    }

    @Test
    void kernelIsSilentAboutMobileIpv6WhichTheSocketStillSees() {
        awaitComplaints();

        KernelSilence silence = network.call("right", () -> KernelSilence.open("test"));
        KernelSilence again = network.call("right", () -> KernelSilence.open("test")); // as after a kill

        assertThat(complaints()).isEmpty();
        assertThat(network.tryIn("left", "ping -c 1 -W 2 " + RIGHT)).contains(" 0% packet loss");

        network.run("right", again::close);
        network.run("right", silence::close);
        assertThat(network.in("right", "nft list ruleset")).isEmpty();
        awaitComplaints();
    }

    @Test
    void tellsOfInterfacesThatGoAndCome() {
        List<String> seen = new ArrayList<>();
        try (LinkMonitor monitor = network.call("right", LinkMonitor::open)) {
            network.in("left", "ip link set l0 down");
            while (!seen.contains("r0 up, not running")) {
                monitor.await(change -> seen.add(describe(change)), Duration.ofSeconds(10));
            }
            network.in("right", "ip link del r0");
            while (!seen.contains("r0 gone")) {
                monitor.await(change -> seen.add(describe(change)), Duration.ofSeconds(10));
            }
        }
        assertThat(seen).endsWith("r0 gone");
    }

    private static String describe(LinkMonitor.Change change) {
        NetworkLink link = change.link();
        return link.name()
                + (!change.present()
                        ? " gone"
                        : (link.up() ? " up" : " down") + (link.running() ? "" : ", not running"));
    }

    /** Until there was one about each of the three; an error message may get lost. */
    private void awaitComplaints() {
        Set<Integer> about = new TreeSet<>();
        for (int attempt = 0; attempt < 20 && about.size() < 3; attempt++) {
            about.addAll(complaints());
        }
        assertThat(about).as("what the kernel complains of without silence").containsExactly(0, 1, 2);
    }

    /** Sends what a kernel without Mobile IPv6 complains about; returns the numbers of the packets it did complain about. */
    private Set<Integer> complaints() {
        List<ByteBuffer> packets = List.of(
                packet(60, BINDING_UPDATE),
                packet(43, BINDING_ACKNOWLEDGEMENT),
                packet(60, MOBILE_PREFIX_SOLICITATION));
        for (ByteBuffer each : packets) {
            send(rightMac, each);
            assertThat(receive(receiver, 1, new ArrayList<>())).isEqualTo(1);
        }
        // The kernel takes packets in order, so once it has complained about this one, it is through with the others.
        ByteBuffer last = packet(253, "0000000000000000");
        List<String> answers = new ArrayList<>();
        for (int attempt = 0; attempt < 100 && !contains(answers, last); attempt++) {
            send(rightMac, last);
            sender.receive((index, frame) -> answers.add(hex(frame)), Duration.ofMillis(100));
        }
        assertThat(contains(answers, last)).as("the kernel answers at all").isTrue();
        Set<Integer> about = new TreeSet<>();
        for (int i = 0; i < packets.size(); i++) {
            if (contains(answers, packets.get(i))) {
                about.add(i);
            }
        }
        return about;
    }

    private static boolean contains(List<String> answers, ByteBuffer quoted) {
        return answers.stream().anyMatch(each -> each.contains(hex(quoted)));
    }

    private void send(MacAddress to, ByteBuffer packet) {
        sender.send(TestPackets.frame(to, packet));
    }

    private static int receive(PacketSocket socket, int count, List<String> seen) {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        int received = 0;
        while (received < count && System.nanoTime() < end) {
            received += socket.receive((index, frame) -> seen.add(hex(frame)), Duration.ofMillis(100));
        }
        return received;
    }

    private static ByteBuffer packet(int nextHeader, String payloadHex) {
        ByteBuffer payload = ByteBuffer.wrap(HexFormat.of().parseHex(payloadHex.replace(" ", "")));
        return TestPackets.ipv6(LEFT, RIGHT, nextHeader, 64, payload);
    }

    /** Without what kernels say to each other on a new link. */
    private static PacketFilter signallingWithoutNoise() {
        return PacketFilter.icmpV6(134, 144, 145, 146, 147).withMobilityHeaders();
    }

    private static int index(String name) {
        return NetworkLink.named(name).index();
    }

    private static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return HexFormat.of().formatHex(copy);
    }
}
