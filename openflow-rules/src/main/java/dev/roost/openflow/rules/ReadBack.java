package dev.roost.openflow.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.projectfloodlight.openflow.protocol.OFFlowStatsEntry;
import org.projectfloodlight.openflow.protocol.OFFlowStatsReply;
import org.projectfloodlight.openflow.protocol.OFGroupDescStatsEntry;
import org.projectfloodlight.openflow.protocol.OFGroupDescStatsReply;
import org.projectfloodlight.openflow.protocol.OFMeterConfig;
import org.projectfloodlight.openflow.protocol.OFMeterConfigStatsReply;
import org.projectfloodlight.openflow.protocol.match.Match;
import org.projectfloodlight.openflow.types.TableId;

/**
 * What a switch says it has: collects the parts of its replies to the requests of {@link InstalledState#startAudit}, which then judges
 * it.
 *
 * <p>Rules of others are only remembered where they sit in a place that one of ours could want, that is at one of our priorities.
 * Used by one thread at a time; it may be filled on another than the loop, since reading a hundred thousand entries takes a while.
 */
public final class ReadBack {

    /** Rules of others that are remembered at most; beyond it a rule of ours may replace one with the same key. */
    static final int FOREIGN_LIMIT = 10_000;

    private static final Set<Integer> OUR_PRIORITIES =
            Stream.of(Pipeline.values()).map(Pipeline::priority).collect(Collectors.toUnmodifiableSet());

    private final boolean everybodys;
    private final Map<FlowKey, Flow> flows = new HashMap<>();
    private final List<Stray> strays = new ArrayList<>();
    private final Set<FlowKey> foreign = new HashSet<>();
    private final Map<Integer, GroupRule> groups = new HashMap<>();
    private final Map<Integer, MeterRule> meters = new HashMap<>();

    ReadBack(boolean everybodys) {
        this.everybodys = everybodys;
    }

    /** A rule in one of our places; without actions if they are none that we could have written. */
    record Flow(Optional<List<RuleAction>> actions, long cookie, long packets, long bytes) {

        boolean isFor(FlowRule rule) {
            return cookie == rule.cookie()
                    && actions.isPresent()
                    && actions.get().equals(rule.actions());
        }

        /** As a rule; one with unknown actions gets a cookie by which it is equal to none that is wanted. */
        FlowRule rule(FlowKey key) {
            return actions.map(known -> new FlowRule(key, cookie, known))
                    .orElseGet(() -> new FlowRule(key, 0, List.of()));
        }
    }

    /** A rule with our cookie in a place where we never put one. */
    record Stray(TableId table, Match match, int priority) {}

    /** Takes one part of a reply in. */
    public void add(OFFlowStatsReply part) {
        part.getEntries().forEach(this::add);
    }

    /** Takes one part of a reply in. */
    public void add(OFGroupDescStatsReply part) {
        for (OFGroupDescStatsEntry entry : part.getEntries()) {
            int id = entry.getGroup().getGroupNumber();
            if (GroupIds.isOurs(id)) {
                groups.put(id, OpenFlowReader.group(entry).orElseGet(() -> new GroupRule(id, List.of())));
            }
        }
    }

    /** Takes one part of a reply in. */
    public void add(OFMeterConfigStatsReply part) {
        for (OFMeterConfig entry : part.getEntries()) {
            if (Meters.isOurs(entry.getMeterId())) {
                meters.put((int) entry.getMeterId(), OpenFlowReader.meter(entry));
            }
        }
    }

    private void add(OFFlowStatsEntry entry) {
        boolean ours = Cookies.isOurs(entry.getCookie().getValue());
        boolean ourTable = entry.getTableId().getValue() == Pipeline.TABLE;
        if (!ours && !(ourTable && OUR_PRIORITIES.contains(entry.getPriority()) && foreign.size() < FOREIGN_LIMIT)) {
            return;
        }
        Optional<FlowKey> key = (ourTable ? OpenFlowReader.match(entry.getMatch()) : Optional.<RuleMatch>empty())
                .map(match -> new FlowKey(entry.getPriority(), match));
        if (!ours) {
            key.ifPresent(foreign::add);
        } else if (key.isPresent()) {
            flows.put(
                    key.get(),
                    new Flow(
                            OpenFlowReader.actions(entry),
                            entry.getCookie().getValue(),
                            entry.getPacketCount().getValue(),
                            entry.getByteCount().getValue()));
        } else {
            strays.add(new Stray(entry.getTableId(), entry.getMatch(), entry.getPriority()));
        }
    }

    /** Whether rules of others were asked for as well. */
    boolean everybodys() {
        return everybodys;
    }

    Map<FlowKey, Flow> flows() {
        return flows;
    }

    List<Stray> strays() {
        return strays;
    }

    /** Places that rules of others hold. */
    Set<FlowKey> foreign() {
        return foreign;
    }

    /** Meters by number; of another rate than any that is wanted, if they are none that we could have written. */
    Map<Integer, MeterRule> meters() {
        return meters;
    }

    /** Groups by number; without actions, and so equal to none that is wanted, if they are none that we could have written. */
    Map<Integer, GroupRule> groups() {
        return groups;
    }

    Optional<GroupRule> group(int id) {
        return Optional.ofNullable(groups.get(id));
    }
}
