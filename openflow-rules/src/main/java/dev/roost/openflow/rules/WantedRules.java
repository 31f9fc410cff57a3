package dev.roost.openflow.rules;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rules that one switch should have, by subject and by place, and which places have changed since they were last looked at.
 *
 * <p>Two subjects should never want the same place. If they do (two home agents that claim one address, say), the first keeps it, the
 * other waits until it is given up, and it is counted. Called by {@link InstalledState} only.
 */
final class WantedRules {

    private final Map<Subject, SubjectRules> bySubject = new HashMap<>();
    /** Subjects other than mobile nodes and their tunnels, which are few. */
    private final Set<Subject> few = new LinkedHashSet<>();

    private final Map<FlowKey, Claim> flows = new HashMap<>();
    private final Map<Integer, GroupRule> groups = new HashMap<>();
    private final Map<Integer, MeterRule> meters = new TreeMap<>();

    /** Subjects whose rule is left out because another holds the place, first come first served. */
    private final Map<FlowKey, List<Subject>> waiting = new HashMap<>();

    private Set<FlowKey> changedFlows = new LinkedHashSet<>();
    private Set<Integer> changedGroups = new LinkedHashSet<>();
    private Set<Integer> changedMeters = new LinkedHashSet<>();
    private long conflicts;

    /** A rule and whose it is. */
    record Claim(Subject owner, FlowRule rule) {}

    void want(Subject subject, SubjectRules rules) {
        SubjectRules before = bySubject.getOrDefault(subject, SubjectRules.NONE);
        if (before.equals(rules)) {
            return;
        }
        if (rules.equals(SubjectRules.NONE)) {
            bySubject.remove(subject);
            few.remove(subject);
        } else {
            bySubject.put(subject, rules);
            if (!(subject instanceof Subject.MobileNode || subject instanceof Subject.ReverseTunnel)) {
                few.add(subject);
            }
        }
        Set<FlowKey> kept = rules.flows().stream().map(FlowRule::key).collect(Collectors.toCollection(HashSet::new));
        for (FlowRule rule : before.flows()) {
            if (!kept.contains(rule.key())) {
                release(rule.key(), subject);
            }
        }
        rules.flows().forEach(rule -> claim(rule, subject));
        before.groups().forEach(group -> putGroup(group.id(), null));
        rules.groups().forEach(group -> putGroup(group.id(), group));
        before.meters().forEach(meter -> putMeter(meter.id(), null));
        rules.meters().forEach(meter -> putMeter(meter.id(), meter));
    }

    Optional<FlowRule> flow(FlowKey key) {
        return Optional.ofNullable(flows.get(key)).map(Claim::rule);
    }

    Optional<GroupRule> group(int id) {
        return Optional.ofNullable(groups.get(id));
    }

    Optional<MeterRule> meter(int id) {
        return Optional.ofNullable(meters.get(id));
    }

    Map<Integer, MeterRule> meters() {
        return meters;
    }

    Map<FlowKey, Claim> flows() {
        return flows;
    }

    Map<Integer, GroupRule> groups() {
        return groups;
    }

    Set<Subject> subjects() {
        return bySubject.keySet();
    }

    /** Those that are no mobile nodes and no tunnels of theirs. */
    Set<Subject> subjectsWithoutMobileNodes() {
        return few;
    }

    /** The rules that a subject is to have, whether or not another holds the place of one. */
    SubjectRules rulesOf(Subject subject) {
        return bySubject.getOrDefault(subject, SubjectRules.NONE);
    }

    /** The rules that a subject has, without those whose place another holds. */
    List<Claim> of(Subject subject) {
        List<Claim> claims = new ArrayList<>();
        for (FlowRule rule : bySubject.getOrDefault(subject, SubjectRules.NONE).flows()) {
            Claim claim = flows.get(rule.key());
            if (claim != null && claim.owner().equals(subject)) {
                claims.add(claim);
            }
        }
        return claims;
    }

    /** The places that were wanted differently since the last call. */
    Set<FlowKey> takeChangedFlows() {
        Set<FlowKey> taken = changedFlows;
        changedFlows = new LinkedHashSet<>();
        return taken;
    }

    /** At most so many of them, the oldest first; the rest remains for the next call. */
    Set<FlowKey> takeChangedFlows(int most) {
        if (changedFlows.size() <= most) {
            return takeChangedFlows();
        }
        Set<FlowKey> taken = new LinkedHashSet<>();
        Iterator<FlowKey> oldest = changedFlows.iterator();
        while (taken.size() < most) {
            taken.add(oldest.next());
            oldest.remove();
        }
        return taken;
    }

    /** Notes places to be looked at as if they were wanted differently. */
    void lookAgain(Collection<FlowKey> keys) {
        changedFlows.addAll(keys);
    }

    /** Notes a place to be looked at as if it was wanted differently. */
    void lookAgain(FlowKey key) {
        changedFlows.add(key);
    }

    /** Notes a group to be looked at as if it was wanted differently. */
    void lookAgain(int groupId) {
        changedGroups.add(groupId);
    }

    boolean hasChangedFlows() {
        return !changedFlows.isEmpty();
    }

    /** The groups that were wanted differently since the last call. */
    Set<Integer> takeChangedGroups() {
        Set<Integer> taken = changedGroups;
        changedGroups = new LinkedHashSet<>();
        return taken;
    }

    /** Notes a meter to be looked at as if it was wanted differently. */
    void lookAgainAtMeter(int id) {
        changedMeters.add(id);
    }

    /** The meters that were wanted differently since the last call. */
    Set<Integer> takeChangedMeters() {
        Set<Integer> taken = changedMeters;
        changedMeters = new LinkedHashSet<>();
        return taken;
    }

    /** Whether anything was wanted differently since it was last taken. */
    boolean hasChanged() {
        return !changedFlows.isEmpty() || !changedGroups.isEmpty() || !changedMeters.isEmpty();
    }

    /** How often two subjects wanted the same place. */
    long conflicts() {
        return conflicts;
    }

    private void claim(FlowRule rule, Subject subject) {
        FlowKey key = rule.key();
        Claim present = flows.get(key);
        if (present == null || present.owner().equals(subject)) {
            flows.put(key, new Claim(subject, rule));
            changedFlows.add(key);
            return;
        }
        List<Subject> queue = waiting.computeIfAbsent(key, unused -> new ArrayList<>());
        if (!queue.contains(subject)) {
            queue.add(subject);
            conflicts++;
        }
    }

    private void release(FlowKey key, Subject subject) {
        Claim present = flows.get(key);
        List<Subject> queue = waiting.getOrDefault(key, List.of());
        if (present == null || !present.owner().equals(subject)) {
            queue.remove(subject);
            return;
        }
        flows.remove(key);
        changedFlows.add(key);
        if (!queue.isEmpty()) {
            Subject next = queue.remove(0);
            bySubject.getOrDefault(next, SubjectRules.NONE).flows().stream()
                    .filter(rule -> rule.key().equals(key))
                    .forEach(rule -> claim(rule, next));
        }
        if (queue.isEmpty()) {
            waiting.remove(key);
        }
    }

    private void putMeter(int id, @Nullable MeterRule rule) {
        if (rule == null) {
            meters.remove(id);
        } else {
            meters.put(id, rule);
        }
        changedMeters.add(id);
    }

    private void putGroup(int id, @Nullable GroupRule rule) {
        if (rule == null) {
            groups.remove(id);
        } else {
            groups.put(id, rule);
        }
        changedGroups.add(id);
    }
}
