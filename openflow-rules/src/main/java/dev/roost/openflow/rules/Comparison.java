package dev.roost.openflow.rules;

import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One audit: what a switch reported against what it was believed to have, in steps. Every deviation is believed, counted, and noted to be
 * looked at, so that the next difference repairs it; places that were changed after the audit began are left alone, because the
 * reply may be older. Groups come first, since rules that are put back point at them.
 *
 * <p>Called by {@link InstalledState} only, of which it holds the parts.
 */
final class Comparison {

    private static final FlowKey TABLE_MISS = new FlowKey(Pipeline.TABLE_MISS.priority(), RuleMatch.everything());

    private final ReadBack readBack;
    /** Whether anything was believed when it began: at the first reading of a connection nothing is out of order. */
    private final boolean known;

    private final WantedRules wanted;
    private final BelievedFlows flows;
    private final Map<Integer, GroupRule> groups;
    private final Map<Integer, MeterRule> meters;
    private final OthersRules others;
    private final AuditCounts counts;

    private final Set<FlowKey> flowsTouched = new HashSet<>();
    private final Set<Integer> groupsTouched = new HashSet<>();
    private final Set<Integer> metersTouched = new HashSet<>();
    private @Nullable Iterator<Map.Entry<FlowKey, ReadBack.Flow>> reported;
    private int deviations;

    Comparison(
            ReadBack readBack,
            boolean known,
            WantedRules wanted,
            BelievedFlows flows,
            Map<Integer, GroupRule> groups,
            Map<Integer, MeterRule> meters,
            OthersRules others,
            AuditCounts counts) {
        this.readBack = readBack;
        this.known = known;
        this.wanted = wanted;
        this.flows = flows;
        this.groups = groups;
        this.meters = meters;
        this.others = others;
        this.counts = counts;
        flows.auditBegins();
    }

    boolean isOf(ReadBack candidate) {
        return readBack == candidate;
    }

    /** A rule was sent or taken out since the switch was asked. */
    void flowTouched(FlowKey key) {
        flowsTouched.add(key);
    }

    /** A group was sent or taken out since the switch was asked. */
    void groupTouched(int id) {
        groupsTouched.add(id);
    }

    /** A meter was sent or taken out since the switch was asked. */
    void meterTouched(int id) {
        metersTouched.add(id);
    }

    int deviations() {
        return deviations;
    }

    /** Looks at {@code most} rules at most; whether all has been looked at. */
    boolean step(int most) {
        Iterator<Map.Entry<FlowKey, ReadBack.Flow>> rest = reported;
        if (rest == null) {
            rest = readBack.flows().entrySet().iterator();
            reported = rest;
            begin();
        }
        for (int i = 0; i < most; i++) {
            if (rest.hasNext()) {
                Map.Entry<FlowKey, ReadBack.Flow> next = rest.next();
                believe(next.getKey(), next.getValue());
            } else {
                FlowKey lost = flows.takeLost();
                if (lost == null) {
                    return true;
                }
                lose(lost);
            }
        }
        return false;
    }

    private void begin() {
        // Places that others held may be free now.
        wanted.lookAgain(others.places());
        if (readBack.everybodys()) {
            others.found(readBack.foreign());
        }
        deviations += readBack.strays().size();
        counts.unexpected(known ? readBack.strays().size() : 0);
        believeMeters();
        believeGroups();
    }

    private void believeMeters() {
        Set<Integer> ids = new TreeSet<>(meters.keySet());
        ids.addAll(readBack.meters().keySet());
        ids.removeAll(metersTouched);
        for (int id : ids) {
            MeterRule believed = meters.get(id);
            MeterRule found = readBack.meters().get(id);
            if (found == null) {
                meters.remove(id);
                counts.missing(known);
                deviations++;
            } else if (!found.equals(believed)) {
                meters.put(id, found);
                if (believed == null) {
                    counts.unexpected(known ? 1 : 0);
                } else {
                    counts.altered(known);
                }
                deviations++;
            }
        }
        ids.addAll(wanted.meters().keySet());
        ids.forEach(wanted::lookAgainAtMeter);
    }

    private void believe(FlowKey key, ReadBack.Flow found) {
        if (flows.confirm(key, found) || flowsTouched.contains(key)) {
            return;
        }
        if (flows.contains(key)) {
            counts.altered(known);
        } else {
            counts.unexpected(known ? 1 : 0);
        }
        // The same object as the wanted one where they are equal: there may be very many.
        flows.correct(wanted.flow(key).filter(found::isFor).orElseGet(() -> found.rule(key)), found);
        deviates(key);
    }

    private void lose(FlowKey key) {
        counts.missing(known);
        deviates(key);
        if (key.equals(TABLE_MISS) && !readBack.everybodys()) {
            // Gone, or replaced by somebody: not to be put back before it is known which.
            others.add(TABLE_MISS);
            others.lookNext();
        }
    }

    private void deviates(FlowKey key) {
        deviations++;
        wanted.lookAgain(key);
    }

    private void believeGroups() {
        Set<Integer> ids = new TreeSet<>(Integer::compareUnsigned);
        ids.addAll(groups.keySet());
        ids.addAll(readBack.groups().keySet());
        ids.removeAll(groupsTouched);
        for (int id : ids) {
            GroupRule believed = groups.get(id);
            Optional<GroupRule> found = readBack.group(id);
            if (!found.equals(Optional.ofNullable(believed))) {
                deviations++;
                believeGroup(id, believed, found);
            }
        }
        ids.addAll(wanted.groups().keySet());
        ids.forEach(wanted::lookAgain);
    }

    private void believeGroup(int id, @Nullable GroupRule believed, Optional<GroupRule> found) {
        if (found.isEmpty()) {
            groups.remove(id);
            counts.missing(known);
            return;
        }
        groups.put(id, found.get());
        if (believed == null) {
            counts.unexpected(known ? 1 : 0);
        } else {
            counts.altered(known);
        }
    }
}
