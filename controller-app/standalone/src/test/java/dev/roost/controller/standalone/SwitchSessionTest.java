package dev.roost.controller.standalone;

import static dev.roost.controller.standalone.ScriptedSwitch.FACTORY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.controller.Counters;
import dev.roost.controller.OpenFlowSwitch;
import dev.roost.controller.PacketOutSink;
import dev.roost.controller.RecordedEvents;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.projectfloodlight.openflow.protocol.OFBadRequestCode;
import org.projectfloodlight.openflow.protocol.OFFlowStatsReply;
import org.projectfloodlight.openflow.protocol.OFFlowStatsRequest;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFPacketOut;
import org.projectfloodlight.openflow.protocol.OFType;
import org.projectfloodlight.openflow.protocol.action.OFActionOutput;
import org.projectfloodlight.openflow.types.OFPort;

class SwitchSessionTest {

    private final RecordedEvents events = new RecordedEvents();
    private final Counters counters = new Counters();
    private final ConnectedSwitches switches = new ConnectedSwitches(events, counters);
    private final ScriptedSwitch peer = new ScriptedSwitch(switches, counters);
    private final List<String> outcomes = new ArrayList<>();

    @BeforeEach
    void connect() {
        peer.shakeHands(7);
        peer.receive();
    }

    @Test
    void sendsThePacketOutsOfATurnAsOneWrite() {
        PacketOutSink sink = events.last().packetOuts();
        sink.add(PacketOutSink.CONTROLLER_PORT, 3, new byte[] {1, 2, 3, 4}, 1, 2);
        sink.add(5, PacketOutSink.NORMAL_PORT, new byte[] {9}, 0, 1);
        assertThat(peer.channel().outboundMessages()).isEmpty();

        sink.flush();
        peer.channel().runPendingTasks();

        assertThat(peer.channel().outboundMessages()).hasSize(1);
        assertThat(peer.receive())
                .hasSize(2)
                .satisfiesExactly(
                        first -> {
                            OFPacketOut packetOut = (OFPacketOut) first;
                            assertThat(packetOut.getInPort()).isEqualTo(OFPort.CONTROLLER);
                            assertThat(packetOut.getData()).containsExactly(2, 3);
                            assertThat(((OFActionOutput) packetOut.getActions().get(0)).getPort())
                                    .isEqualTo(OFPort.of(3));
                        },
                        second -> {
                            OFPacketOut packetOut = (OFPacketOut) second;
                            assertThat(packetOut.getInPort()).isEqualTo(OFPort.of(5));
                            assertThat(packetOut.getData()).containsExactly(9);
                            assertThat(((OFActionOutput) packetOut.getActions().get(0)).getPort())
                                    .isEqualTo(OFPort.NORMAL);
                        });
    }

    @Test
    void putsPartsOfAReplyTogether() {
        OFFlowStatsRequest request = flowStats();
        events.last().read(request, receiver());
        assertThat(peer.receiveTypes()).containsExactly(OFType.STATS_REQUEST);

        peer.send(flowStatsReply(request, true), flowStatsReply(request, true), flowStatsReply(request, false));
        peer.send(flowStatsReply(request, false));

        assertThat(outcomes).containsExactly("part", "part", "part", "complete");
    }

    @Test
    void failsAReadThatTheSwitchRefuses() {
        OFFlowStatsRequest request = flowStats();
        events.last().read(request, receiver());
        peer.receive();

        peer.send(error(request.getXid()));

        assertThat(outcomes).containsExactly("failed: refused: BAD_REQUEST");
        assertThat(events.lines()).hasSize(1);
    }

    @Test
    void failsWhatIsOpenWhenTheSwitchGoes() {
        OpenFlowSwitch session = events.last();
        session.read(flowStats(), receiver());
        session.barrier(confirmation());
        peer.receive();

        peer.channel().close().syncUninterruptibly();

        assertThat(outcomes).containsExactlyInAnyOrder("failed: disconnected", "barrier failed: disconnected");
        session.read(flowStats(), receiver());
        peer.channel().runPendingTasks();
        assertThat(outcomes).hasSize(3).endsWith("failed: disconnected");
    }

    @Test
    void confirmsABarrierByItsOwnReplyOnly() {
        events.last().barrier(confirmation());
        OFMessage request = peer.receive().get(0);

        peer.send(FACTORY.buildBarrierReply().setXid(request.getXid() + 1).build());
        assertThat(outcomes).isEmpty();
        peer.send(FACTORY.buildBarrierReply().setXid(request.getXid()).build());

        assertThat(outcomes).containsExactly("barrier passed");
    }

    @Test
    void tellsErrorsAboutOtherMessagesWithTheirXid() {
        peer.send(error(4711));

        assertThat(events.lines()).endsWith("error xid 4711 BAD_REQUEST");
    }

    @Test
    void refusesMoreOpenQuestionsThanItsLimit() {
        for (int i = 0; i < 1025; i++) {
            events.last().barrier(confirmation());
        }
        peer.channel().runPendingTasks();

        assertThat(outcomes).containsExactly("barrier failed: more than 1024 questions are open");
    }

    private static OFFlowStatsRequest flowStats() {
        return FACTORY.buildFlowStatsRequest().setOutPort(OFPort.ANY).build();
    }

    private static OFMessage flowStatsReply(OFFlowStatsRequest request, boolean more) {
        return FACTORY.buildFlowStatsReply()
                .setXid(request.getXid())
                .setFlags(ScriptedSwitch.more(more))
                .build();
    }

    private static OFMessage error(long xid) {
        return FACTORY.errorMsgs()
                .buildBadRequestErrorMsg()
                .setXid(xid)
                .setCode(OFBadRequestCode.BAD_TYPE)
                .build();
    }

    private OpenFlowSwitch.StatsReceiver<OFFlowStatsReply> receiver() {
        return new OpenFlowSwitch.StatsReceiver<>() {
            @Override
            public void part(OFFlowStatsReply part) {
                outcomes.add("part");
            }

            @Override
            public void complete() {
                outcomes.add("complete");
            }

            @Override
            public void failed(String reason) {
                outcomes.add("failed: " + reason);
            }
        };
    }

    private OpenFlowSwitch.Confirmation confirmation() {
        return new OpenFlowSwitch.Confirmation() {
            @Override
            public void confirmed() {
                outcomes.add("barrier passed");
            }

            @Override
            public void failed(String reason) {
                outcomes.add("barrier failed: " + reason);
            }
        };
    }
}
