package dev.roost.openflow.fake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.projectfloodlight.openflow.exceptions.OFParseError;
import org.projectfloodlight.openflow.protocol.OFBadActionCode;
import org.projectfloodlight.openflow.protocol.OFBadInstructionCode;
import org.projectfloodlight.openflow.protocol.OFBadRequestCode;
import org.projectfloodlight.openflow.protocol.OFBarrierRequest;
import org.projectfloodlight.openflow.protocol.OFBucket;
import org.projectfloodlight.openflow.protocol.OFEchoRequest;
import org.projectfloodlight.openflow.protocol.OFFactories;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFFlowDelete;
import org.projectfloodlight.openflow.protocol.OFFlowDeleteStrict;
import org.projectfloodlight.openflow.protocol.OFFlowMod;
import org.projectfloodlight.openflow.protocol.OFFlowModFailedCode;
import org.projectfloodlight.openflow.protocol.OFGroupMod;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFMeterMod;
import org.projectfloodlight.openflow.protocol.OFMeterModFailedCode;
import org.projectfloodlight.openflow.protocol.OFPacketIn;
import org.projectfloodlight.openflow.protocol.OFPacketInReason;
import org.projectfloodlight.openflow.protocol.OFPacketOut;
import org.projectfloodlight.openflow.protocol.OFStatsRequest;
import org.projectfloodlight.openflow.protocol.OFVersion;
import org.projectfloodlight.openflow.protocol.action.OFAction;
import org.projectfloodlight.openflow.protocol.action.OFActionGroup;
import org.projectfloodlight.openflow.protocol.action.OFActionOutput;
import org.projectfloodlight.openflow.protocol.action.OFActionSetField;
import org.projectfloodlight.openflow.protocol.instruction.OFInstruction;
import org.projectfloodlight.openflow.protocol.instruction.OFInstructionApplyActions;
import org.projectfloodlight.openflow.protocol.instruction.OFInstructionMeter;
import org.projectfloodlight.openflow.protocol.match.MatchField;
import org.projectfloodlight.openflow.protocol.meterband.OFMeterBandDrop;
import org.projectfloodlight.openflow.protocol.oxm.OFOxmEthDst;
import org.projectfloodlight.openflow.types.OFBufferId;
import org.projectfloodlight.openflow.types.OFPort;
import org.projectfloodlight.openflow.types.TableId;
import org.projectfloodlight.openflow.types.U64;

/**
 * An OpenFlow 1.3 switch in memory, with one table, for tests. It takes the messages a controller sends, by way of their bytes on the
 * wire, applies them or answers with the error a real switch would answer with, and says where a packet goes.
 *
 * <p>Not played: timeouts, metadata, group types that choose a bucket, the learning of the learning switch (a frame that is left to it
 * is just reported as such). Not thread-safe.
 */
public final class FakeSwitch {

    private static final Set<OFPort> RESERVED =
            Set.of(OFPort.NORMAL, OFPort.CONTROLLER, OFPort.FLOOD, OFPort.ALL, OFPort.IN_PORT, OFPort.LOCAL);

    private final OFFactory factory = OFFactories.getFactory(OFVersion.OF_13);
    private final Set<Integer> ports = new TreeSet<>(Integer::compareUnsigned);
    private final FlowTable flows;
    private final GroupTable groups;
    private final MeterTable meters = new MeterTable();
    private final FakeStatistics statistics;
    private final List<Verdict.Output> packetsOut = new ArrayList<>();

    /** A switch with ports 1 to {@code ports} and room for so many rules and groups. */
    public FakeSwitch(int ports, int flowLimit, int groupLimit) {
        for (int port = 1; port <= ports; port++) {
            this.ports.add(port);
        }
        flows = new FlowTable(flowLimit);
        groups = new GroupTable(groupLimit);
        statistics = new FakeStatistics(factory, flows, groups, meters);
    }

    /** A switch with ports 1 to 8 and room for whatever a test wants. */
    public FakeSwitch() {
        this(8, 1_000_000, 10_000);
    }

    /** Has it know no meters, as many switches do. */
    public FakeSwitch withoutMeters() {
        statistics.forgetMeters();
        return this;
    }

    /** Packets a second that each meter lets through, by its number. */
    public Map<Long, Long> meterRates() {
        Map<Long, Long> rates = new TreeMap<>();
        for (MeterTable.Entry meter : meters.all()) {
            meter.bands().forEach(band -> rates.put(meter.id(), ((OFMeterBandDrop) band).getRate()));
        }
        return rates;
    }

    /** Applies messages in order and returns all answers, errors among them. */
    public List<OFMessage> handleAll(List<? extends OFMessage> messages) {
        List<OFMessage> answers = new ArrayList<>();
        messages.forEach(message -> answers.addAll(handle(message)));
        return answers;
    }

    /** Applies one message and returns its answers; none for most. */
    public List<OFMessage> handle(OFMessage sent) {
        byte[] wire = bytes(sent);
        try {
            return apply(parse(wire));
        } catch (Refusal e) {
            return List.of(parse(bytes(e.message(factory, sent.getXid(), wire))));
        }
    }

    /** Sends a frame in at a port: which rule takes it and where it goes. */
    public Verdict receive(int inPort, byte[] frame) {
        Optional<FlowEntry> taken = flows.lookUp(new FrameFields(inPort, frame));
        Verdict verdict = Verdict.empty(taken.map(entry -> entry.cookie));
        if (taken.isPresent()) {
            FlowEntry entry = taken.get();
            entry.packets++;
            entry.bytes += frame.length;
            execute(entry.actions(), inPort, frame.clone(), verdict);
        }
        return verdict;
    }

    /** What packet-outs have sent since the last call; the ports NORMAL and FLOOD appear as their own numbers. */
    public List<Verdict.Output> takePacketsOut() {
        List<Verdict.Output> taken = List.copyOf(packetsOut);
        packetsOut.clear();
        return taken;
    }

    /** From now on no more rules fit than these. */
    public void limitFlows(int limit) {
        flows.limit(limit);
    }

    /** How many rules are installed. */
    public int flowCount() {
        return flows.size();
    }

    /** How many groups are installed. */
    public int groupCount() {
        return groups.all().size();
    }

    private List<OFMessage> apply(OFMessage message) throws Refusal {
        if (message instanceof OFFlowMod mod) {
            check(mod);
            flows.apply(mod);
            return List.of();
        } else if (message instanceof OFGroupMod mod) {
            for (OFBucket bucket : mod.getBuckets()) {
                check(bucket.getActions());
            }
            groups.apply(mod).ifPresent(flows::removeThatUse);
            return List.of();
        } else if (message instanceof OFMeterMod mod) {
            meters.apply(mod).ifPresent(flows::removeThatGoThrough);
            return List.of();
        } else if (message instanceof OFBarrierRequest) {
            return List.of(factory.buildBarrierReply().setXid(message.getXid()).build());
        } else if (message instanceof OFEchoRequest echo) {
            return List.of(factory.buildEchoReply()
                    .setXid(message.getXid())
                    .setData(echo.getData())
                    .build());
        } else if (message instanceof OFStatsRequest<?> request) {
            return statistics.answer(request).stream()
                    .map(answer -> parse(bytes(answer)))
                    .toList();
        } else if (message instanceof OFPacketOut out) {
            packetOut(out);
            return List.of();
        }
        throw Refusal.of(OFBadRequestCode.BAD_TYPE);
    }

    private void check(OFFlowMod mod) throws Refusal {
        boolean delete = mod instanceof OFFlowDelete || mod instanceof OFFlowDeleteStrict;
        if (!FlowTable.isTable(mod.getTableId()) && !(delete && mod.getTableId().equals(TableId.ALL))) {
            throw Refusal.of(OFFlowModFailedCode.BAD_TABLE_ID);
        }
        Matching.check(mod.getMatch());
        if (delete) {
            return;
        }
        if (!mod.getBufferId().equals(OFBufferId.NO_BUFFER)) {
            throw Refusal.of(OFBadRequestCode.BUFFER_UNKNOWN);
        }
        for (OFInstruction instruction : mod.getInstructions()) {
            if (instruction instanceof OFInstructionMeter meter) {
                if (!meters.has(meter.getMeterId())) {
                    throw Refusal.of(OFMeterModFailedCode.INVALID_METER);
                }
            } else if (instruction instanceof OFInstructionApplyActions apply) {
                check(apply.getActions());
            } else {
                throw Refusal.of(OFBadInstructionCode.UNSUP_INST);
            }
        }
    }

    private void check(List<OFAction> actions) throws Refusal {
        for (OFAction action : actions) {
            if (action instanceof OFActionOutput output) {
                if (!RESERVED.contains(output.getPort())
                        && !ports.contains(output.getPort().getPortNumber())) {
                    throw Refusal.of(OFBadActionCode.BAD_OUT_PORT);
                }
            } else if (action instanceof OFActionGroup group) {
                if (groups.get(group.getGroup()).isEmpty()) {
                    throw Refusal.of(OFBadActionCode.BAD_OUT_GROUP);
                }
            } else if (!(action instanceof OFActionSetField set && set.getField() instanceof OFOxmEthDst)) {
                throw Refusal.of(OFBadActionCode.BAD_TYPE);
            }
        }
    }

    private void execute(List<OFAction> actions, int inPort, byte[] frame, Verdict verdict) {
        for (OFAction action : actions) {
            if (action instanceof OFActionOutput output) {
                output(output.getPort(), inPort, frame, verdict);
            } else if (action instanceof OFActionGroup to) {
                groups.get(to.getGroup()).ifPresent(group -> {
                    group.packets++;
                    group.bytes += frame.length;
                    // A bucket works on a copy: what it rewrites is not seen behind it.
                    execute(group.buckets.get(0).getActions(), inPort, frame.clone(), verdict);
                });
            } else if (action instanceof OFActionSetField set && set.getField() instanceof OFOxmEthDst address) {
                System.arraycopy(address.getValue().getBytes(), 0, frame, 0, 6);
            }
        }
    }

    private void output(OFPort port, int inPort, byte[] frame, Verdict verdict) {
        byte[] copy = frame.clone();
        if (port.equals(OFPort.CONTROLLER)) {
            verdict.toController().add(packetIn(inPort, copy, verdict.cookie().orElse(0L)));
        } else if (port.equals(OFPort.NORMAL)) {
            verdict.normal().add(copy);
        } else if (port.getPortNumber() != inPort) {
            // A frame never goes back by the port it came from, unless that is asked for by name.
            verdict.outputs().add(new Verdict.Output(port.getPortNumber(), copy));
        }
    }

    private OFPacketIn packetIn(int inPort, byte[] frame, long cookie) {
        return factory.buildPacketIn()
                .setXid(0)
                .setBufferId(OFBufferId.NO_BUFFER)
                .setTotalLen(frame.length)
                .setReason(OFPacketInReason.ACTION)
                .setTableId(TableId.of(0))
                .setCookie(U64.of(cookie))
                .setMatch(factory.buildMatch()
                        .setExact(MatchField.IN_PORT, OFPort.of(inPort))
                        .build())
                .setData(frame)
                .build();
    }

    private void packetOut(OFPacketOut out) throws Refusal {
        check(out.getActions());
        for (OFAction action : out.getActions()) {
            if (action instanceof OFActionOutput output) {
                packetsOut.add(new Verdict.Output(output.getPort().getPortNumber(), out.getData()));
            }
        }
    }

    private static byte[] bytes(OFMessage message) {
        ByteBuf buffer = Unpooled.buffer();
        message.writeTo(buffer);
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        return bytes;
    }

    private static OFMessage parse(byte[] bytes) {
        try {
            return OFFactories.getGenericReader().readFrom(Unpooled.wrappedBuffer(bytes));
        } catch (OFParseError e) {
            throw new IllegalArgumentException("not an OpenFlow message", e);
        }
    }
}
