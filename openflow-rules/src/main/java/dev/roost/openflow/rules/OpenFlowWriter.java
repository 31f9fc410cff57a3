package dev.roost.openflow.rules;

import dev.roost.mobileip.Ipv6Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.projectfloodlight.openflow.protocol.OFBarrierRequest;
import org.projectfloodlight.openflow.protocol.OFBucket;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFFlowMod;
import org.projectfloodlight.openflow.protocol.OFFlowStatsRequest;
import org.projectfloodlight.openflow.protocol.OFGroupDescStatsRequest;
import org.projectfloodlight.openflow.protocol.OFGroupMod;
import org.projectfloodlight.openflow.protocol.OFGroupStatsRequest;
import org.projectfloodlight.openflow.protocol.OFGroupType;
import org.projectfloodlight.openflow.protocol.OFMeterConfigStatsRequest;
import org.projectfloodlight.openflow.protocol.OFMeterFlags;
import org.projectfloodlight.openflow.protocol.OFMeterMod;
import org.projectfloodlight.openflow.protocol.OFMeterModCommand;
import org.projectfloodlight.openflow.protocol.action.OFAction;
import org.projectfloodlight.openflow.protocol.instruction.OFInstruction;
import org.projectfloodlight.openflow.protocol.match.Match;
import org.projectfloodlight.openflow.protocol.match.MatchField;
import org.projectfloodlight.openflow.types.EthType;
import org.projectfloodlight.openflow.types.IPv6Address;
import org.projectfloodlight.openflow.types.IpProtocol;
import org.projectfloodlight.openflow.types.MacAddress;
import org.projectfloodlight.openflow.types.OFBufferId;
import org.projectfloodlight.openflow.types.OFGroup;
import org.projectfloodlight.openflow.types.OFPort;
import org.projectfloodlight.openflow.types.TableId;
import org.projectfloodlight.openflow.types.TransportPort;
import org.projectfloodlight.openflow.types.U64;
import org.projectfloodlight.openflow.types.U8;

/**
 * Our rules as OpenFlow 1.3 messages, without sending them. Every field that has a default is written out, because the defaults of the
 * library differ between the versions that we run with.
 */
final class OpenFlowWriter {

    /** OFPCML_NO_BUFFER: send the whole packet, keep none of it in the switch. */
    private static final int WHOLE_PACKET = 0xffff;

    /** OFPM_ALL. */
    private static final long ALL_METERS = 0xffff_ffffL;

    private final OFFactory factory;

    OpenFlowWriter(OFFactory factory) {
        this.factory = factory;
    }

    /** Puts a rule in; one with the same key is replaced at once, and its counters start again. */
    OFFlowMod add(FlowRule rule) {
        return fill(
                        factory.buildFlowAdd(),
                        match(rule.key().match()),
                        rule.key().priority())
                .setCookie(U64.of(rule.cookie()))
                .setCookieMask(U64.ZERO)
                .setInstructions(instructions(rule.actions()))
                .build();
    }

    /** Takes out exactly this rule, and only if it is ours. */
    OFFlowMod delete(FlowKey key) {
        return delete(TableId.of(Pipeline.TABLE), match(key.match()), key.priority());
    }

    /** The same for a rule that carries our cookie but is none that we could have written. */
    OFFlowMod delete(TableId table, Match match, int priority) {
        return fill(factory.buildFlowDeleteStrict(), match, priority)
                .setTableId(table)
                .setCookie(U64.of(Cookies.APPLICATION))
                .setCookieMask(U64.of(Cookies.MASK))
                .build();
    }

    OFGroupMod add(GroupRule rule) {
        return fill(factory.buildGroupAdd(), rule).build();
    }

    /** Changes the bucket in place: rules that point at the group never see it gone. */
    OFGroupMod modify(GroupRule rule) {
        return fill(factory.buildGroupModify(), rule).build();
    }

    /** Takes a group out, and with it any rule that still points at it. */
    OFGroupMod deleteGroup(int id) {
        return factory.buildGroupDelete()
                .setGroup(OFGroup.of(id))
                .setGroupType(OFGroupType.INDIRECT)
                .setBuckets(List.of())
                .build();
    }

    OFMeterMod add(MeterRule rule) {
        return meter(OFMeterModCommand.ADD, rule);
    }

    OFMeterMod modify(MeterRule rule) {
        return meter(OFMeterModCommand.MODIFY, rule);
    }

    /** Takes a meter out, and with it any rule that still goes through it. */
    OFMeterMod deleteMeter(int id) {
        return factory.buildMeterMod()
                .setCommand(OFMeterModCommand.DELETE)
                .setMeterId(id)
                .setFlags(Set.of())
                .setMeters(List.of())
                .build();
    }

    private OFMeterMod meter(OFMeterModCommand command, MeterRule rule) {
        return factory.buildMeterMod()
                .setCommand(command)
                .setMeterId(rule.id())
                .setFlags(Set.of(OFMeterFlags.PKTPS, OFMeterFlags.BURST))
                .setMeters(List.of(factory.meterBands().drop(rule.packetsPerSecond(), rule.packetsPerSecond())))
                .build();
    }

    OFMeterConfigStatsRequest meterConfigurations() {
        return factory.buildMeterConfigStatsRequest()
                .setMeterId(ALL_METERS)
                .setFlags(Set.of())
                .build();
    }

    OFBarrierRequest barrier() {
        return factory.buildBarrierRequest().build();
    }

    /** Asks for our rules, or for everybody's. */
    OFFlowStatsRequest flowStats(boolean everybodys) {
        return everybodys
                ? flowStats(U64.ZERO, U64.ZERO)
                : flowStats(U64.of(Cookies.APPLICATION), U64.of(Cookies.MASK));
    }

    /** Asks for the steering rules of a home network that point at one group. */
    OFFlowStatsRequest steeringStats(int network, int group) {
        return flowStats(
                U64.of(Cookies.of(network, Pipeline.STEERING, 0)), U64.of(Cookies.KIND_MASK), OFGroup.of(group));
    }

    private OFFlowStatsRequest flowStats(U64 cookie, U64 mask) {
        return flowStats(cookie, mask, OFGroup.ANY);
    }

    private OFFlowStatsRequest flowStats(U64 cookie, U64 mask, OFGroup group) {
        return factory.buildFlowStatsRequest()
                .setTableId(TableId.ALL)
                .setOutPort(OFPort.ANY)
                .setOutGroup(group)
                .setMatch(factory.buildMatch().build())
                .setCookie(cookie)
                .setCookieMask(mask)
                .setFlags(Set.of())
                .build();
    }

    /** Asks for the rules with exactly this cookie. */
    OFFlowStatsRequest flowStats(long cookie) {
        return flowStats(U64.of(cookie), U64.NO_MASK);
    }

    OFGroupStatsRequest groupStats() {
        return factory.buildGroupStatsRequest()
                .setGroup(OFGroup.ALL)
                .setFlags(Set.of())
                .build();
    }

    OFGroupDescStatsRequest groupDescriptions() {
        return factory.buildGroupDescStatsRequest().setFlags(Set.of()).build();
    }

    private static OFFlowMod.Builder fill(OFFlowMod.Builder builder, Match match, int priority) {
        return builder.setTableId(TableId.of(Pipeline.TABLE))
                .setMatch(match)
                .setPriority(priority)
                .setIdleTimeout(0)
                .setHardTimeout(0)
                .setBufferId(OFBufferId.NO_BUFFER)
                .setOutPort(OFPort.ANY)
                .setOutGroup(OFGroup.ANY)
                .setFlags(Set.of());
    }

    private OFGroupMod.Builder fill(OFGroupMod.Builder builder, GroupRule rule) {
        OFBucket bucket = factory.buildBucket()
                // Open vSwitch refuses a weight in any but select groups.
                .setWeight(0)
                .setWatchPort(OFPort.ANY)
                .setWatchGroup(OFGroup.ANY)
                .setActions(actions(rule.actions()))
                .build();
        return builder.setGroup(OFGroup.of(rule.id()))
                .setGroupType(OFGroupType.INDIRECT)
                .setBuckets(List.of(bucket));
    }

    private Match match(RuleMatch match) {
        Match.Builder out = factory.buildMatch();
        match.inPort().ifPresent(port -> out.setExact(MatchField.IN_PORT, OFPort.of(port)));
        match.ethernetDestination()
                .ifPresent(address -> out.setExact(MatchField.ETH_DST, MacAddress.of(address.value())));
        match.ethernetSource().ifPresent(address -> out.setExact(MatchField.ETH_SRC, MacAddress.of(address.value())));
        match.etherType().ifPresent(type -> out.setExact(MatchField.ETH_TYPE, EthType.of(type)));
        match.source().ifPresent(address -> out.setExact(MatchField.IPV6_SRC, address(address)));
        match.destination().ifPresent(address -> out.setExact(MatchField.IPV6_DST, address(address)));
        match.ipProtocol().ifPresent(number -> out.setExact(MatchField.IP_PROTO, IpProtocol.of((short) number)));
        match.icmpv6Type().ifPresent(type -> out.setExact(MatchField.ICMPV6_TYPE, U8.of((short) type)));
        match.neighborTarget().ifPresent(address -> out.setExact(MatchField.IPV6_ND_TARGET, address(address)));
        match.udpDestination().ifPresent(port -> out.setExact(MatchField.UDP_DST, TransportPort.of(port)));
        return out.build();
    }

    private List<OFInstruction> instructions(List<RuleAction> actions) {
        List<OFInstruction> instructions = new ArrayList<>();
        List<RuleAction> applied = actions;
        if (!actions.isEmpty() && actions.get(0) instanceof RuleAction.ThroughMeter meter) {
            instructions.add(factory.instructions().meter(meter.meterId()));
            applied = actions.subList(1, actions.size());
        }
        if (!applied.isEmpty()) {
            instructions.add(factory.instructions().applyActions(actions(applied)));
        }
        return instructions;
    }

    private List<OFAction> actions(List<RuleAction> actions) {
        return actions.stream().map(this::action).toList();
    }

    private OFAction action(RuleAction action) {
        if (action instanceof RuleAction.ToController) {
            return factory.actions().output(OFPort.CONTROLLER, WHOLE_PACKET);
        } else if (action instanceof RuleAction.Normal) {
            return factory.actions().output(OFPort.NORMAL, 0);
        } else if (action instanceof RuleAction.Output output) {
            return factory.actions().output(OFPort.of(output.port()), 0);
        } else if (action instanceof RuleAction.ToGroup toGroup) {
            return factory.actions().group(OFGroup.of(toGroup.groupId()));
        } else if (action instanceof RuleAction.SetEthernetDestination set) {
            return factory.actions()
                    .setField(factory.oxms().ethDst(MacAddress.of(set.address().value())));
        }
        throw new IllegalStateException("an action that cannot be written: " + action);
    }

    private static IPv6Address address(Ipv6Address address) {
        return IPv6Address.of(address.high(), address.low());
    }
}
