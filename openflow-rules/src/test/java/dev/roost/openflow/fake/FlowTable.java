package dev.roost.openflow.fake;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.projectfloodlight.openflow.protocol.OFFlowAdd;
import org.projectfloodlight.openflow.protocol.OFFlowDelete;
import org.projectfloodlight.openflow.protocol.OFFlowDeleteStrict;
import org.projectfloodlight.openflow.protocol.OFFlowMod;
import org.projectfloodlight.openflow.protocol.OFFlowModFailedCode;
import org.projectfloodlight.openflow.protocol.OFFlowModFlags;
import org.projectfloodlight.openflow.protocol.OFFlowModify;
import org.projectfloodlight.openflow.protocol.OFFlowModifyStrict;
import org.projectfloodlight.openflow.protocol.action.OFAction;
import org.projectfloodlight.openflow.protocol.action.OFActionGroup;
import org.projectfloodlight.openflow.protocol.action.OFActionOutput;
import org.projectfloodlight.openflow.protocol.match.Match;
import org.projectfloodlight.openflow.types.OFGroup;
import org.projectfloodlight.openflow.types.OFPort;
import org.projectfloodlight.openflow.types.TableId;

/** The rules of one table and the commands on them (OpenFlow 1.3.5, 6.4). */
final class FlowTable {

    private int limit;
    private final Map<String, FlowEntry> entries = new HashMap<>();

    FlowTable(int limit) {
        this.limit = limit;
    }

    void limit(int value) {
        limit = value;
    }

    void apply(OFFlowMod mod) throws Refusal {
        if (mod.getIdleTimeout() != 0 || mod.getHardTimeout() != 0) {
            throw new UnsupportedOperationException("timeouts are not played");
        }
        if (mod instanceof OFFlowAdd) {
            add(mod);
        } else if (mod instanceof OFFlowModify || mod instanceof OFFlowModifyStrict) {
            selected(mod).forEach(entry -> entry.instructions = mod.getInstructions());
        } else if (mod instanceof OFFlowDelete || mod instanceof OFFlowDeleteStrict) {
            selected(mod).forEach(entry -> entries.remove(entry.key()));
        } else {
            throw Refusal.of(OFFlowModFailedCode.BAD_COMMAND);
        }
    }

    /** The rule of the highest priority that takes the packet. */
    Optional<FlowEntry> lookUp(FrameFields frame) {
        return entries.values().stream()
                .filter(entry -> Matching.matches(entry.match, frame))
                .max(Comparator.comparingInt(entry -> entry.priority));
    }

    /** The rules that a request for statistics means. */
    List<FlowEntry> select(Match match, long cookie, long cookieMask, OFPort outPort, OFGroup outGroup) {
        return entries.values().stream()
                .filter(entry -> Matching.covers(match, entry.match))
                .filter(cookie(cookie, cookieMask))
                .filter(entry -> sendsTo(entry, outPort, outGroup))
                .sorted(Comparator.comparing(FlowEntry::key))
                .toList();
    }

    void removeThatUse(OFGroup group) {
        entries.values().removeIf(entry -> sendsTo(entry, OFPort.ANY, group) && !group.equals(OFGroup.ANY));
    }

    void removeThatGoThrough(long meter) {
        entries.values().removeIf(entry -> entry.goesThrough(meter));
    }

    int size() {
        return entries.size();
    }

    private void add(OFFlowMod mod) throws Refusal {
        FlowEntry entry = new FlowEntry(mod);
        // Open vSwitch looks for overlaps only if there is no rule in the very same place.
        boolean isNew = !entries.containsKey(entry.key());
        if (isNew
                && mod.getFlags().contains(OFFlowModFlags.CHECK_OVERLAP)
                && entries.values().stream()
                        .anyMatch(other ->
                                other.priority == entry.priority && Matching.overlap(other.match, entry.match))) {
            throw Refusal.of(OFFlowModFailedCode.OVERLAP);
        }
        if (isNew && entries.size() >= limit) {
            throw Refusal.of(OFFlowModFailedCode.TABLE_FULL);
        }
        entries.put(entry.key(), entry);
    }

    private List<FlowEntry> selected(OFFlowMod mod) {
        boolean strict = mod instanceof OFFlowModifyStrict || mod instanceof OFFlowDeleteStrict;
        boolean delete = mod instanceof OFFlowDelete || mod instanceof OFFlowDeleteStrict;
        Predicate<FlowEntry> meant = cookie(
                        mod.getCookie().getValue(), mod.getCookieMask().getValue())
                .and(entry -> !delete || sendsTo(entry, mod.getOutPort(), mod.getOutGroup()));
        if (strict) {
            FlowEntry entry = entries.get(FlowEntry.key(mod.getPriority(), mod.getMatch()));
            return entry != null && meant.test(entry) ? List.of(entry) : List.of();
        }
        return entries.values().stream()
                .filter(entry -> Matching.covers(mod.getMatch(), entry.match))
                .filter(meant)
                .toList();
    }

    private static Predicate<FlowEntry> cookie(long cookie, long mask) {
        return entry -> (entry.cookie & mask) == (cookie & mask);
    }

    private static boolean sendsTo(FlowEntry entry, OFPort port, OFGroup group) {
        List<OFAction> actions = entry.actions();
        boolean portMeant = port.equals(OFPort.ANY)
                || actions.stream()
                        .anyMatch(action -> action instanceof OFActionOutput output
                                && output.getPort().equals(port));
        boolean groupMeant = group.equals(OFGroup.ANY)
                || actions.stream()
                        .anyMatch(action -> action instanceof OFActionGroup to
                                && to.getGroup().equals(group));
        return portMeant && groupMeant;
    }

    static boolean isTable(TableId table) {
        return table.getValue() == 0;
    }
}
