package dev.roost.openflow.rules;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.projectfloodlight.openflow.protocol.OFBucket;
import org.projectfloodlight.openflow.protocol.OFFlowStatsEntry;
import org.projectfloodlight.openflow.protocol.OFGroupDescStatsEntry;
import org.projectfloodlight.openflow.protocol.OFGroupType;
import org.projectfloodlight.openflow.protocol.OFMeterConfig;
import org.projectfloodlight.openflow.protocol.OFMeterFlags;
import org.projectfloodlight.openflow.protocol.action.OFAction;
import org.projectfloodlight.openflow.protocol.action.OFActionGroup;
import org.projectfloodlight.openflow.protocol.action.OFActionOutput;
import org.projectfloodlight.openflow.protocol.action.OFActionSetField;
import org.projectfloodlight.openflow.protocol.instruction.OFInstruction;
import org.projectfloodlight.openflow.protocol.instruction.OFInstructionApplyActions;
import org.projectfloodlight.openflow.protocol.instruction.OFInstructionMeter;
import org.projectfloodlight.openflow.protocol.match.Match;
import org.projectfloodlight.openflow.protocol.match.MatchField;
import org.projectfloodlight.openflow.protocol.meterband.OFMeterBandDrop;
import org.projectfloodlight.openflow.protocol.oxm.OFOxmEthDst;
import org.projectfloodlight.openflow.types.IPv6Address;
import org.projectfloodlight.openflow.types.OFPort;
import org.projectfloodlight.openflow.types.OFValueType;

/**
 * What switches report, as our rules. A switch may order fields and instructions as it likes, spell an exact match with a mask of ones,
 * and fill in a length where none has a meaning; what is left after that is compared. What our types cannot say is reported as empty:
 * it cannot be ours unaltered.
 */
final class OpenFlowReader {

    private static final Set<MatchField<?>> KNOWN_FIELDS = Set.of(
            MatchField.IN_PORT,
            MatchField.ETH_DST,
            MatchField.ETH_SRC,
            MatchField.ETH_TYPE,
            MatchField.IPV6_SRC,
            MatchField.IPV6_DST,
            MatchField.IP_PROTO,
            MatchField.ICMPV6_TYPE,
            MatchField.IPV6_ND_TARGET,
            MatchField.UDP_DST);

    private OpenFlowReader() {}

    /** The match, unless it uses a field or a mask that none of our rules has. */
    static Optional<RuleMatch> match(Match match) {
        for (MatchField<?> field : match.getMatchFields()) {
            if (!KNOWN_FIELDS.contains(field) || !match.isExact(field)) {
                return Optional.empty();
            }
        }
        try {
            return Optional.of(new RuleMatch(
                    number(match, MatchField.IN_PORT, OFPort::getPortNumber),
                    Optional.ofNullable(match.get(MatchField.ETH_DST)).map(mac -> new MacAddress(mac.getLong())),
                    Optional.ofNullable(match.get(MatchField.ETH_SRC)).map(mac -> new MacAddress(mac.getLong())),
                    number(match, MatchField.ETH_TYPE, type -> type.getValue()),
                    address(match.get(MatchField.IPV6_SRC)),
                    address(match.get(MatchField.IPV6_DST)),
                    number(match, MatchField.IP_PROTO, protocol -> protocol.getIpProtocolNumber() & 0xff),
                    number(match, MatchField.ICMPV6_TYPE, type -> type.getValue() & 0xff),
                    address(match.get(MatchField.IPV6_ND_TARGET)),
                    number(match, MatchField.UDP_DST, port -> port.getPort())));
        } catch (IllegalArgumentException e) {
            // Prerequisites that are not met: no switch should have taken it, and none of our rules looks like it.
            return Optional.empty();
        }
    }

    /** The actions of a rule that never times out. */
    static Optional<List<RuleAction>> actions(OFFlowStatsEntry entry) {
        if (entry.getIdleTimeout() != 0 || entry.getHardTimeout() != 0) {
            return Optional.empty();
        }
        List<RuleAction> read = new ArrayList<>();
        for (OFInstruction instruction : entry.getInstructions()) {
            if (instruction instanceof OFInstructionMeter meter) {
                read.add(0, new RuleAction.ThroughMeter((int) meter.getMeterId()));
            } else if (instruction instanceof OFInstructionApplyActions apply) {
                Optional<List<RuleAction>> applied = actions(apply.getActions());
                if (applied.isEmpty()) {
                    return Optional.empty();
                }
                read.addAll(applied.get());
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(read);
    }

    /** The one band of a meter, unless it is of another kind; a rate of 0 then, which none of ours has. */
    static MeterRule meter(OFMeterConfig entry) {
        boolean packets = entry.getFlags().contains(OFMeterFlags.PKTPS)
                && entry.getFlags().contains(OFMeterFlags.BURST)
                && !entry.getFlags().contains(OFMeterFlags.KBPS);
        if (packets
                && entry.getEntries().size() == 1
                && entry.getEntries().get(0) instanceof OFMeterBandDrop drop
                && drop.getBurstSize() == drop.getRate()) {
            return new MeterRule((int) entry.getMeterId(), (int) drop.getRate());
        }
        return new MeterRule((int) entry.getMeterId(), 0);
    }

    /** The one bucket of a group, unless the group is of another kind. */
    static Optional<GroupRule> group(OFGroupDescStatsEntry entry) {
        List<OFBucket> buckets = entry.getBuckets();
        if (entry.getGroupType() != OFGroupType.INDIRECT || buckets.size() != 1) {
            return Optional.empty();
        }
        int id = entry.getGroup().getGroupNumber();
        return actions(buckets.get(0).getActions()).map(actions -> new GroupRule(id, actions));
    }

    private static Optional<List<RuleAction>> actions(List<OFAction> actions) {
        List<RuleAction> read = new ArrayList<>(actions.size());
        for (OFAction action : actions) {
            Optional<RuleAction> known = action(action);
            if (known.isEmpty()) {
                return Optional.empty();
            }
            read.add(known.get());
        }
        return Optional.of(read);
    }

    private static Optional<RuleAction> action(OFAction action) {
        if (action instanceof OFActionOutput output) {
            OFPort port = output.getPort();
            if (port.equals(OFPort.CONTROLLER)) {
                return Optional.of(new RuleAction.ToController());
            }
            return Optional.of(
                    port.equals(OFPort.NORMAL) ? new RuleAction.Normal() : new RuleAction.Output(port.getPortNumber()));
        } else if (action instanceof OFActionGroup group) {
            return Optional.of(new RuleAction.ToGroup(group.getGroup().getGroupNumber()));
        } else if (action instanceof OFActionSetField set && set.getField() instanceof OFOxmEthDst address) {
            return Optional.of(new RuleAction.SetEthernetDestination(
                    new MacAddress(address.getValue().getLong())));
        }
        return Optional.empty();
    }

    private interface ToNumber<F> {
        int of(F value);
    }

    private static <F extends OFValueType<F>> OptionalInt number(Match match, MatchField<F> field, ToNumber<F> number) {
        F value = match.get(field);
        return value == null ? OptionalInt.empty() : OptionalInt.of(number.of(value));
    }

    private static Optional<Ipv6Address> address(@Nullable IPv6Address address) {
        return Optional.ofNullable(address).map(present -> Ipv6Address.fromBytes(ByteBuffer.wrap(present.getBytes())));
    }
}
