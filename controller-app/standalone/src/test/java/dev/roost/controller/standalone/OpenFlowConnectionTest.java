package dev.roost.controller.standalone;

import static dev.roost.controller.standalone.ScriptedSwitch.FACTORY;
import static dev.roost.controller.standalone.ScriptedSwitch.packetIn;
import static dev.roost.controller.standalone.ScriptedSwitch.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.controller.Counters;
import dev.roost.controller.RecordedEvents;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.projectfloodlight.openflow.protocol.OFControllerRole;
import org.projectfloodlight.openflow.protocol.OFErrorMsg;
import org.projectfloodlight.openflow.protocol.OFErrorType;
import org.projectfloodlight.openflow.protocol.OFFactories;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFPortReason;
import org.projectfloodlight.openflow.protocol.OFRoleRequest;
import org.projectfloodlight.openflow.protocol.OFRoleRequestFailedCode;
import org.projectfloodlight.openflow.protocol.OFType;
import org.projectfloodlight.openflow.protocol.OFVersion;

class OpenFlowConnectionTest {

    private final RecordedEvents events = new RecordedEvents();
    private final Counters counters = new Counters();
    private final ConnectedSwitches switches = new ConnectedSwitches(events, counters);
    private final ScriptedSwitch peer = new ScriptedSwitch(switches, counters);

    @Test
    void greetsWithABitmapThatNamesVersion13Alone() {
        ByteBuf hello = peer.channel().readOutbound();

        assertThat(ByteBufUtil.hexDump(hello)).isEqualTo("0400001000000000" + "00010008" + "00000010");
        hello.release();
    }

    @Test
    void showsASwitchOnceItsHandshakeIsDone() {
        peer.shakeHands(7, port(1, "eth1"), port(2, "eth2"));

        assertThat(events.lines()).containsExactly("connected 7 ports [eth1, eth2]");
        assertThat(events.last().description()).isEqualTo("maker hardware software");
    }

    @Test
    void asksForTheRoleOfMasterWithItsGenerationId() {
        peer.send(FACTORY.buildHello().build());
        peer.answerFeatures(7);

        assertThat(peer.receive())
                .filteredOn(OFRoleRequest.class::isInstance)
                .singleElement()
                .satisfies(message -> {
                    OFRoleRequest request = (OFRoleRequest) message;
                    assertThat(request.getRole()).isEqualTo(OFControllerRole.ROLE_MASTER);
                    assertThat(request.getGenerationId().getValue()).isEqualTo(ScriptedSwitch.GENERATION_ID);
                });
    }

    @Test
    void goesAboveTheGenerationIdThatTheSwitchRemembers() {
        peer.send(FACTORY.buildHello().build());
        peer.answerFeatures(7);
        List<OFMessage> questions = peer.receive();
        questions.forEach(question -> peer.answer(question, asked -> !(asked instanceof OFRoleRequest)));
        peer.send(roleError(roleRequestIn(questions), OFRoleRequestFailedCode.STALE));

        OFRoleRequest question = roleRequestIn(peer.receive());
        assertThat(question.getRole()).isEqualTo(OFControllerRole.ROLE_NOCHANGE);
        peer.send(ScriptedSwitch.roleReply(question.getXid(), OFControllerRole.ROLE_EQUAL, 5000));
        OFRoleRequest second = roleRequestIn(peer.receive());
        assertThat(second.getGenerationId().getValue()).isEqualTo(5001);
        peer.send(ScriptedSwitch.roleReply(second.getXid(), OFControllerRole.ROLE_MASTER, 5001));

        assertThat(events.lines()).hasSize(1);
    }

    @Test
    void usesASwitchThatRefusesTheRole() {
        peer.send(FACTORY.buildHello().build());
        peer.answerFeatures(7);
        List<OFMessage> questions = peer.receive();
        questions.forEach(question -> peer.answer(question, asked -> !(asked instanceof OFRoleRequest)));
        peer.send(roleError(roleRequestIn(questions), OFRoleRequestFailedCode.UNSUP));
        peer.send(roleError(roleRequestIn(peer.receive()), OFRoleRequestFailedCode.UNSUP));

        assertThat(events.lines()).containsExactly("connected 7 ports []");
    }

    @Test
    void refusesASwitchOfVersion10WithAnError() {
        peer.receive();
        peer.sendBytes(HexFormat.of().parseHex("0100000800000009"));

        assertThat(peer.receive()).singleElement().satisfies(message -> {
            assertThat(message.getXid()).isEqualTo(9);
            assertThat(((OFErrorMsg) message).getErrType()).isEqualTo(OFErrorType.HELLO_FAILED);
        });
        assertThat(peer.isOpen()).isFalse();
        assertThat(counters.value("roost_openflow_connections_closed_total", "reason", "version"))
                .isEqualTo(1);
    }

    @Test
    void refusesABitmapWithoutVersion13() {
        peer.sendBytes(HexFormat.of().parseHex("05000010000000090001000800000022"));

        assertThat(peer.isOpen()).isFalse();
    }

    @Test
    void acceptsANewerSwitchWhoseBitmapHasVersion13() {
        peer.sendBytes(HexFormat.of().parseHex("06000010000000090001000800000072"));

        assertThat(peer.receiveTypes()).containsExactly(OFType.HELLO, OFType.FEATURES_REQUEST);
    }

    @Test
    void dropsASwitchThatDoesNotFinishItsHandshake() {
        peer.send(FACTORY.buildHello().build());
        peer.answerFeatures(7);
        peer.pass(Duration.ofSeconds(9));
        assertThat(peer.isOpen()).isTrue();

        peer.pass(Duration.ofSeconds(2));

        assertThat(peer.isOpen()).isFalse();
        assertThat(counters.value("roost_openflow_connections_closed_total", "reason", "handshake-timeout"))
                .isEqualTo(1);
        assertThat(events.lines()).isEmpty();
    }

    @Test
    void handsAllPacketInsOfOneReadOverInOnePiece() {
        peer.shakeHands(7);

        peer.send(packetIn(1, (byte) 0xaa), packetIn(2), packetIn(3, (byte) 0xbb, (byte) 0xcc));

        assertThat(events.lines()).endsWith("packet-ins 1:aa 2: 3:bbcc");
    }

    @Test
    void keepsTheOrderOfPacketsAndPortChanges() {
        peer.shakeHands(7);

        peer.send(
                packetIn(1, (byte) 0xaa),
                FACTORY.buildPortStatus()
                        .setReason(OFPortReason.MODIFY)
                        .setDesc(port(1, "eth1"))
                        .build(),
                packetIn(1, (byte) 0xbb),
                FACTORY.buildPortStatus()
                        .setReason(OFPortReason.DELETE)
                        .setDesc(port(1, "eth1"))
                        .build());

        assertThat(events.lines())
                .endsWith("packet-ins 1:aa", "port eth1", "packet-ins 1:bb", "port 1 removed")
                .hasSize(5);
    }

    @Test
    void readsAMessageThatComesByteByByte() {
        peer.shakeHands(7);

        ByteBuf message = Unpooled.buffer();
        packetIn(1, (byte) 0xaa).writeTo(message);
        while (message.isReadable()) {
            peer.sendBytes(message.readByte());
        }

        assertThat(events.lines()).endsWith("packet-ins 1:aa");
    }

    @Test
    void survivesEveryTruncationAndEveryChangedByteOfAPacketIn() {
        peer.shakeHands(7);
        ByteBuf whole = Unpooled.buffer();
        packetIn(1, (byte) 0xaa, (byte) 0xbb).writeTo(whole);
        byte[] bytes = ByteBufUtil.getBytes(whole);

        for (int length = 8; length < bytes.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(bytes, length);
            cut[2] = 0;
            cut[3] = (byte) length;
            peer.sendBytes(cut);
        }
        for (int at = 8; at < bytes.length; at++) {
            for (int value = 0; value < 256; value++) {
                byte[] changed = bytes.clone();
                changed[at] = (byte) value;
                peer.sendBytes(changed);
            }
        }
        peer.send(packetIn(5, (byte) 0xdd));

        assertThat(peer.isOpen()).isTrue();
        assertThat(events.lines()).endsWith("packet-ins 5:dd");
        assertThat(counters.value("roost_openflow_messages_ignored_total", "reason", "packet-in"))
                .isPositive();
    }

    @Test
    void survivesRandomMessages() {
        long seed = System.nanoTime();
        System.out.println("survivesRandomMessages seed " + seed);
        Random random = new Random(seed);
        peer.shakeHands(7);

        for (int i = 0; i < 20_000; i++) {
            byte[] message = new byte[8 + random.nextInt(120)];
            random.nextBytes(message);
            message[0] = 4;
            message[1] = (byte) random.nextInt(32);
            message[2] = 0;
            message[3] = (byte) message.length;
            peer.sendBytes(message);
            peer.receive();
        }
        peer.send(packetIn(5, (byte) 0xdd));

        assertThat(peer.isOpen()).isTrue();
        assertThat(events.lines()).endsWith("packet-ins 5:dd");
        assertThat(counters.value("roost_openflow_messages_ignored_total", "reason", "unreadable"))
                .isPositive();
    }

    @Test
    void endsAConnectionWhoseFramingIsLost() {
        peer.shakeHands(7);

        peer.sendBytes(HexFormat.of().parseHex("040a000700000000"));

        assertThat(peer.isOpen()).isFalse();
        assertThat(events.lines()).endsWith("disconnected 7 connection 0");
    }

    @Test
    void answersAnEchoWithItsContent() {
        peer.shakeHands(7);
        peer.receive();

        peer.sendBytes(HexFormat.of().parseHex("0402000a00000042beef"));

        ByteBuf reply = peer.channel().readOutbound();
        assertThat(ByteBufUtil.hexDump(reply)).isEqualTo("0403000a00000042beef");
        reply.release();
    }

    @Test
    void asksASilentSwitchForAnEchoAndDropsItAfterThree() {
        peer.shakeHands(7);
        peer.pass(Duration.ofSeconds(5));
        peer.receive();
        for (int i = 0; i < 3; i++) {
            peer.pass(Duration.ofSeconds(5));
            assertThat(peer.receiveTypes()).containsExactly(OFType.ECHO_REQUEST);
        }
        assertThat(peer.isOpen()).isTrue();

        peer.pass(Duration.ofSeconds(5));

        assertThat(peer.isOpen()).isFalse();
        assertThat(events.lines()).endsWith("disconnected 7 connection 0");
    }

    @Test
    void keepsASilentSwitchThatAnswersEchoes() {
        peer.shakeHands(7);

        for (int i = 0; i < 20; i++) {
            peer.pass(Duration.ofSeconds(5));
            for (OFMessage message : peer.receive()) {
                if (message.getType() == OFType.ECHO_REQUEST) {
                    peer.send(FACTORY.buildEchoReply().setXid(message.getXid()).build());
                }
            }
        }

        assertThat(peer.isOpen()).isTrue();
    }

    @Test
    void letsTheNewestConnectionOfADatapathIdWin() {
        peer.shakeHands(7);
        ScriptedSwitch again = new ScriptedSwitch(switches, counters);

        again.shakeHands(7);

        assertThat(events.lines())
                .containsExactly("connected 7 ports []", "disconnected 7 connection 0", "connected 7 ports []");
        assertThat(peer.isOpen()).isFalse();
        assertThat(again.isOpen()).isTrue();
        assertThat(counters.value("roost_openflow_datapath_id_taken_over_total"))
                .isEqualTo(1);
    }

    @Test
    void ignoresMessagesOfAnotherVersion() throws Exception {
        peer.shakeHands(7);
        ByteBuf old = Unpooled.buffer();
        OFFactories.getFactory(OFVersion.OF_10).barrierRequest().writeTo(old);

        peer.channel().writeInbound(old);

        assertThat(peer.isOpen()).isTrue();
        assertThat(counters.value("roost_openflow_messages_ignored_total", "reason", "wrong-version"))
                .isEqualTo(1);
    }

    private static OFRoleRequest roleRequestIn(List<OFMessage> messages) {
        return (OFRoleRequest) messages.stream()
                .filter(OFRoleRequest.class::isInstance)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no ROLE_REQUEST in " + messages));
    }

    private static OFMessage roleError(OFRoleRequest request, OFRoleRequestFailedCode code) {
        return FACTORY.errorMsgs()
                .buildRoleRequestFailedErrorMsg()
                .setXid(request.getXid())
                .setCode(code)
                .build();
    }
}
