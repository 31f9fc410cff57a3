package dev.roost.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.mobileip.UdpDatagram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.projectfloodlight.openflow.protocol.OFBadRequestCode;
import org.projectfloodlight.openflow.protocol.OFBarrierRequest;
import org.projectfloodlight.openflow.protocol.OFFactories;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFPacketInReason;
import org.projectfloodlight.openflow.protocol.OFPacketOut;
import org.projectfloodlight.openflow.protocol.OFPortDesc;
import org.projectfloodlight.openflow.protocol.OFPortReason;
import org.projectfloodlight.openflow.protocol.OFPortState;
import org.projectfloodlight.openflow.protocol.OFPortStatsReply;
import org.projectfloodlight.openflow.protocol.OFPortStatsRequest;
import org.projectfloodlight.openflow.protocol.OFStatsReplyFlags;
import org.projectfloodlight.openflow.protocol.OFType;
import org.projectfloodlight.openflow.protocol.OFVersion;
import org.projectfloodlight.openflow.protocol.action.OFActionOutput;
import org.projectfloodlight.openflow.protocol.errormsg.OFErrorMsgs;
import org.projectfloodlight.openflow.protocol.match.MatchField;
import org.projectfloodlight.openflow.types.OFBufferId;
import org.projectfloodlight.openflow.types.OFErrorCauseData;
import org.projectfloodlight.openflow.types.OFPort;
import org.projectfloodlight.openflow.types.TableId;
import org.projectfloodlight.openflow.types.U64;

/**
 * What {@link SwitchEvents}, {@link OpenFlowSwitch} and {@link PacketOutSink} promise, asked of every host: the switch speaks at one end,
 * and what the loop would hear and say is at the other.
 */
public abstract class HostContractTest {

    private static final OFFactory FACTORY = OFFactories.getFactory(OFVersion.OF_13);
    private static final long OUR_COOKIE = 0x526fL << 48;
    private static final long ID = 7;

    protected final RecordedEvents events = new RecordedEvents();
    protected final Counters counters = new Counters();

    /** The switch's end of a connection whose handshake is done. Whatever is said has its effect before the call returns. */
    protected interface SwitchEnd {

        void say(OFMessage message);

        /** What has come since the last call. */
        List<OFMessage> heard();

        /** In how many writes that came. */
        int writes();

        /** The connection is lost. */
        void vanish();

        boolean isConnected();
    }

    /** A switch connects to the host, which tells {@link #events}. */
    protected abstract SwitchEnd connect(long datapathId, List<OFPortDesc> ports);

    private static OFPortDesc port(int number, boolean up) {
        return FACTORY.buildPortDesc()
                .setPortNo(OFPort.of(number))
                .setName("eth" + number)
                .setState(up ? Set.of() : Set.of(OFPortState.LINK_DOWN))
                .build();
    }

    private SwitchEnd connect() {
        SwitchEnd end = connect(ID, List.of(port(1, true), port(2, true)));
        List<OFMessage> unused = end.heard();
        return end;
    }

    private static OFMessage packetIn(int inPort, byte[] frame) {
        return FACTORY.buildPacketIn()
                .setBufferId(OFBufferId.NO_BUFFER)
                .setTotalLen(frame.length)
                .setReason(OFPacketInReason.ACTION)
                .setTableId(TableId.of(0))
                .setCookie(U64.of(OUR_COOKIE))
                .setMatch(FACTORY.buildMatch()
                        .setExact(MatchField.IN_PORT, OFPort.of(inPort))
                        .build())
                .setData(frame)
                .build();
    }

    private static OFMessage refusalOf(OFMessage message) {
        OFErrorMsgs errors = FACTORY.errorMsgs();
        return errors.buildBadRequestErrorMsg()
                .setXid(message.getXid())
                .setCode(OFBadRequestCode.BAD_TYPE)
                .setData(OFErrorCauseData.of(new byte[0], OFVersion.OF_13))
                .build();
    }

    private List<String> packets() {
        List<String> packets = new ArrayList<>();
        for (String line : events.lines()) {
            if (line.startsWith("packet-ins ")) {
                packets.addAll(
                        Arrays.asList(line.substring("packet-ins ".length()).split(" ")));
            }
        }
        return packets;
    }

    /** Writes down how questions ended. */
    private static final class Outcomes
            implements OpenFlowSwitch.Confirmation, OpenFlowSwitch.StatsReceiver<OFPortStatsReply> {

        final List<String> lines = new ArrayList<>();

        @Override
        public void confirmed() {
            lines.add("confirmed");
        }

        @Override
        public void part(OFPortStatsReply part) {
            lines.add("part of " + part.getEntries().size());
        }

        @Override
        public void complete() {
            lines.add("complete");
        }

        @Override
        public void failed(String reason) {
            assertThat(reason).isNotBlank();
            lines.add("failed");
        }
    }

    @Test
    void tellsOfASwitchAndItsPorts() {
        connect();

        assertThat(events.lines()).containsExactly("connected 7 ports [eth1, eth2]");
        assertThat(events.last().id().datapathId()).isEqualTo(ID);
        assertThat(events.last().factory().getVersion()).isEqualTo(OFVersion.OF_13);
        assertThat(events.last().description()).isNotNull();
    }

    @Test
    void tellsOfPortsThatChangeOrGo() {
        SwitchEnd end = connect();

        end.say(FACTORY.buildPortStatus()
                .setReason(OFPortReason.MODIFY)
                .setDesc(port(1, false))
                .build());
        end.say(FACTORY.buildPortStatus()
                .setReason(OFPortReason.ADD)
                .setDesc(port(3, true))
                .build());
        end.say(FACTORY.buildPortStatus()
                .setReason(OFPortReason.DELETE)
                .setDesc(port(2, true))
                .build());

        assertThat(events.lines()).endsWith("port eth1", "port eth3", "port 2 removed");
    }

    @Test
    void handsPacketsOnInTheirOrder() {
        SwitchEnd end = connect();

        for (int i = 0; i < 300; i++) {
            end.say(packetIn(1 + i % 2, new byte[] {(byte) (i >> 8), (byte) i, 1}));
        }

        assertThat(packets()).hasSize(300).startsWith("1:000001", "2:000101").endsWith("2:012b01");
    }

    @Test
    void handsOnDatagramsToTheRepresentativeAsTheyCame() {
        SwitchEnd end = connect();
        Ipv6Address homeAgent = Ipv6Address.parse("2001:db8:1::11");
        Ipv6Address representative = Ipv6Address.parse("2001:db8:1::fe");
        UdpDatagram message = new UdpDatagram(5439, 5439, OpaqueBytes.zeros(138));
        byte[] frame = EthernetFrame.of(
                        MacAddress.parse("02:00:00:00:00:11"),
                        MacAddress.parse("02:00:5e:00:00:fe"),
                        Ipv6Packet.of(homeAgent, representative, message.toPayload(homeAgent, representative)))
                .toBytes();

        end.say(packetIn(1, frame));

        assertThat(packets()).containsExactly("1:" + HexFormat.of().formatHex(frame));
    }

    @Test
    void survivesFramesThatAreNone() {
        SwitchEnd end = connect();
        long seed = System.nanoTime();
        System.out.println("survivesFramesThatAreNone seed " + seed);
        Random random = new Random(seed);

        for (int length = 1; length <= 64; length++) {
            byte[] frame = new byte[length];
            random.nextBytes(frame);
            end.say(packetIn(1, frame));
        }

        assertThat(packets()).hasSize(64);
        assertThat(end.isConnected()).isTrue();
    }

    @Test
    void packetOutsOfATurnLeaveInOneWrite() {
        SwitchEnd end = connect();
        PacketOutSink sink = events.last().packetOuts();
        byte[] frame = HexFormat.of().parseHex("00112233445566778899aabbccddeeff");
        int before = end.writes();

        sink.add(PacketOutSink.CONTROLLER_PORT, 1, frame, 0, 16);
        sink.add(2, PacketOutSink.NORMAL_PORT, frame, 4, 8);
        assertThat(end.heard()).isEmpty();
        sink.flush();
        frame[5] = 0;

        assertThat(end.heard())
                .hasSize(2)
                .allSatisfy(message -> {
                    OFPacketOut out = (OFPacketOut) message;
                    assertThat(out.getBufferId()).isEqualTo(OFBufferId.NO_BUFFER);
                    assertThat(out.getActions()).hasSize(1);
                })
                .satisfiesExactly(
                        first -> {
                            OFPacketOut out = (OFPacketOut) first;
                            assertThat(out.getInPort()).isEqualTo(OFPort.CONTROLLER);
                            assertThat(((OFActionOutput) out.getActions().get(0)).getPort())
                                    .isEqualTo(OFPort.of(1));
                            assertThat(out.getData())
                                    .asHexString()
                                    .startsWith("0011223344556677")
                                    .hasSize(32);
                        },
                        second -> {
                            OFPacketOut out = (OFPacketOut) second;
                            assertThat(out.getInPort()).isEqualTo(OFPort.of(2));
                            assertThat(((OFActionOutput) out.getActions().get(0)).getPort())
                                    .isEqualTo(OFPort.NORMAL);
                            assertThat(out.getData()).asHexString().isEqualTo("445566778899AABB");
                        });
        assertThat(end.writes() - before).isEqualTo(1);

        sink.flush();
        assertThat(end.heard()).isEmpty();
    }

    @Test
    void messagesLeaveInTheirOrderAndKeepTheirXids() {
        SwitchEnd end = connect();
        List<OFMessage> messages = List.of(
                FACTORY.buildFlowDelete().setXid(41).build(),
                FACTORY.buildFlowAdd().setXid(40).build(),
                FACTORY.buildFlowDelete().setXid(42).build());
        int before = end.writes();

        events.last().send(messages);

        assertThat(end.heard()).extracting(OFMessage::getXid).containsExactly(41L, 40L, 42L);
        assertThat(end.writes() - before).isEqualTo(1);
    }

    @Test
    void tellsWhichMessageASwitchRefuses() {
        SwitchEnd end = connect();
        events.last().send(List.of(FACTORY.buildFlowAdd().setXid(40).build()));

        end.heard().forEach(message -> end.say(refusalOf(message)));

        assertThat(events.lines()).endsWith("error xid 40 BAD_REQUEST");
        assertThat(end.isConnected()).isTrue();
    }

    @Test
    void aBarrierIsConfirmedByItsReplyAlone() {
        SwitchEnd end = connect();
        Outcomes first = new Outcomes();
        Outcomes second = new Outcomes();
        events.last().barrier(first);
        events.last().barrier(second);

        List<OFMessage> asked = end.heard();
        assertThat(asked).extracting(OFMessage::getType).containsOnly(OFType.BARRIER_REQUEST);
        assertThat(first.lines).isEmpty();
        OFBarrierRequest request = (OFBarrierRequest) asked.get(0);
        end.say(FACTORY.buildBarrierReply().setXid(request.getXid()).build());
        end.say(FACTORY.buildBarrierReply().setXid(request.getXid()).build());

        assertThat(first.lines).containsExactly("confirmed");
        assertThat(second.lines).isEmpty();
        end.say(refusalOf(asked.get(1)));
        assertThat(second.lines).containsExactly("failed");
    }

    @Test
    void statisticsComeWholeHoweverManyPartsTheyHave() {
        SwitchEnd end = connect();
        Outcomes outcome = new Outcomes();
        OFPortStatsRequest request =
                FACTORY.buildPortStatsRequest().setPortNo(OFPort.ANY).build();
        events.last().read(request, outcome);
        assertThat(end.heard()).hasSize(1);

        for (boolean more : List.of(true, true, false)) {
            end.say(FACTORY.buildPortStatsReply()
                    .setXid(request.getXid())
                    .setFlags(more ? Set.of(OFStatsReplyFlags.REPLY_MORE) : Set.of())
                    .setEntries(List.of(FACTORY.buildPortStatsEntry()
                            .setPortNo(OFPort.of(1))
                            .build()))
                    .build());
        }

        assertThat(outcome.lines).containsExactly("part of 1", "part of 1", "part of 1", "complete");
    }

    @Test
    void statisticsThatAreRefusedFailOnce() {
        SwitchEnd end = connect();
        Outcomes outcome = new Outcomes();
        OFPortStatsRequest request =
                FACTORY.buildPortStatsRequest().setPortNo(OFPort.ANY).build();
        events.last().read(request, outcome);

        end.say(refusalOf(request));
        end.vanish();

        assertThat(outcome.lines).containsExactly("failed");
    }

    @Test
    void whatIsOpenFailsWhenTheConnectionIsLost() {
        SwitchEnd end = connect();
        Outcomes barrier = new Outcomes();
        Outcomes statistics = new Outcomes();
        events.last().barrier(barrier);
        events.last().read(FACTORY.buildPortStatsRequest().setPortNo(OFPort.ANY).build(), statistics);

        end.vanish();

        assertThat(barrier.lines).containsExactly("failed");
        assertThat(statistics.lines).containsExactly("failed");
        assertThat(events.lines()).endsWith("disconnected 7 connection 0");
    }

    @Test
    void aConnectionThatIsGoneTakesCallsAndDoesNothing() {
        SwitchEnd end = connect();
        OpenFlowSwitch gone = events.last();
        end.vanish();
        Outcomes barrier = new Outcomes();
        Outcomes statistics = new Outcomes();

        gone.send(List.of(FACTORY.buildFlowAdd().build()));
        gone.packetOuts().add(PacketOutSink.CONTROLLER_PORT, 1, new byte[20], 0, 20);
        gone.packetOuts().flush();
        gone.barrier(barrier);
        gone.read(FACTORY.buildPortStatsRequest().setPortNo(OFPort.ANY).build(), statistics);
        gone.disconnect("a test");
        List<OFMessage> heard = end.heard();

        assertThat(heard).isEmpty();
        assertThat(barrier.lines).containsExactly("failed");
        assertThat(statistics.lines).containsExactly("failed");
        assertThat(events.lines().stream().filter(line -> line.startsWith("disconnected")))
                .hasSize(1);
    }

    @Test
    void theOldConnectionEndsBeforeTheNewOneBegins() {
        connect();
        SwitchEnd again = connect();

        assertThat(events.lines())
                .containsExactly(
                        "connected 7 ports [eth1, eth2]",
                        "disconnected 7 connection 0",
                        "connected 7 ports [eth1, eth2]");
        events.last().send(List.of(FACTORY.buildFlowAdd().setXid(40).build()));
        assertThat(again.heard()).hasSize(1);
    }

    @Test
    void dropsAConnectionWhenItIsTold() {
        SwitchEnd end = connect();

        events.last().disconnect("a test");

        assertThat(end.isConnected()).isFalse();
        assertThat(events.lines()).endsWith("disconnected 7 connection 0");
    }

    @Test
    void oneSwitchIsNotAnother() {
        SwitchEnd first = connect();
        SwitchEnd second = connect(8, List.of(port(1, true)));
        List<OFMessage> unused = second.heard();

        events.last().send(List.of(FACTORY.buildFlowAdd().setXid(40).build()));
        first.vanish();

        assertThat(first.heard()).isEmpty();
        assertThat(second.heard()).hasSize(1);
        assertThat(second.isConnected()).isTrue();
        assertThat(events.lines()).endsWith("disconnected 7 connection 0");
    }
}
