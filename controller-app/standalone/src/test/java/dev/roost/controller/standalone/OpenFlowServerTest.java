package dev.roost.controller.standalone;

import static dev.roost.controller.standalone.ScriptedSwitch.FACTORY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.roost.controller.Counters;
import dev.roost.controller.OpenFlowSwitch;
import dev.roost.controller.PacketOutSink;
import dev.roost.controller.RecordedEvents;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.projectfloodlight.openflow.protocol.OFFactories;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFRoleRequest;
import org.projectfloodlight.openflow.protocol.OFStatsRequest;
import org.projectfloodlight.openflow.protocol.OFStatsType;
import org.projectfloodlight.openflow.protocol.OFType;
import org.projectfloodlight.openflow.types.DatapathId;
import org.projectfloodlight.openflow.types.OFAuxId;

/** The server over real sockets: what the scripted channel cannot show. */
class OpenFlowServerTest {

    private static final int LIMIT_BYTES = 1 << 16;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Counters counters = new Counters();
    private final RecordedEvents events = new RecordedEvents();
    private OpenFlowServer server;

    private static OpenFlowServerOptions options(InetSocketAddress listen, int maxConnections) {
        return new OpenFlowServerOptions(
                listen, 1, false, maxConnections, Duration.ofSeconds(10), Duration.ofSeconds(5), LIMIT_BYTES, 1);
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    @BeforeEach
    void listen() throws Exception {
        server = new OpenFlowServer(options(anyPort(), 2), counters);
        server.start(events);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(1 << 12);
        socket.connect(server.address());
        return socket;
    }

    private static void send(Socket socket, OFMessage message) throws IOException {
        ByteBuf out = Unpooled.buffer();
        message.writeTo(out);
        socket.getOutputStream().write(out.array(), 0, out.readableBytes());
    }

    private static OFMessage receive(Socket socket) throws Exception {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] head = in.readNBytes(8);
        int length = (head[2] & 0xff) << 8 | (head[3] & 0xff);
        ByteBuf message = Unpooled.buffer().writeBytes(head).writeBytes(in.readNBytes(length - head.length));
        return OFFactories.getGenericReader().readFrom(message);
    }

    private Socket shakeHands(long datapathId) throws Exception {
        Socket socket = connect();
        send(socket, FACTORY.buildHello().build());
        OFMessage question;
        do {
            question = receive(socket);
            if (question.getType() == OFType.FEATURES_REQUEST) {
                send(
                        socket,
                        FACTORY.buildFeaturesReply()
                                .setXid(question.getXid())
                                .setDatapathId(DatapathId.of(datapathId))
                                .setAuxiliaryId(OFAuxId.MAIN)
                                .setCapabilities(Set.of())
                                .build());
            } else if (question instanceof OFRoleRequest role) {
                send(
                        socket,
                        ScriptedSwitch.roleReply(
                                question.getXid(),
                                role.getRole(),
                                role.getGenerationId().getValue()));
            } else if (question instanceof OFStatsRequest<?>
                    && ((OFStatsRequest<?>) question).getStatsType() == OFStatsType.PORT_DESC) {
                send(
                        socket,
                        FACTORY.buildPortDescStatsReply()
                                .setXid(question.getXid())
                                .build());
            }
        } while (question.getType() != OFType.BARRIER_REQUEST);
        send(socket, FACTORY.buildBarrierReply().setXid(question.getXid()).build());
        await().atMost(PATIENCE).until(() -> !events.lines().isEmpty());
        return socket;
    }

    @Test
    void saysInOneLineThatItsAddressIsTaken() {
        OpenFlowServer second = new OpenFlowServer(options(server.address(), 2), counters);

        assertThatThrownBy(() -> second.start(events))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot listen for switches on")
                .hasMessageContaining(String.valueOf(server.address().getPort()));
        second.close();
    }

    @Test
    void refusesMoreConnectionsThanItsLimit() throws Exception {
        try (Socket one = connect();
                Socket two = connect()) {
            receive(one);
            receive(two);

            try (Socket three = connect()) {
                assertThat(three.getInputStream().read()).isEqualTo(-1);
            }
        }
        assertThat(counters.value("roost_openflow_connections_refused_total", "reason", "too-many"))
                .isEqualTo(1);
    }

    @Test
    void dropsPacketOutsForASwitchThatDoesNotRead() throws Exception {
        try (Socket socket = shakeHands(7)) {
            PacketOutSink sink = events.last().packetOuts();
            byte[] frame = new byte[1000];

            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
                for (int i = 0; i < 100; i++) {
                    sink.add(PacketOutSink.CONTROLLER_PORT, 1, frame, 0, frame.length);
                }
                sink.flush();
                return dropped() > 0;
            });

            assertThat(socket.isClosed()).isFalse();
            assertThat(events.lines()).hasSize(1);
        }
    }

    private long dropped() {
        return counters.value("roost_openflow_packet_outs_dropped_total", "switch", "00:00:00:00:00:00:00:07");
    }

    @Test
    void dropsASwitchThatDoesNotEvenReadItsRules() throws Exception {
        try (Socket socket = shakeHands(7)) {
            OpenFlowSwitch session = events.last();
            byte[] payload = new byte[60_000];

            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
                session.send(List.of(FACTORY.echoRequest(payload)));
                return events.lines().size() > 1;
            });

            assertThat(events.lines()).endsWith("disconnected 7 connection 0");
            assertThat(socket.isConnected()).isTrue();
            assertThat(counters.value("roost_openflow_connections_closed_total", "reason", "slow"))
                    .isPositive();
        }
    }

    @Test
    void closesItsConnectionsWhenItStops() throws Exception {
        try (Socket socket = shakeHands(7)) {
            server.shutOut();

            assertThat(socket.getInputStream().readAllBytes()).isNotNull();
            await().atMost(PATIENCE).until(() -> events.lines().size() == 2);
            assertThat(events.lines()).endsWith("disconnected 7 connection 0");
        }
    }
}
