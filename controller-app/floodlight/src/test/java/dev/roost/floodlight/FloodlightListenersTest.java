package dev.roost.floodlight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.roost.controller.Counters;
import dev.roost.controller.OpenFlowSwitch;
import dev.roost.controller.PacketOutFormat;
import dev.roost.controller.PacketOutSink;
import dev.roost.controller.RecordedEvents;
import dev.roost.controller.SwitchEvents;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.floodlightcontroller.core.IListener;
import net.floodlightcontroller.linkdiscovery.ILinkDiscovery;
import org.junit.jupiter.api.Test;
import org.projectfloodlight.openflow.protocol.OFFactories;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFPacketInReason;
import org.projectfloodlight.openflow.protocol.OFPacketOut;
import org.projectfloodlight.openflow.protocol.OFType;
import org.projectfloodlight.openflow.protocol.OFVersion;
import org.projectfloodlight.openflow.protocol.match.Match;
import org.projectfloodlight.openflow.protocol.match.MatchField;
import org.projectfloodlight.openflow.types.DatapathId;
import org.projectfloodlight.openflow.types.OFBufferId;
import org.projectfloodlight.openflow.types.OFPort;
import org.projectfloodlight.openflow.types.TableId;
import org.projectfloodlight.openflow.types.U64;

/** What is particular to Floodlight: roles, versions, the chain of listeners, the news of links. */
class FloodlightListenersTest {

    private static final OFFactory FACTORY = OFFactories.getFactory(OFVersion.OF_13);
    private static final long OURS = 0x526fL << 48;
    private static final long FLOODLIGHTS = 0x0020_0000_0000_0000L;

    private final Counters counters = new Counters();
    private final RecordedEvents events = new RecordedEvents();
    private final FakeFloodlight floodlight = new FakeFloodlight(events, counters);

    private static OFMessage packetIn(long cookie, byte[] frame) {
        return packetIn(
                cookie,
                frame,
                FACTORY.buildMatch().setExact(MatchField.IN_PORT, OFPort.of(1)).build());
    }

    private static OFMessage packetIn(long cookie, byte[] frame, Match match) {
        return FACTORY.buildPacketIn()
                .setBufferId(OFBufferId.NO_BUFFER)
                .setTotalLen(frame.length)
                .setReason(OFPacketInReason.ACTION)
                .setTableId(TableId.of(0))
                .setCookie(U64.of(cookie))
                .setMatch(match)
                .setData(frame)
                .build();
    }

    private FakeDevice connect() {
        return floodlight.connect(7, OFVersion.OF_13, List.of());
    }

    private long decided(String decision) {
        return counters.value("roost_floodlight_packet_ins_total", "decision", decision);
    }

    @Test
    void keepsItsOwnPacketsAndPassesTheOthersOn() {
        FakeDevice device = connect();

        assertThat(floodlight.dispatch(device, packetIn(OURS, new byte[60]))).isEqualTo(IListener.Command.STOP);
        assertThat(floodlight.dispatch(device, packetIn(FLOODLIGHTS, new byte[60])))
                .isEqualTo(IListener.Command.CONTINUE);

        assertThat(events.lines()).hasSize(2).last().asString().startsWith("packet-ins 1:0000");
        assertThat(decided("taken")).isEqualTo(1);
        assertThat(decided("passed")).isEqualTo(1);
    }

    @Test
    void runsBeforeEverybodyElse() {
        for (String name : List.of("linkdiscovery", "topology", "devicemanager", "forwarding", "firewall")) {
            assertThat(floodlight.packetIns.isCallbackOrderingPostreq(OFType.PACKET_IN, name))
                    .isTrue();
            assertThat(floodlight.packetIns.isCallbackOrderingPrereq(OFType.PACKET_IN, name))
                    .isFalse();
        }
        assertThat(floodlight.packetIns.isCallbackOrderingPostreq(OFType.PACKET_IN, floodlight.packetIns.getName()))
                .isFalse();
    }

    @Test
    void whatNobodyCanReadReachesNobodyAndIsCounted() {
        FakeDevice device = connect();
        FakeDevice old = floodlight.connect(8, OFVersion.OF_10, List.of());

        assertThat(floodlight.dispatch(device, packetIn(FLOODLIGHTS, new byte[10])))
                .isEqualTo(IListener.Command.STOP);
        assertThat(floodlight.dispatch(old, packetIn(FLOODLIGHTS, new byte[10])))
                .isEqualTo(IListener.Command.STOP);
        assertThat(floodlight.dispatch(
                        device,
                        packetIn(OURS, new byte[60], FACTORY.buildMatch().build())))
                .isEqualTo(IListener.Command.STOP);

        assertThat(decided("unreadable")).isEqualTo(3);
        assertThat(events.lines()).noneMatch(line -> line.startsWith("packet-ins"));
    }

    @Test
    void showsThePacketOfARouterThatHasMovedToTheLoopAndLeavesItToTheOthers() {
        FakeDevice device = connect();
        byte[] frame = new byte[60];
        frame[6] = 0x02;
        frame[11] = 0x0a;
        frame[12] = (byte) 0x86;
        frame[13] = (byte) 0xdd;
        floodlight.isRouterElsewhere = (source, port) ->
                source.equals(MacAddress.parse("02:00:00:00:00:0a")) && port.equals(new SwitchPort(new SwitchId(7), 1));

        assertThat(floodlight.dispatch(device, packetIn(FLOODLIGHTS, frame))).isEqualTo(IListener.Command.CONTINUE);
        assertThat(events.lines()).last().asString().startsWith("packet-ins 1:0000");
        assertThat(decided("shared")).isEqualTo(1);

        frame[11] = 0x0b;
        assertThat(floodlight.dispatch(device, packetIn(FLOODLIGHTS, frame))).isEqualTo(IListener.Command.CONTINUE);
        assertThat(decided("passed")).isEqualTo(1);
    }

    @Test
    void countsEveryPacketUnderOneDecision() {
        FakeDevice device = connect();
        long seed = System.nanoTime();
        System.out.println("countsEveryPacketUnderOneDecision seed " + seed);
        Random random = new Random(seed);

        for (int i = 0; i < 10_000; i++) {
            byte[] frame = new byte[random.nextInt(120)];
            random.nextBytes(frame);
            if (frame.length > 14 && random.nextBoolean()) {
                frame[12] = (byte) 0x86;
                frame[13] = (byte) 0xdd;
            }
            IListener.Command unused =
                    floodlight.dispatch(device, packetIn(random.nextBoolean() ? OURS : FLOODLIGHTS, frame));
        }

        assertThat(decided("taken") + decided("shared") + decided("passed") + decided("unreadable"))
                .isEqualTo(10_000);
        assertThat(counters.total("roost_floodlight_calls_failed_total")).isZero();
    }

    @Test
    void nothingIsThrownAtFloodlightHoweverWrongWeAre() {
        SwitchEvents broken = mock(SwitchEvents.class);
        when(broken.onPacketInsGathered(any())).thenThrow(new IllegalStateException("a bug"));
        doThrow(new IllegalStateException("a bug")).when(broken).onError(any(), any());
        doThrow(new IllegalStateException("a bug")).when(broken).onSwitchDisconnected(any());
        FakeFloodlight around = new FakeFloodlight(broken, counters);
        FakeDevice device = around.connect(7, OFVersion.OF_13, List.of());

        assertThat(around.dispatch(device, packetIn(OURS, new byte[60]))).isEqualTo(IListener.Command.STOP);
        assertThat(around.dispatch(
                        device,
                        FACTORY.errorMsgs()
                                .buildHelloFailedErrorMsg()
                                .setCode(org.projectfloodlight.openflow.protocol.OFHelloFailedCode.EPERM)
                                .build()))
                .isEqualTo(IListener.Command.CONTINUE);
        around.remove(device);

        assertThat(counters.value("roost_floodlight_calls_failed_total", "call", "packet-in"))
                .isEqualTo(1);
        assertThat(counters.value("roost_floodlight_calls_failed_total", "call", "error"))
                .isEqualTo(1);
        assertThat(counters.value("roost_floodlight_calls_failed_total", "call", "switch-removed"))
                .isEqualTo(1);
    }

    @Test
    void aSlaveNeverWrites() {
        FakeDevice device = connect();
        OpenFlowSwitch held = events.last();
        List<String> outcomes = new ArrayList<>();
        device.master = false;

        held.send(List.of(FACTORY.buildFlowAdd().build()));
        held.packetOuts().add(PacketOutSink.CONTROLLER_PORT, 1, new byte[20], 0, 20);
        held.packetOuts().flush();
        held.barrier(new OpenFlowSwitch.Confirmation() {
            @Override
            public void confirmed() {
                outcomes.add("confirmed");
            }

            @Override
            public void failed(String reason) {
                outcomes.add(reason);
            }
        });

        assertThat(device.takeWritten()).isEmpty();
        assertThat(device.refusedWrites).isZero();
        assertThat(outcomes).containsExactly("disconnected");
        assertThat(counters.total("roost_openflow_messages_not_written_total")).isEqualTo(2);
    }

    @Test
    void aSwitchIsOursFromItsActivationToItsDeactivation() {
        FakeDevice device = connect();
        DatapathId id = device.getId();

        device.master = false;
        floodlight.switches.switchDeactivated(id);
        floodlight.switches.switchDeactivated(id);
        device.master = true;
        floodlight.switches.switchActivated(id);

        assertThat(events.lines())
                .containsExactly("connected 7 ports []", "disconnected 7 connection 0", "connected 7 ports []");
    }

    @Test
    void onStandbyNoSwitchIsOurs() {
        connect();
        floodlight.connect(8, OFVersion.OF_13, List.of());

        floodlight.switches.transitionToStandby();

        assertThat(events.lines())
                .containsExactlyInAnyOrder(
                        "connected 7 ports []",
                        "connected 8 ports []",
                        "disconnected 7 connection 0",
                        "disconnected 8 connection 1");
    }

    @Test
    void aSwitchThatSpeaksNo13IsNamedAndTheOthersAreServed() {
        floodlight.connect(8, OFVersion.OF_10, List.of());
        FakeDevice device = connect();

        assertThat(events.lines())
                .containsExactly("unusable 8 speaks OpenFlow 1.0; OpenFlow 1.3 is needed", "connected 7 ports []");
        assertThat(floodlight.dispatch(device, packetIn(OURS, new byte[60]))).isEqualTo(IListener.Command.STOP);
    }

    @Test
    void takesNothingForAHomeNetworkThatIsNoLongerServed() {
        FakeDevice device = connect();
        byte[] request = PacketInFilterTest.discoveryRequest();

        assertThat(floodlight.dispatch(device, packetIn(FLOODLIGHTS, request))).isEqualTo(IListener.Command.STOP);
        floodlight.served = List.of();
        assertThat(floodlight.dispatch(device, packetIn(FLOODLIGHTS, request))).isEqualTo(IListener.Command.CONTINUE);
    }

    @Test
    void packetOutsAreDroppedOnlyWhenASwitchDoesNotReadForLong() {
        FakeDevice device = connect();
        PacketOutSink sink = events.last().packetOuts();
        device.writable = false;

        sink.add(PacketOutSink.CONTROLLER_PORT, 1, new byte[20], 0, 20);
        sink.flush();
        assertThat(device.takeWritten()).hasSize(1);

        long from = System.nanoTime();
        while (System.nanoTime() - from <= PacketOutList.PATIENCE_NANOS) {
            Thread.onSpinWait();
        }
        sink.add(PacketOutSink.CONTROLLER_PORT, 1, new byte[20], 0, 20);
        sink.flush();
        assertThat(device.takeWritten()).isEmpty();

        device.writable = true;
        sink.add(PacketOutSink.CONTROLLER_PORT, 1, new byte[20], 0, 20);
        sink.flush();
        assertThat(device.takeWritten()).hasSize(1);
        assertThat(counters.total("roost_openflow_packet_outs_dropped_total")).isEqualTo(1);
    }

    @Test
    void packetOutIsWhatOpenflowjMakesOfIt() {
        byte[] frame = PacketInFilterTest.discoveryRequest();
        OFFactory factory = OFFactories.getFactory(OFVersion.OF_13);
        OFPacketOut usual = factory.buildPacketOut()
                .setXid(PacketOutFormat.XID)
                .setBufferId(OFBufferId.NO_BUFFER)
                .setInPort(OFPort.CONTROLLER)
                .setActions(List.of(factory.actions().output(OFPort.of(3), 0)))
                .setData(frame)
                .build();

        OFPacketOut ours = new FramePacketOut(factory, PacketOutSink.CONTROLLER_PORT, 3, frame);

        ByteBuf written = Unpooled.buffer();
        ByteBuf expected = Unpooled.buffer();
        ours.writeTo(written);
        usual.writeTo(expected);
        assertThat(written).isEqualTo(expected);
        assertThat(ours.getData()).isEqualTo(frame);
        assertThat(ours.getInPort()).isEqualTo(OFPort.CONTROLLER);
        assertThat(ours.getActions()).isEqualTo(usual.getActions());
        assertThat(ours.createBuilder().build()).isEqualTo(usual);
        assertThat(ours.equalsIgnoreXid(usual)).isTrue();
    }

    @Test
    void tellsOfDirectLinksAgainAndAgainUntilTheyAreGone() {
        Links links = new Links(events, new Boundary(counters));

        links.linkDiscoveryUpdate(List.of(
                link(ILinkDiscovery.UpdateOperation.LINK_UPDATED, ILinkDiscovery.LinkType.DIRECT_LINK, 1, 2),
                link(ILinkDiscovery.UpdateOperation.LINK_UPDATED, ILinkDiscovery.LinkType.MULTIHOP_LINK, 3, 4)));
        links.refresh();
        links.linkDiscoveryUpdate(
                List.of(link(ILinkDiscovery.UpdateOperation.LINK_REMOVED, ILinkDiscovery.LinkType.DIRECT_LINK, 1, 2)));
        links.refresh();

        String seen = "link 00:00:00:00:00:00:00:01/1 to 00:00:00:00:00:00:00:02/2";
        assertThat(events.lines()).containsExactly(seen, seen);
    }

    private static ILinkDiscovery.LDUpdate link(
            ILinkDiscovery.UpdateOperation operation, ILinkDiscovery.LinkType type, int from, int to) {
        ILinkDiscovery.LDUpdate update = mock(ILinkDiscovery.LDUpdate.class);
        when(update.getOperation()).thenReturn(operation);
        when(update.getType()).thenReturn(type);
        when(update.getSrc()).thenReturn(DatapathId.of(from));
        when(update.getSrcPort()).thenReturn(OFPort.of(from));
        when(update.getDst()).thenReturn(DatapathId.of(to));
        when(update.getDstPort()).thenReturn(OFPort.of(to));
        return update;
    }
}
