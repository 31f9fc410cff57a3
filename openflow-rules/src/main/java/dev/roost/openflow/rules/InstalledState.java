package dev.roost.openflow.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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

    /** Stands for what a place holds when it is nothing that we could have written; equal to no wanted rule. */
    private static final long UNREADABLE = 0;

    private static final FlowKey TABLE_MISS = new FlowKey(Pipeline.TABLE_MISS.priority(), RuleMatch.everything());

    private final WantedRules wanted = new WantedRules();
    private final SentMessages sent = new SentMessages(SENT_LIMIT);
    private final AuditCounts counts = new AuditCounts();

    private Map<FlowKey, Installed> flows = new HashMap<>();
    private Map<Integer, GroupRule> groups = new HashMap<>();

    /** Why the switch does not take a rule; tried again by the next audit. */
    private final Map<FlowKey, String> refused = new HashMap<>();

    /** Places of ours that rules of others hold. */
    private Set<FlowKey> occupied = new HashSet<>();

    private boolean known;

    /** The next audit has to look at the rules of others as well. */
    private boolean lookAtOthers = true;

    private Optional<Audit> audit = Optional.empty();

    /** A rule that the switch is believed to have, with its counters as of the last audit. */
    private record Installed(FlowRule rule, long packets, long bytes) {}

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

    /** Takes what the switch reported for the truth, and returns what is to be repaired; nothing for an audit that was given up. */
    public RuleUpdate finishAudit(ReadBack readBack, OFFactory factory) {
        Optional<Audit> current = audit.filter(underWay -> underWay.readBack() == readBack);
        if (current.isEmpty()) {
            return RuleUpdate.NOTHING;
        }
        audit = Optional.empty();
        if (readBack.everybodys()) {
            occupied = new HashSet<>(readBack.foreign());
            lookAtOthers = false;
        }
        Map<FlowKey, Installed> flowsBefore = flows;
        Map<Integer, GroupRule> groupsBefore = groups;
        flows = flowsReported(readBack, flowsBefore, current.get().flowsTouched());
        groups = groupsReported(readBack, groupsBefore, current.get().groupsTouched());
        if (known) {
            counts.compare(flowsBefore, flows, (before, after) -> before.rule().equals(after.rule()));
            counts.compare(groupsBefore, groups, GroupRule::equals);
            counts.strays(readBack.strays().size());
        }
        known = true;
        if (!readBack.everybodys() && flowsBefore.containsKey(TABLE_MISS) && !flows.containsKey(TABLE_MISS)) {
            // Gone, or replaced by somebody: not to be put back before it is known which.
            occupied.add(TABLE_MISS);
            lookAtOthers = true;
        }
        RuleDiff diff = new RuleDiff();
        OpenFlowWriter writer = new OpenFlowWriter(factory);
        readBack.strays()
                .forEach(stray -> diff.deletion(writer.delete(stray.table(), stray.match(), stray.priority())));
        return update(diff, writer, placesThatDiffer(), groupsThatDiffer());
    }

    /** What must be sent since the last call; nothing while the state is unknown. */
    public RuleUpdate difference(OFFactory factory) {
        if (!known || !wanted.hasChanged()) {
            return RuleUpdate.NOTHING;
        }
        return update(
                new RuleDiff(), new OpenFlowWriter(factory), wanted.takeChangedFlows(), wanted.takeChangedGroups());
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

    /** Every wanted rule, in no particular order. */
    public void forEachRule(RuleVisitor visitor) {
        wanted.flows().forEach((key, claim) -> {
            Installed installed = flows.get(key);
            boolean there = installed != null && installed.rule().equals(claim.rule());
            visitor.rule(
                    claim.owner(),
                    claim.rule(),
                    there,
                    installed == null ? 0 : installed.packets(),
                    installed == null ? 0 : installed.bytes());
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

    private Map<FlowKey, Installed> flowsReported(
            ReadBack readBack, Map<FlowKey, Installed> before, Set<FlowKey> touched) {
        Map<FlowKey, Installed> reported = new HashMap<>();
        readBack.flows().forEach((key, flow) -> {
            if (!touched.contains(key)) {
                FlowRule rule = flow.actions()
                        .map(actions -> new FlowRule(key, flow.cookie(), actions))
                        .orElseGet(() -> new FlowRule(key, UNREADABLE, List.of()));
                // The same object as the wanted one where they are equal: there may be very many.
                FlowRule shared = wanted.flow(key).filter(rule::equals).orElse(rule);
                reported.put(shared.key(), new Installed(shared, flow.packets(), flow.bytes()));
            }
        });
        for (FlowKey key : touched) {
            Installed believed = before.get(key);
            if (believed != null) {
                reported.put(key, believed);
            }
        }
        return reported;
    }

    private static Map<Integer, GroupRule> groupsReported(
            ReadBack readBack, Map<Integer, GroupRule> before, Set<Integer> touched) {
        Map<Integer, GroupRule> reported = new HashMap<>();
        readBack.groups().forEach((id, group) -> reported.put(id, group.orElse(new GroupRule(id, List.of()))));
        for (int id : touched) {
            GroupRule believed = before.get(id);
            if (believed == null) {
                reported.remove(id);
            } else {
                reported.put(id, believed);
            }
        }
        return reported;
    }

    private List<FlowKey> placesThatDiffer() {
        wanted.takeChangedFlows();
        List<FlowKey> different = new ArrayList<>();
        int retries = 0;
        for (Map.Entry<FlowKey, WantedRules.Claim> entry : wanted.flows().entrySet()) {
            FlowKey key = entry.getKey();
            Installed installed = flows.get(key);
            boolean there = installed != null
                    && installed.rule().equals(entry.getValue().rule());
            if (!there && !(refused.containsKey(key) && ++retries > RETRY_LIMIT)) {
                different.add(key);
            }
        }
        flows.keySet().stream().filter(key -> !wanted.flows().containsKey(key)).forEach(different::add);
        return different;
    }

    private List<Integer> groupsThatDiffer() {
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
        Optional<FlowRule> have = Optional.ofNullable(flows.get(key)).map(Installed::rule);
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
        flows.put(key, new Installed(want.get(), 0, 0));
        diff.addition(sent.sent(writer.add(want.get()), target));
    }
}
