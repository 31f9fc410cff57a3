package dev.roost.controller;

import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.MalformedPacketException;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.openflow.fake.FakeSwitch;
import dev.roost.openflow.fake.Verdict;
import dev.roost.topology.SwitchId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.projectfloodlight.openflow.protocol.OFErrorMsg;
import org.projectfloodlight.openflow.protocol.OFFactories;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFPacketIn;
import org.projectfloodlight.openflow.protocol.OFPortDesc;
import org.projectfloodlight.openflow.protocol.OFPortState;
import org.projectfloodlight.openflow.protocol.OFPortStatsRequest;
import org.projectfloodlight.openflow.protocol.OFStatsReply;
import org.projectfloodlight.openflow.protocol.OFStatsReplyFlags;
import org.projectfloodlight.openflow.protocol.OFStatsRequest;
import org.projectfloodlight.openflow.protocol.OFVersion;
import org.projectfloodlight.openflow.protocol.match.MatchField;
import org.projectfloodlight.openflow.types.OFPort;
import org.projectfloodlight.openflow.types.U64;

/** One connection of a switch in memory: what the controller sends is applied at once, and what it answers comes at once. */
final class FakeConnection implements OpenFlowSwitch {

    static final int PORTS = 8;
    private static final OFFactory FACTORY = OFFactories.getFactory(OFVersion.OF_13);

    /** A packet-out, as the switch would see it. */
    record Sent(int inPort, int outPort, OpaqueBytes octets) {

        byte[] bytes() {
            return octets.toBytes();
        }

        EthernetFrame frame() {
            try {
                return EthernetFrame.parse(ByteBuffer.wrap(bytes()));
            } catch (MalformedPacketException e) {
                throw new AssertionError("the controller sent what cannot be read", e);
            }
        }

        boolean isLinkProbe() {
            return ByteBuffer.wrap(bytes()).getShort(12) == (short) 0x88cc;
        }
    }

    private final SwitchId id;
    private final FakeSwitch fake;
    private final LongSupplier nanos;
    private final SwitchEvents events;
    private final List<String> trace;
    private final List<Sent> pending = new ArrayList<>();
    private final List<Sent> sent = new ArrayList<>();
    private final List<OFMessage> rules = new ArrayList<>();
    private final Map<Integer, long[]> portCounts = new TreeMap<>();
    private final List<Confirmation> held = new ArrayList<>();
    /** What the switch was sent, in order: {@code rules}, {@code barrier}, {@code packet}. */
    final List<String> order = new ArrayList<>();
    /** Whether barriers are not confirmed before {@link #confirmBarriers}. */
    boolean holdsBarriers;
    /** Why the switch does not answer questions, if so. */
    String silence = "";

    boolean disconnected;

    FakeConnection(long datapathId, FakeSwitch fake, SwitchEvents events, LongSupplier nanos, List<String> trace) {
        this.nanos = nanos;
        this.id = new SwitchId(datapathId);
        this.fake = fake;
        this.events = events;
        this.trace = trace;
    }

    void connect() {
        List<OFPortDesc> ports = new ArrayList<>();
        for (int port = 1; port <= PORTS; port++) {
            ports.add(port(port, true));
        }
        events.onSwitchConnected(this, ports);
    }

    static OFPortDesc port(int number, boolean up) {
        return FACTORY.buildPortDesc()
                .setPortNo(OFPort.of(number))
                .setName("eth" + number)
                .setState(up ? Set.of() : Set.of(OFPortState.LINK_DOWN))
                .build();
    }

    /** A frame comes in at a port of the switch: what its rules say goes to the controller, and the verdict is returned. */
    Verdict receive(int port, byte[] frame) {
        Verdict verdict = fake.receive(port, frame);
        for (OFPacketIn packetIn : verdict.toController()) {
            punt(packetIn.getMatch().get(MatchField.IN_PORT).getPortNumber(), packetIn.getData());
        }
        return verdict;
    }

    /** A frame reaches the controller whatever the rules say. */
    void punt(int port, byte[] frame) {
        PacketInBatch batch = new PacketInBatch(this, nanos.getAsLong(), frame.length);
        batch.add(port, frame);
        events.onPacketIns(batch);
    }

    void countPackets(int port, long in, long out) {
        portCounts.put(port, new long[] {in, out});
    }

    FakeSwitch fake() {
        return fake;
    }

    /** Packet-outs since the last call, without link probes. */
    List<Sent> takeSent() {
        List<Sent> taken = sent.stream().filter(each -> !each.isLinkProbe()).toList();
        sent.removeIf(each -> !each.isLinkProbe());
        return taken;
    }

    List<Sent> takeLinkProbes() {
        List<Sent> taken = sent.stream().filter(Sent::isLinkProbe).toList();
        sent.removeIf(Sent::isLinkProbe);
        return taken;
    }

    /** Flow-mods, group-mods and barriers since the last call. */
    List<OFMessage> takeRuleMessages() {
        List<OFMessage> taken = List.copyOf(rules);
        rules.clear();
        return taken;
    }

    @Override
    public SwitchId id() {
        return id;
    }

    @Override
    public OFFactory factory() {
        return FACTORY;
    }

    @Override
    public String description() {
        return "fake";
    }

    @Override
    public void send(List<? extends OFMessage> messages) {
        rules.addAll(messages);
        order.add("rules");
        for (OFMessage answer : fake.handleAll(messages)) {
            if (answer instanceof OFErrorMsg error) {
                events.onError(this, error);
            }
        }
    }

    @Override
    public void barrier(Confirmation confirmation) {
        order.add("barrier");
        if (holdsBarriers) {
            held.add(confirmation);
        } else {
            confirmation.confirmed();
        }
    }

    void confirmBarriers() {
        List<Confirmation> confirmed = List.copyOf(held);
        held.clear();
        confirmed.forEach(Confirmation::confirmed);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R extends OFStatsReply> void read(OFStatsRequest<R> request, StatsReceiver<R> receiver) {
        if (!silence.isEmpty()) {
            receiver.failed(silence);
            return;
        }
        if (request instanceof OFPortStatsRequest) {
            receiver.part((R) portStats(request.getXid()));
            receiver.complete();
            return;
        }
        for (OFMessage answer : fake.handle(request)) {
            if (answer instanceof OFErrorMsg error) {
                receiver.failed("refused: " + error.getErrType());
                return;
            }
            R part = (R) answer;
            receiver.part(part);
            if (!part.getFlags().contains(OFStatsReplyFlags.REPLY_MORE)) {
                receiver.complete();
            }
        }
    }

    private OFStatsReply portStats(long xid) {
        return FACTORY.buildPortStatsReply()
                .setXid(xid)
                .setEntries(portCounts.entrySet().stream()
                        .map(entry -> FACTORY.buildPortStatsEntry()
                                .setPortNo(OFPort.of(entry.getKey()))
                                .setRxPackets(U64.of(entry.getValue()[0]))
                                .setTxPackets(U64.of(entry.getValue()[1]))
                                .build())
                        .toList())
                .build();
    }

    @Override
    public PacketOutSink packetOuts() {
        return new PacketOutSink() {
            @Override
            public void add(int inPort, int outPort, byte[] frame, int offset, int length) {
                pending.add(
                        new Sent(inPort, outPort, OpaqueBytes.of(Arrays.copyOfRange(frame, offset, offset + length))));
            }

            @Override
            public void flush() {
                pending.stream().filter(each -> !each.isLinkProbe()).forEach(unused -> {
                    trace.add("packet");
                    order.add("packet");
                });
                sent.addAll(pending);
                pending.clear();
            }
        };
    }

    @Override
    public void disconnect(String reason) {
        disconnected = true;
    }
}
