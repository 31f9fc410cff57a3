package dev.roost.openflow.rules;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFFlowStatsRequest;
import org.projectfloodlight.openflow.protocol.OFGroupDescStatsRequest;
import org.projectfloodlight.openflow.protocol.OFMeterConfigStatsRequest;

/**
 * What one switch should have, what it is believed to have, and the messages that make the two the same.
 *
 * <p>Pure: it sends nothing and waits for nothing. The reconciler calls, from one thread,
 *
 * <ul>
 *   <li>{@link #want} and {@link #forget} for each subject that changed, then {@link #difference} once: the cost is that of what changed,
 *   <li>{@link #startAudit} when the switch has connected and every few seconds, hands the replies to the {@link ReadBack}, calls
 *       {@link #compare} until all of it is looked at, and sends what {@link #finishAudit} returns,
 *   <li>{@link #onConfirmed}, {@link #onRefused} and {@link #onDisconnected} as the switch reports.
 * </ul>
 *
 * <p>States: <em>unknown</em> (at first, and after {@code onDisconnected}): nothing is sent, since what a switch kept across a reconnect
 * is not to be wiped. <em>Known</em> (after {@code finishAudit}): differences are sent against the belief. An audit under way ignores the
 * places that were changed after it began, because the reply may be older than the change.
 *
 * <p>Rules without our cookie are never changed: where one of them sits in a place that we want, that place is left alone, the table-miss
 * entry being the usual case. A rule or group that the switch refused is tried again by later audits, ever more rarely ({@link Refusals}).
 */
public final class InstalledState {

    /** Refused rules that one audit tries again at most: a table that is full stays full. */
    private static final int RETRY_LIMIT = 1000;

    private static final int SENT_LIMIT = 1 << 19;

    private final WantedRules wanted = new WantedRules();
    private final SentMessages sent = new SentMessages(SENT_LIMIT);
    private final AuditCounts counts = new AuditCounts();
    private final Refusals refusals = new Refusals();

    private final BelievedFlows flows = new BelievedFlows();
    private final Map<Integer, GroupRule> groups = new HashMap<>();
    private final Map<Integer, MeterRule> meters = new HashMap<>();

    private final OthersRules others = new OthersRules();

    private boolean known;
    private boolean hasMeters;
    private Optional<Comparison> audit = Optional.empty();

    private int deviations;

    /** What to ask a switch for, and where to put the answers. */
    public record AuditRequest(
            OFFlowStatsRequest flows,
            OFGroupDescStatsRequest groups,
            Optional<OFMeterConfigStatsRequest> meters,
            ReadBack readBack) {}

    /** Whether the switch has meters; one that has none is not asked for them. */
    public void hasMeters(boolean value) {
        hasMeters = value;
    }

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

    /** Those of them that are no mobile nodes and no tunnels of theirs, and so are few. */
    public Set<Subject> subjectsWithoutMobileNodes() {
        return Set.copyOf(wanted.subjectsWithoutMobileNodes());
    }

    /** The connection is gone; what the switch has is unknown until the next audit. */
    public void onDisconnected() {
        known = false;
        others.lookNext();
        audit = Optional.empty();
        sent.clear();
        refusals.onDisconnected();
    }

    /** Whether an audit has been finished since the switch connected, so that differences can be sent. */
    public boolean isKnown() {
        return known;
    }

    /** Begins an audit, in place of one that may be under way. */
    public AuditRequest startAudit(OFFactory factory) {
        OpenFlowWriter writer = new OpenFlowWriter(factory);
        ReadBack readBack = new ReadBack(others.areToBeLookedAt());
        audit = Optional.of(new Comparison(readBack, known, wanted, flows, groups, meters, others, counts));
        return new AuditRequest(
                writer.flowStats(readBack.everybodys()),
                writer.groupDescriptions(),
                hasMeters ? Optional.of(writer.meterConfigurations()) : Optional.empty(),
                readBack);
    }

    /**
     * Takes what the switch reported for the truth, and returns what is to be repaired; nothing for an audit that was given up. One look-up
     * for each rule that was not {@linkplain #compare compared} yet.
     */
    public RuleUpdate finishAudit(ReadBack readBack, OFFactory factory) {
        return finishAudit(readBack, factory, Integer.MAX_VALUE);
    }

    /** The same, with messages about {@code most} places at most; {@link #difference} has the rest. */
    public RuleUpdate finishAudit(ReadBack readBack, OFFactory factory, int most) {
        compare(readBack, Integer.MAX_VALUE);
        Optional<Comparison> current = audit.filter(underWay -> underWay.isOf(readBack));
        if (current.isEmpty()) {
            return RuleUpdate.NOTHING;
        }
        audit = Optional.empty();
        deviations = current.get().deviations();
        known = true;
        refusals.due(RETRY_LIMIT).forEach(place -> {
            place.flow().ifPresent(wanted::lookAgain);
            place.group().ifPresent(wanted::lookAgain);
            place.meter().ifPresent(wanted::lookAgainAtMeter);
        });
        RuleDiff diff = new RuleDiff();
        OpenFlowWriter writer = new OpenFlowWriter(factory);
        readBack.strays()
                .forEach(stray -> diff.deletion(writer.delete(stray.table(), stray.match(), stray.priority())));
        return update(diff, writer, wanted.takeChangedFlows(most), wanted.takeChangedGroups());
    }

    /** What the last audit found missing, altered or not to be ours; all of it, when it was the first of a connection. */
    public int deviations() {
        return deviations;
    }

    /**
     * Looks at part of what the switch reported: the groups, then {@code most} rules at most, so that a hundred thousand of them hold nobody
     * up. Differences may be sent meanwhile.
     *
     * @return whether all has been looked at, so that {@link #finishAudit} is quick; also true for an audit that was given up
     */
    public boolean compare(ReadBack readBack, int most) {
        return audit.filter(underWay -> underWay.isOf(readBack))
                .map(underWay -> underWay.step(most))
                .orElse(true);
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
        sent.confirm(update, refusals::taken);
    }

    /**
     * The switch refused a message of an update.
     *
     * @param xid of the error message, which is that of the message it is about
     * @return what was refused, for the log; empty if it is none of our messages
     */
    public Optional<String> onRefused(long xid, String reason) {
        Optional<SentMessages.Target> target = sent.remove(xid);
        target.ifPresent(place -> {
            place.flow().ifPresent(key -> {
                flows.remove(key);
                wanted.flow(key).ifPresent(rule -> refusals.add(place, rule, reason));
            });
            place.group().ifPresent(id -> {
                groups.remove(id);
                wanted.group(id).ifPresent(group -> refusals.add(place, group, reason));
            });
            place.meter().ifPresent(id -> {
                meters.remove(id);
                wanted.meter(id).ifPresent(meter -> refusals.add(place, meter, reason));
            });
        });
        return target.map(SentMessages.Target::toString);
    }

    /**
     * Whether the switch is believed to have all that a subject wants, whatever it is. What was sent and not yet passed by a barrier
     * counts as had, what the switch refused does not.
     */
    public boolean has(Subject subject) {
        for (FlowRule rule : wanted.rulesOf(subject).flows()) {
            if (flows.rule(rule.key()).filter(rule::equals).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Why the switch refuses what it refused longest ago; empty when it refuses nothing. */
    public Optional<String> refusalReason() {
        return refusals.firstReason();
    }

    /** Every wanted rule, in no particular order. */
    public void forEachRule(RuleVisitor visitor) {
        wanted.flows().forEach((key, claim) -> visit(claim, visitor));
    }

    /** The rules that a subject wants, as they were compiled. */
    public void forEachRule(Subject subject, RuleVisitor visitor) {
        wanted.of(subject).forEach(claim -> visit(claim, visitor));
    }

    private void visit(WantedRules.Claim claim, RuleVisitor visitor) {
        FlowKey key = claim.rule().key();
        boolean there = flows.rule(key).filter(claim.rule()::equals).isPresent();
        visitor.rule(claim.owner(), claim.rule(), there, flows.packets(key), flows.bytes(key));
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
                refusals.size(),
                refusals.retried(),
                others.countOf(wanted.flows().keySet()),
                sent.size(),
                sent.givenUp(),
                wanted.conflicts(),
                counts.missing(),
                counts.altered(),
                counts.unexpected());
    }

    private RuleUpdate update(
            RuleDiff diff, OpenFlowWriter writer, Iterable<FlowKey> flowsToLookAt, Iterable<Integer> groupsToLookAt) {
        wanted.takeChangedMeters().forEach(id -> diffMeter(diff, writer, id));
        groupsToLookAt.forEach(id -> diffGroup(diff, writer, id));
        flowsToLookAt.forEach(key -> diffFlow(diff, writer, key));
        return new RuleUpdate(diff.messages(writer));
    }

    /** Meters are changed in place like groups, and a switch takes the rules that use one along with it. */
    private void diffMeter(RuleDiff diff, OpenFlowWriter writer, int id) {
        Optional<MeterRule> want = wanted.meter(id);
        MeterRule have = meters.get(id);
        SentMessages.Target target = SentMessages.Target.ofMeter(id);
        if (want.isEmpty()) {
            refusals.remove(target);
        }
        if (want.equals(Optional.ofNullable(have))
                || want.filter(meter -> refusals.mustWait(target, meter)).isPresent()) {
            return;
        }
        if (want.isEmpty() && wanted.hasChangedFlows()) {
            wanted.lookAgainAtMeter(id);
            return;
        }
        audit.ifPresent(underWay -> underWay.meterTouched(id));
        if (want.isEmpty()) {
            meters.remove(id);
            diff.groupDeletion(sent.sent(writer.deleteMeter(id), target));
            return;
        }
        meters.put(id, want.get());
        refusals.trying(target);
        diff.group(sent.sent(have == null ? writer.add(want.get()) : writer.modify(want.get()), target));
    }

    private void diffGroup(RuleDiff diff, OpenFlowWriter writer, int id) {
        Optional<GroupRule> want = wanted.group(id);
        GroupRule have = groups.get(id);
        SentMessages.Target target = SentMessages.Target.ofGroup(id);
        if (want.isEmpty()) {
            refusals.remove(target);
        }
        if (want.equals(Optional.ofNullable(have))
                || want.filter(group -> refusals.mustWait(target, group)).isPresent()) {
            return;
        }
        if (want.isEmpty() && wanted.hasChangedFlows()) {
            // Rules that still point at it may be among those that are left for later.
            wanted.lookAgain(id);
            return;
        }
        audit.ifPresent(underWay -> underWay.groupTouched(id));
        if (want.isEmpty()) {
            groups.remove(id);
            diff.groupDeletion(sent.sent(writer.deleteGroup(id), target));
            return;
        }
        groups.put(id, want.get());
        refusals.trying(target);
        diff.group(sent.sent(have == null ? writer.add(want.get()) : writer.modify(want.get()), target));
    }

    private void diffFlow(RuleDiff diff, OpenFlowWriter writer, FlowKey key) {
        Optional<FlowRule> want = wanted.flow(key);
        Optional<FlowRule> have = flows.rule(key);
        SentMessages.Target target = SentMessages.Target.of(key);
        if (want.isEmpty()) {
            refusals.remove(target);
        }
        if (want.equals(have)
                || (have.isEmpty() && others.hold(key))
                || want.filter(rule -> refusals.mustWait(target, rule)).isPresent()) {
            return;
        }
        audit.ifPresent(underWay -> underWay.flowTouched(key));
        if (want.isEmpty()) {
            flows.remove(key);
            refusals.roomWasMade();
            diff.deletion(sent.sent(writer.delete(key), target));
            return;
        }
        flows.sent(want.get());
        refusals.trying(target);
        diff.addition(sent.sent(writer.add(want.get()), target));
    }
}
