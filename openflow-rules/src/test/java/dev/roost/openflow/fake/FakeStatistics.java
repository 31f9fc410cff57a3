package dev.roost.openflow.fake;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.projectfloodlight.openflow.protocol.OFBadRequestCode;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFFlowStatsEntry;
import org.projectfloodlight.openflow.protocol.OFFlowStatsRequest;
import org.projectfloodlight.openflow.protocol.OFGroupDescStatsEntry;
import org.projectfloodlight.openflow.protocol.OFGroupDescStatsRequest;
import org.projectfloodlight.openflow.protocol.OFGroupStatsEntry;
import org.projectfloodlight.openflow.protocol.OFGroupStatsRequest;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFMeterConfig;
import org.projectfloodlight.openflow.protocol.OFMeterConfigStatsRequest;
import org.projectfloodlight.openflow.protocol.OFMeterFeatures;
import org.projectfloodlight.openflow.protocol.OFMeterFeaturesStatsRequest;
import org.projectfloodlight.openflow.protocol.OFStatsReplyFlags;
import org.projectfloodlight.openflow.protocol.OFStatsRequest;
import org.projectfloodlight.openflow.types.OFGroup;
import org.projectfloodlight.openflow.types.TableId;
import org.projectfloodlight.openflow.types.U64;

/** Answers what is asked about rules and groups, in several parts when there is much of it, as switches do. */
final class FakeStatistics {

    private static final int ENTRIES_A_PART = 100;

    private final OFFactory factory;
    private final FlowTable flows;
    private final GroupTable groups;
    private final MeterTable meters;
    private boolean hasMeters = true;

    FakeStatistics(OFFactory factory, FlowTable flows, GroupTable groups, MeterTable meters) {
        this.meters = meters;
        this.factory = factory;
        this.flows = flows;
        this.groups = groups;
    }

    void forgetMeters() {
        hasMeters = false;
    }

    List<OFMessage> answer(OFStatsRequest<?> request) throws Refusal {
        if (request instanceof OFFlowStatsRequest flowRequest) {
            return flows(flowRequest);
        } else if (request instanceof OFGroupDescStatsRequest) {
            return parts(
                    descriptions(),
                    (part, flags) -> factory.buildGroupDescStatsReply()
                            .setXid(request.getXid())
                            .setFlags(flags)
                            .setEntries(part)
                            .build());
        } else if (request instanceof OFGroupStatsRequest groupRequest) {
            return parts(
                    counters(groupRequest.getGroup()),
                    (part, flags) -> factory.buildGroupStatsReply()
                            .setXid(request.getXid())
                            .setFlags(flags)
                            .setEntries(part)
                            .build());
        }
        if (hasMeters && request instanceof OFMeterFeaturesStatsRequest) {
            OFMeterFeatures features = factory.buildMeterFeatures()
                    .setMaxMeter(1 << 16)
                    .setBandTypes(1 << 1)
                    .setCapabilities(0xf)
                    .setMaxBands((short) 1)
                    .build();
            return List.of(factory.buildMeterFeaturesStatsReply()
                    .setXid(request.getXid())
                    .setFeatures(features)
                    .build());
        } else if (hasMeters && request instanceof OFMeterConfigStatsRequest) {
            return parts(
                    configurations(),
                    (part, flags) -> factory.buildMeterConfigStatsReply()
                            .setXid(request.getXid())
                            .setFlags(flags)
                            .setEntries(part)
                            .build());
        }
        throw Refusal.of(OFBadRequestCode.BAD_STAT);
    }

    private List<OFMeterConfig> configurations() {
        return meters.all().stream()
                .map(meter -> factory.buildMeterConfig()
                        .setMeterId(meter.id())
                        .setFlags(meter.flags())
                        .setEntries(meter.bands())
                        .build())
                .toList();
    }

    private List<OFMessage> flows(OFFlowStatsRequest request) throws Refusal {
        Matching.check(request.getMatch());
        List<OFFlowStatsEntry> entries = new ArrayList<>();
        if (request.getTableId().equals(TableId.ALL) || FlowTable.isTable(request.getTableId())) {
            flows.select(
                            request.getMatch(),
                            request.getCookie().getValue(),
                            request.getCookieMask().getValue(),
                            request.getOutPort(),
                            request.getOutGroup())
                    .forEach(entry -> entries.add(entry(entry)));
        }
        return parts(
                entries,
                (part, flags) -> factory.buildFlowStatsReply()
                        .setXid(request.getXid())
                        .setFlags(flags)
                        .setEntries(part)
                        .build());
    }

    private OFFlowStatsEntry entry(FlowEntry entry) {
        return factory.buildFlowStatsEntry()
                .setTableId(TableId.of(0))
                .setPriority(entry.priority)
                .setCookie(U64.of(entry.cookie))
                .setMatch(Matching.reordered(factory, entry.match))
                .setInstructions(entry.instructions)
                .setPacketCount(U64.of(entry.packets))
                .setByteCount(U64.of(entry.bytes))
                .setDurationSec(1)
                .build();
    }

    private List<OFGroupDescStatsEntry> descriptions() {
        return groups.all().stream()
                .map(group -> factory.buildGroupDescStatsEntry()
                        .setGroup(group.id)
                        .setGroupType(group.type)
                        .setBuckets(group.buckets)
                        .build())
                .toList();
    }

    private List<OFGroupStatsEntry> counters(OFGroup wanted) {
        return groups.all().stream()
                .filter(group -> wanted.equals(OFGroup.ALL) || wanted.equals(group.id))
                .map(group -> factory.buildGroupStatsEntry()
                        .setGroup(group.id)
                        .setPacketCount(U64.of(group.packets))
                        .setByteCount(U64.of(group.bytes))
                        .setBucketStats(List.of(factory.bucketCounter(U64.of(group.packets), U64.of(group.bytes))))
                        .build())
                .toList();
    }

    private interface Part<E> {
        OFMessage of(List<E> entries, Set<OFStatsReplyFlags> flags);
    }

    private static <E> List<OFMessage> parts(List<E> entries, Part<E> part) {
        List<OFMessage> parts = new ArrayList<>();
        int from = 0;
        do {
            int to = Math.min(entries.size(), from + ENTRIES_A_PART);
            Set<OFStatsReplyFlags> flags = to < entries.size() ? Set.of(OFStatsReplyFlags.REPLY_MORE) : Set.of();
            parts.add(part.of(entries.subList(from, to), flags));
            from = to;
        } while (from < entries.size());
        return parts;
    }
}
