package dev.roost.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.roost.mobileip.Ipv6Address;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Datagrams to and from Java's own socket at another address of the same port. */
@NeedsRoot
@Timeout(60)
class UdpSocketTest {
    private static final int PORT = 5439;
    private static final Ipv6Address OURS = Ipv6Address.parse("2001:db8::1");
    private static final Ipv6Address THEIRS = Ipv6Address.parse("2001:db8::2");

    private TestNetwork network;
    private UdpSocket socket;
    private DatagramSocket other;

    @BeforeEach
    void open() {
        network = new TestNetwork("a");
        network.address("a", "lo", OURS + "/128");
        network.address("a", "lo", THEIRS + "/128");
        socket = network.call("a", () -> UdpSocket.open(OURS, PORT));
        other = network.call(
                "a", () -> new DatagramSocket(new InetSocketAddress(InetAddress.getByName(THEIRS.toString()), PORT)));
    }

    @AfterEach
    void close() {
        socket.close();
        other.close();
        network.close();
    }

    @Test
    void sendsAllThatIsQueuedInOrder() throws Exception {
        for (int i = 0; i < 150; i++) {
            socket.queue(THEIRS, bytes("number " + i));
        }
        socket.flush();

        for (int i = 0; i < 150; i++) {
            DatagramPacket received = new DatagramPacket(new byte[100], 100);
            other.receive(received);
            assertThat(new String(received.getData(), 0, received.getLength(), StandardCharsets.UTF_8))
                    .isEqualTo("number " + i);
            assertThat(received.getSocketAddress())
                    .isEqualTo(new InetSocketAddress(InetAddress.getByName(OURS.toString()), PORT));
        }
        assertThat(socket.statistics()).isEqualTo(new UdpSocket.Statistics(0, 0, 150, 0));
    }

    @Test
    void handsOverWhatCameWithItsSourceAndNeverWaits() throws Exception {
        List<String> received = new ArrayList<>();
        UdpSocket.DatagramConsumer note = (source, datagram) -> {
            byte[] octets = new byte[datagram.remaining()];
            datagram.get(octets);
            received.add(source + " " + new String(octets, StandardCharsets.UTF_8));
        };
        assertThat(socket.receive(note)).isZero();

        for (int i = 0; i < 70; i++) {
            byte[] octets = ("number " + i).getBytes(StandardCharsets.UTF_8);
            other.send(new DatagramPacket(octets, octets.length, InetAddress.getByName(OURS.toString()), PORT));
        }

        assertThat(socket.receive(note)).isEqualTo(UdpSocket.BATCH);
        assertThat(socket.receive(note)).isEqualTo(6);
        assertThat(received).hasSize(70).startsWith(THEIRS + " number 0").endsWith(THEIRS + " number 69");
    }

    @Test
    void countsWhatNobodyCanBeSent() {
        socket.queue(Ipv6Address.parse("2001:db8:ffff::1"), bytes("nowhere"));
        socket.queue(THEIRS, bytes("somewhere"));
        socket.flush();

        assertThat(socket.statistics()).isEqualTo(new UdpSocket.Statistics(0, 0, 1, 1));
        assertThatThrownBy(() -> socket.queue(THEIRS, ByteBuffer.allocate(1501)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void endsTheWaitOfAPacketSocket() throws Exception {
        try (PacketSocket frames = network.call(
                "a", () -> PacketSocket.open(NetworkLink.named("lo").index(), PacketFilter.icmpV6(1)))) {
            frames.alsoAwait(socket);
            other.send(new DatagramPacket(new byte[1], 1, InetAddress.getByName(OURS.toString()), PORT));

            assertThat(frames.receive((index, frame) -> {}, Duration.ofMinutes(10)))
                    .isZero();
            assertThat(socket.receive((source, datagram) -> {})).isEqualTo(1);
        }
    }

    @Test
    void namesThePortThatAnotherProcessHas() {
        assertThatThrownBy(() -> network.call("a", () -> UdpSocket.open(OURS, PORT)))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("UDP port 5439 of 2001:db8::1")
                .hasMessageContaining("in use");
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
