package dev.roost.openflow.rules;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFFlowStatsRequest;
import org.projectfloodlight.openflow.protocol.OFGroupDescStatsRequest;

/**
 * What one switch should have, what it is believed to have, and the messages that make the two the same.
 *
 * <p>Pure: it sends nothing and waits for nothing. The reconciler calls, from one thread,
 *
 * <ul>
 *   <li>{@link #want} and {@link #forget} for each subject that changed, then {@link #difference} once: the cost is that of what changed,
 *   <li>{@link #startAudit} when the switch has connected and every few seconds, hands the replies to the {@link ReadBack}, and sends what
 *       {@link #finishAudit} returns,
 *   <li>{@link #onConfirmed}, {@link #onRefused} and {@link #onDisconnected} as the switch reports.
 * </ul>
 *
 * <p>States: <em>unknown</em> (at first, and after {@code onDisconnected}): nothing is sent, since what a switch kept across a reconnect
 * is not to be wiped. <em>Known</em> (after {@code finishAudit}): differences are sent against the belief. An audit under way ignores the
 * places that were changed after it began, because the reply may be older than the change.
 *
 * <p>Rules without our cookie are never changed: where one of them sits in a place that we want, that place is left alone, the table-miss
 * entry being the usual case. A rule that the switch refused is tried again by the next audit.
 */
public final class InstalledState {

    /** Refused rules that one audit tries again at most: a table that is full stays full. */
    private static final int RETRY_LIMIT = 1000;

    private static final int SENT_LIMIT = 1 << 19;

    private static final FlowKey TABLE_MISS = new FlowKey(Pipeline.TABLE_MISS.priority(), RuleMatch.everything());

    private final WantedRules wanted = new WantedRules();
    private final SentMessages sent = new SentMessages(SENT_LIMIT);
    private final AuditCounts counts = new AuditCounts();

    private final Map<FlowKey, Installed> flows = new HashMap<>();
    private final Map<Integer, GroupRule> groups = new HashMap<>();

    /** Why the switch does not take a rule; tried again by a later audit, those first that waited longest. */
    private final Map<FlowKey, String> refused = new LinkedHashMap<>();

    /** Places of ours that rules of others hold. */
    private Set<FlowKey> occupied = new HashSet<>();

    private boolean known;

    /** The next audit has to look at the rules of others as well. */
    private boolean lookAtOthers = true;

    private Optional<Audit> audit = Optional.empty();

    /** A rule that the switch is believed to have, with its counters as of the last audit. */
    private static final class Installed {

        private FlowRule rule;
        private long packets;
        private long bytes;

        Installed(FlowRule rule) {
            this.rule = rule;
        }

        void counted(ReadBack.Flow flow) {
            packets = flow.packets();
            bytes = flow.bytes();
        }
    }

    /** An audit under way and the places that its reply may be too old for. */
    private record Audit(ReadBack readBack, Set<FlowKey> flowsTouched, Set<Integer> groupsTouched) {}

    /** What to ask a switch for, and where to put the answers. */
    public record AuditRequest(OFFlowStatsRequest flows, OFGroupDescStatsRequest groups, ReadBack readBack) {}

    /** Takes the rules of a subject in place of those it had. Nothing is sent before {@link #difference}. */
    public void want(Subject subject, SubjectRules rules) {
        wanted.want(subject, rules);
    }

    /** The subject wants no rules any more. */
    public void forget(Subject subject) {
        wanted.want(subject, SubjectRules.NONE);
    }

    /** The subjects that have rules, to find those that are no longer there. */
    public Set<Subject> subjects() {
        return Set.copyOf(wanted.subjects());
    }

    /** The connection is gone; what the switch has is unknown until the next audit. */
    public void onDisconnected() {
        known = false;
        lookAtOthers = true;
        audit = Optional.empty();
        sent.clear();
    }

    /** Whether an audit has been finished since the switch connected, so that differences can be sent. */
    public boolean isKnown() {
        return known;
    }

    /** Begins an audit, in place of one that may be under way. */
    public AuditRequest startAudit(OFFactory factory) {
        OpenFlowWriter writer = new OpenFlowWriter(factory);
        ReadBack readBack = new ReadBack(lookAtOthers);
        audit = Optional.of(new Audit(readBack, new HashSet<>(), new HashSet<>()));
        return new AuditRequest(writer.flowStats(lookAtOthers), writer.groupDescriptions(), readBack);
    }

    /**
     * Takes what the switch reported for the truth, and returns what is to be repaired; nothing for an audit that was given up. One look-up
     * for each rule: quick enough for the loop with a hundred thousand of them.
     */
    public RuleUpdate finishAudit(ReadBack readBack, OFFactory factory) {
        return finishAudit(readBack, factory, Integer.MAX_VALUE);
    }

    /** The same, with messages about {@code most} places at most; {@link #difference} has the rest. */
    public RuleUpdate finishAudit(ReadBack readBack, OFFactory factory, int most) {
        Optional<Audit> current = audit.filter(underWay -> underWay.readBack() == readBack);
        if (current.isEmpty()) {
            return RuleUpdate.NOTHING;
        }
        audit = Optional.empty();
        Set<FlowKey> toCompare = wanted.takeChangedFlows();
        refused.keySet().stream().limit(RETRY_LIMIT).forEach(toCompare::add);
        toCompare.addAll(occupied);
        if (readBack.everybodys()) {
            occupied = new HashSet<>(readBack.foreign());
            lookAtOthers = false;
        }
        boolean hadTableMiss = flows.containsKey(TABLE_MISS);
        believeFlows(readBack, current.get().flowsTouched(), toCompare);
        believeGroups(readBack, current.get().groupsTouched());
        if (!readBack.everybodys() && hadTableMiss && !flows.containsKey(TABLE_MISS)) {
            // Gone, or replaced by somebody: not to be put back before it is known which.
            occupied.add(TABLE_MISS);
            lookAtOthers = true;
        }
        if (known) {
            counts.unexpected(readBack.strays().size());
        }
        known = true;
        RuleDiff diff = new RuleDiff();
        OpenFlowWriter writer = new OpenFlowWriter(factory);
        readBack.strays()
                .forEach(stray -> diff.deletion(writer.delete(stray.table(), stray.match(), stray.priority())));
        List<Integer> groupsToCompare = groupsToCompare();
        wanted.lookAgain(toCompare);
        return update(diff, writer, wanted.takeChangedFlows(most), groupsToCompare);
    }

    /** What must be sent since the last call; nothing while the state is unknown. */
    public RuleUpdate difference(OFFactory factory) {
        return difference(factory, Integer.MAX_VALUE);
    }

    /**
     * The same about {@code most} places at most, so that a switch which lacks a hundred thousand rules holds nobody up. Groups come with
     * the first part, groups that are no longer wanted go with the last.
     */
    public RuleUpdate difference(OFFactory factory, int most) {
        if (!hasDifference()) {
            return RuleUpdate.NOTHING;
        }
        return update(
                new RuleDiff(), new OpenFlowWriter(factory), wanted.takeChangedFlows(most), wanted.takeChangedGroups());
    }

    /** Whether {@link #difference} has places to look at. */
    public boolean hasDifference() {
        return known && wanted.hasChanged();
    }

    /** The switch has passed a barrier that was sent right after this update. */
    public void onConfirmed(RuleUpdate update) {
        sent.confirm(update);
    }

    /**
     * The switch refused a message of an update.
     *
     * @param xid of the error message, which is that of the message it is about
     * @return what was refused, for the log; empty if it is none of our messages
     */
    public Optional<String> onRefused(long xid, String reason) {
        Optional<SentMessages.Target> target = sent.remove(xid);
        target.flatMap(SentMessages.Target::flow).ifPresent(key -> {
            flows.remove(key);
            refused.put(key, reason);
        });
        target.flatMap(SentMessages.Target::group).ifPresent(id -> groups.remove(id));
        return target.map(what -> what.flow()
                .map(FlowKey::toString)
                .orElseGet(
                        () -> "group " + Integer.toUnsignedString(what.group().orElse(0))));
    }

    /** The rules that the switch does not take, and why. */
    public Map<FlowKey, String> refusals() {
        return Collections.unmodifiableMap(refused);
    }

    /** Every wanted rule, in no particular order. */
    public void forEachRule(RuleVisitor visitor) {
        wanted.flows().forEach((key, claim) -> {
            Installed installed = flows.get(key);
            boolean there = installed != null && installed.rule.equals(claim.rule());
            visitor.rule(
                    claim.owner(),
                    claim.rule(),
                    there,
                    installed == null ? 0 : installed.packets,
                    installed == null ? 0 : installed.bytes);
        });
    }

    /** Every wanted group, in no particular order. */
    public void forEachGroup(GroupVisitor visitor) {
        wanted.groups()
                .forEach((id, group) -> visitor.group(
                        new Subject.HomeAgent(GroupIds.network(id), GroupIds.homeAgentIndex(id)),
                        group,
                        group.equals(groups.get(id))));
    }

    /** Sees one rule: whose it is, whether the switch is believed to have it, and its counters as of the last audit. */
    public interface RuleVisitor {
        void rule(Subject subject, FlowRule rule, boolean installed, long packets, long bytes);
    }

    /** Sees one group: whose it is, and whether the switch is believed to have it. */
    public interface GroupVisitor {
        void group(Subject subject, GroupRule group, boolean installed);
    }

    /** The figures of this switch, for metrics and the health page. */
    public RuleStatus status() {
        return new RuleStatus(
                wanted.flows().size(),
                flows.size(),
                wanted.groups().size(),
                groups.size(),
                refused.size(),
                (int) occupied.stream().filter(wanted.flows()::containsKey).count(),
                sent.size(),
                sent.givenUp(),
                wanted.conflicts(),
                counts.missing(),
                counts.altered(),
                counts.unexpected());
    }

    private void believeFlows(ReadBack readBack, Set<FlowKey> touched, Set<FlowKey> different) {
        Map<FlowKey, ReadBack.Flow> reported = readBack.flows();
        Iterator<Map.Entry<FlowKey, Installed>> believed = flows.entrySet().iterator();
        int confirmed = 0;
        while (believed.hasNext()) {
            Map.Entry<FlowKey, Installed> entry = believed.next();
            FlowKey key = entry.getKey();
            Installed installed = entry.getValue();
            ReadBack.Flow found = reported.get(key);
            if (found != null && found.isFor(installed.rule)) {
                installed.counted(found);
                confirmed++;
            } else if (!touched.contains(key)) {
                different.add(key);
                if (found == null) {
                    believed.remove();
                    counts.missing(known);
                } else {
                    installed.rule = found.rule(key);
                    counts.altered(known);
                }
            }
        }
        if (confirmed == reported.size()) {
            return;
        }
        reported.forEach((key, found) -> {
            if (!flows.containsKey(key) && !touched.contains(key)) {
                // The same object as the wanted one where they are equal: there may be very many.
                FlowRule rule = wanted.flow(key).filter(found::isFor).orElseGet(() -> found.rule(key));
                Installed installed = new Installed(rule);
                installed.counted(found);
                flows.put(rule.key(), installed);
                different.add(key);
                counts.unexpected(known ? 1 : 0);
            }
        });
    }

    private void believeGroups(ReadBack readBack, Set<Integer> touched) {
        Set<Integer> ids = new HashSet<>(groups.keySet());
        ids.addAll(readBack.groups().keySet());
        ids.removeAll(touched);
        for (int id : ids) {
            GroupRule believed = groups.get(id);
            Optional<GroupRule> found = readBack.group(id);
            if (found.isEmpty()) {
                groups.remove(id);
                counts.missing(known);
            } else if (!found.get().equals(believed)) {
                groups.put(id, found.get());
                if (believed == null) {
                    counts.unexpected(known ? 1 : 0);
                } else {
                    counts.altered(known);
                }
            }
        }
    }

    private List<Integer> groupsToCompare() {
        wanted.takeChangedGroups();
        Set<Integer> ids = new HashSet<>(wanted.groups().keySet());
        ids.addAll(groups.keySet());
        return ids.stream().sorted(Integer::compareUnsigned).toList();
    }

    private RuleUpdate update(
            RuleDiff diff, OpenFlowWriter writer, Iterable<FlowKey> flowsToLookAt, Iterable<Integer> groupsToLookAt) {
        groupsToLookAt.forEach(id -> diffGroup(diff, writer, id));
        flowsToLookAt.forEach(key -> diffFlow(diff, writer, key));
        return new RuleUpdate(diff.messages(writer));
    }

    private void diffGroup(RuleDiff diff, OpenFlowWriter writer, int id) {
        Optional<GroupRule> want = wanted.group(id);
        GroupRule have = groups.get(id);
        if (want.equals(Optional.ofNullable(have))) {
            return;
        }
        if (want.isEmpty() && wanted.hasChangedFlows()) {
            // Rules that still point at it may be among those that are left for later.
            wanted.lookAgain(id);
            return;
        }
        audit.ifPresent(underWay -> underWay.groupsTouched().add(id));
        SentMessages.Target target = SentMessages.Target.ofGroup(id);
        if (want.isEmpty()) {
            groups.remove(id);
            diff.groupDeletion(sent.sent(writer.deleteGroup(id), target));
            return;
        }
        groups.put(id, want.get());
        diff.group(sent.sent(have == null ? writer.add(want.get()) : writer.modify(want.get()), target));
    }

    private void diffFlow(RuleDiff diff, OpenFlowWriter writer, FlowKey key) {
        Optional<FlowRule> want = wanted.flow(key);
        Optional<FlowRule> have = Optional.ofNullable(flows.get(key)).map(installed -> installed.rule);
        refused.remove(key);
        if (want.equals(have) || (have.isEmpty() && occupied.contains(key))) {
            return;
        }
        audit.ifPresent(underWay -> underWay.flowsTouched().add(key));
        SentMessages.Target target = SentMessages.Target.of(key);
        if (want.isEmpty()) {
            flows.remove(key);
            diff.deletion(sent.sent(writer.delete(key), target));
            return;
        }
        flows.put(key, new Installed(want.get()));
        diff.addition(sent.sent(writer.add(want.get()), target));
    }
}
