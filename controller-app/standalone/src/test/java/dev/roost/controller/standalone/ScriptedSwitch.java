package dev.roost.controller.standalone;

import dev.roost.controller.Counters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.projectfloodlight.openflow.exceptions.OFParseError;
import org.projectfloodlight.openflow.protocol.OFControllerRole;
import org.projectfloodlight.openflow.protocol.OFFactories;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFPacketInReason;
import org.projectfloodlight.openflow.protocol.OFPortDesc;
import org.projectfloodlight.openflow.protocol.OFRoleRequest;
import org.projectfloodlight.openflow.protocol.OFStatsReplyFlags;
import org.projectfloodlight.openflow.protocol.OFStatsRequest;
import org.projectfloodlight.openflow.protocol.OFType;
import org.projectfloodlight.openflow.protocol.OFVersion;
import org.projectfloodlight.openflow.protocol.match.MatchField;
import org.projectfloodlight.openflow.types.DatapathId;
import org.projectfloodlight.openflow.types.OFAuxId;
import org.projectfloodlight.openflow.types.OFBufferId;
import org.projectfloodlight.openflow.types.OFPort;
import org.projectfloodlight.openflow.types.TableId;

/** The switch's end of a connection, message by message, over a channel without a network and with a clock that stands. */
final class ScriptedSwitch {

    static final OFFactory FACTORY = OFFactories.getFactory(OFVersion.OF_13);
    static final long GENERATION_ID = 1000;
    static final OpenFlowServerOptions OPTIONS = new OpenFlowServerOptions(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            1,
            false,
            16,
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            1 << 20,
            GENERATION_ID);

    private final EmbeddedChannel channel;
    private final List<OFMessage> received = new ArrayList<>();
    private int writes;

    ScriptedSwitch(ConnectedSwitches switches, Counters counters) {
        channel = new EmbeddedChannel();
        channel.freezeTime();
        channel.pipeline().addLast(new OpenFlowConnection(OPTIONS, switches, counters));
        channel.pipeline().fireChannelActive();
    }

    EmbeddedChannel channel() {
        return channel;
    }

    boolean isOpen() {
        channel.runPendingTasks();
        return channel.isOpen();
    }

    void pass(Duration time) {
        channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
    }

    void sendBytes(byte... bytes) {
        channel.writeInbound(Unpooled.wrappedBuffer(bytes));
    }

    void send(OFMessage... messages) {
        ByteBuf out = Unpooled.buffer();
        for (OFMessage message : messages) {
            message.writeTo(out);
        }
        channel.writeInbound(out);
    }

    /** Everything that has come since the last call. */
    List<OFMessage> receive() {
        channel.runPendingTasks();
        received.clear();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            writes++;
            try {
                while (out.isReadable()) {
                    received.add(OFFactories.getGenericReader().readFrom(out));
                }
            } catch (OFParseError e) {
                throw new AssertionError("the controller sent what openflowj cannot read", e);
            } finally {
                out.release();
            }
        }
        return List.copyOf(received);
    }

    /** How many writes have brought what was received so far. */
    int writes() {
        return writes;
    }

    List<OFType> receiveTypes() {
        return receive().stream().map(OFMessage::getType).toList();
    }

    /** The handshake of a switch that does everything that is asked of it. */
    void shakeHands(long datapathId, OFPortDesc... ports) {
        send(FACTORY.buildHello().build());
        answerFeatures(datapathId);
        for (OFMessage question : receive()) {
            answer(question, unused -> true, ports);
        }
    }

    void answerFeatures(long datapathId) {
        OFMessage question = receive().stream()
                .filter(message -> message.getType() == OFType.FEATURES_REQUEST)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no FEATURES_REQUEST"));
        send(FACTORY.buildFeaturesReply()
                .setXid(question.getXid())
                .setDatapathId(DatapathId.of(datapathId))
                .setAuxiliaryId(OFAuxId.MAIN)
                .setCapabilities(Set.of())
                .build());
    }

    void answer(OFMessage question, Predicate<OFMessage> answers, OFPortDesc... ports) {
        if (!answers.test(question)) {
            return;
        }
        if (question instanceof OFStatsRequest<?> request) {
            send(
                    switch (request.getStatsType()) {
                        case PORT_DESC ->
                            FACTORY.buildPortDescStatsReply()
                                    .setXid(question.getXid())
                                    .setEntries(List.of(ports))
                                    .build();
                        case DESC ->
                            FACTORY.buildDescStatsReply()
                                    .setXid(question.getXid())
                                    .setMfrDesc("maker")
                                    .setHwDesc("hardware")
                                    .setSwDesc("software")
                                    .setSerialNum("1")
                                    .setDpDesc("scripted")
                                    .build();
                        default -> throw new AssertionError("not asked in a handshake: " + request);
                    });
        } else if (question instanceof OFRoleRequest request) {
            send(roleReply(
                    question.getXid(),
                    request.getRole(),
                    request.getGenerationId().getValue()));
        } else if (question.getType() == OFType.BARRIER_REQUEST) {
            send(FACTORY.buildBarrierReply().setXid(question.getXid()).build());
        }
    }

    static OFMessage roleReply(long xid, OFControllerRole role, long generationId) {
        return FACTORY.buildRoleReply()
                .setXid(xid)
                .setRole(role)
                .setGenerationId(org.projectfloodlight.openflow.types.U64.of(generationId))
                .build();
    }

    static OFPortDesc port(int number, String name) {
        return FACTORY.buildPortDesc()
                .setPortNo(OFPort.of(number))
                .setName(name)
                .build();
    }

    static OFMessage packetIn(int inPort, byte... frame) {
        return FACTORY.buildPacketIn()
                .setBufferId(OFBufferId.NO_BUFFER)
                .setTotalLen(frame.length)
                .setReason(OFPacketInReason.ACTION)
                .setTableId(TableId.of(0))
                .setMatch(FACTORY.buildMatch()
                        .setExact(MatchField.IN_PORT, OFPort.of(inPort))
                        .build())
                .setData(frame)
                .build();
    }

    static Set<OFStatsReplyFlags> more(boolean more) {
        return more ? Set.of(OFStatsReplyFlags.REPLY_MORE) : Set.of();
    }
}
