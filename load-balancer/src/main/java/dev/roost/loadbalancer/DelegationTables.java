package dev.roost.loadbalancer;

import dev.roost.loadbalancer.DelegationNote.BalancingNoted;
import dev.roost.loadbalancer.DelegationNote.BudgetNoted;
import dev.roost.loadbalancer.DelegationNote.EpochKept;
import dev.roost.loadbalancer.DelegationNote.ErrandEnded;
import dev.roost.loadbalancer.DelegationNote.ErrandNoted;
import dev.roost.loadbalancer.DelegationNote.MigrationNoted;
import dev.roost.loadbalancer.DelegationNote.PeerNoted;
import dev.roost.loadbalancer.DelegationNote.PutOff;
import dev.roost.loadbalancer.DelegationNote.ReportNoted;
import dev.roost.loadbalancer.DelegationNote.ReportSettled;
import dev.roost.loadbalancer.DelegationNote.SurveyEnded;
import dev.roost.loadbalancer.DelegationNote.SurveyNoted;
import dev.roost.loadbalancer.SteeringPlan.ReverseTunnel;
import dev.roost.mobileip.Ipv6Address;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Delegations under way: migrations, reports that wait for the switches, errands, and who speaks the protocol. Soft. Altered by {@link
 * #apply} only, which {@link ChangeApplier} calls.
 */
final class DelegationTables {

    /** Migrations that may wait for room; more are refused. */
    static final int MOST_WAITING = 10_000;

    static final int MOST_REPORTS = 1 << 16;
    static final int MOST_ERRANDS = 1 << 16;
    private static final int MOST_ENDED = 200;
    private static final int MOST_EPOCHS = 1 << 16;

    /** When something about a migration or an errand falls due. */
    private record Due(long millis, long identifier) {}

    /** A binding that is over. */
    private record Former(Ipv6Address homeAddress, int homeAgent) {}

    private static final Comparator<Due> BY_TIME =
            Comparator.comparingLong(Due::millis).thenComparingLong(Due::identifier);

    private final Bindings bindings;
    private final TreeMap<Integer, ForwardingPeer> peers = new TreeMap<>();
    private final TreeMap<Integer, SurveyNoted> surveys = new TreeMap<>();
    private final Map<Ipv6Address, Migration> underWay = new LinkedHashMap<>();
    private final Map<Ipv6Address, Migration> waiting = new LinkedHashMap<>();
    private final Deque<Migration> ended = new ArrayDeque<>();
    private final Map<Long, Ipv6Address> byIdentifier = new HashMap<>();
    private final Map<Ipv6Address, AwaitedReport> reports = new HashMap<>();
    private final Map<Long, ForwardingErrand> errands = new HashMap<>();
    /** Those that keep the reverse tunnel to a home agent that was left. */
    private final Map<ReverseTunnel, ForwardingErrand> left = new HashMap<>();
    /** The oldest first. */
    private final Map<Former, EpochKept> epochs = new LinkedHashMap<>();

    private final TreeSet<Due> migrationsDue = new TreeSet<>(BY_TIME);
    private final TreeSet<Due> errandsDue = new TreeSet<>(BY_TIME);
    /** By index of a home agent: migrations under way or waiting whose target it is. */
    private final Map<Integer, Integer> heading = new HashMap<>();

    /** The same by where they come from. */
    private final Map<Integer, Integer> leaving = new HashMap<>();

    private long lastOrder;
    private int balancing;
    private long balancingNotBeforeMillis;
    private @Nullable BudgetNoted budget;

    DelegationTables(Bindings bindings) {
        this.bindings = bindings;
    }

    void apply(DelegationNote note) {
        if (note instanceof PeerNoted peer) {
            peers.put(peer.peer().index(), peer.peer());
        } else if (note instanceof MigrationNoted noted) {
            put(noted.migration());
        } else if (note instanceof ReportNoted report) {
            reports.put(report.report().homeAddress(), report.report());
        } else if (note instanceof ReportSettled settled) {
            reports.remove(settled.homeAddress());
        } else if (note instanceof ErrandNoted noted) {
            ForwardingErrand errand = noted.errand();
            over(errands.put(errand.identifier(), errand));
            if (errand.keepsTunnel()) {
                left.put(errand.tunnel(), errand);
            }
            lastOrder = Math.max(lastOrder, errand.number());
            errandsDue.add(new Due(errand.dueMillis(), errand.identifier()));
        } else if (note instanceof ErrandEnded over) {
            over(errands.remove(over.errand().identifier()));
        } else if (note instanceof EpochKept kept) {
            keep(kept);
        } else if (note instanceof SurveyNoted survey) {
            surveys.put(survey.homeAgent(), survey);
        } else if (note instanceof SurveyEnded over) {
            surveys.remove(over.homeAgent());
        } else if (note instanceof PutOff putOff) {
            bindings.putOff(putOff.homeAddress(), putOff.untilMillis());
        } else if (note instanceof BalancingNoted noted) {
            balancingNotBeforeMillis = noted.notBeforeMillis();
        } else if (note instanceof BudgetNoted noted) {
            budget = noted;
        }
    }

    private void over(@Nullable ForwardingErrand before) {
        if (before != null) {
            errandsDue.remove(new Due(before.dueMillis(), before.identifier()));
            left.remove(before.tunnel(), before);
        }
    }

    private void keep(EpochKept kept) {
        Former former = new Former(kept.homeAddress(), kept.homeAgent());
        epochs.remove(former);
        if (epochs.size() >= MOST_EPOCHS) {
            epochs.remove(epochs.keySet().iterator().next());
        }
        epochs.put(former, kept);
    }

    /** The epoch of the last report about a binding that was this home agent's a short while ago; 0: there was none. */
    long epochKept(Ipv6Address homeAddress, int homeAgent, long nowMillis) {
        EpochKept kept = epochs.get(new Former(homeAddress, homeAgent));
        return kept == null || kept.untilMillis() <= nowMillis ? 0 : kept.epoch();
    }

    void forgetPeer(int index) {
        peers.remove(index);
    }

    private void put(Migration migration) {
        Ipv6Address homeAddress = migration.homeAddress();
        remove(underWay.remove(homeAddress));
        remove(waiting.remove(homeAddress));
        if (migration.state().isOver()) {
            ended.addFirst(migration);
            if (ended.size() > MOST_ENDED) {
                ended.removeLast();
            }
            if (migration.state() == Migration.State.DONE) {
                bindings.moved(homeAddress, migration.changedAtMillis());
            }
            return;
        }
        heading.merge(migration.to(), 1, Integer::sum);
        leaving.merge(migration.from(), 1, Integer::sum);
        balancing += migration.cause() == Migration.Cause.BALANCE ? 1 : 0;
        if (migration.state() == Migration.State.WAITING) {
            waiting.put(homeAddress, migration);
            return;
        }
        lastOrder = Math.max(lastOrder, migration.order());
        underWay.put(homeAddress, migration);
        byIdentifier.put(migration.identifier(), homeAddress);
        migrationsDue.add(new Due(migration.deadlineMillis(), migration.identifier()));
    }

    private void remove(@Nullable Migration before) {
        if (before != null) {
            heading.merge(before.to(), -1, Integer::sum);
            leaving.merge(before.from(), -1, Integer::sum);
            balancing -= before.cause() == Migration.Cause.BALANCE ? 1 : 0;
            byIdentifier.remove(before.identifier());
            migrationsDue.remove(new Due(before.deadlineMillis(), before.identifier()));
        }
    }

    @Nullable
    ForwardingPeer peer(int index) {
        return peers.get(index);
    }

    Collection<ForwardingPeer> peers() {
        return Collections.unmodifiableCollection(peers.values());
    }

    /** Under way or waiting. */
    @Nullable
    Migration migration(Ipv6Address homeAddress) {
        Migration migration = underWay.get(homeAddress);
        return migration != null ? migration : waiting.get(homeAddress);
    }

    @Nullable
    Migration ofIdentifier(long identifier) {
        Ipv6Address homeAddress = byIdentifier.get(identifier);
        return homeAddress == null ? null : underWay.get(homeAddress);
    }

    int underWay() {
        return underWay.size();
    }

    int waiting() {
        return waiting.size();
    }

    /** How many of those that are not over were asked for to even packet rates. */
    int balancing() {
        return balancing;
    }

    /** The first of those that wait, at most so many. */
    List<Migration> waiting(int most) {
        return waiting.values().stream().limit(most).toList();
    }

    int headingTo(int index) {
        return heading.getOrDefault(index, 0);
    }

    int leaving(int index) {
        return leaving.getOrDefault(index, 0);
    }

    long lastOrder() {
        return lastOrder;
    }

    /** Those under way, those that wait, and those that ended last. */
    List<Migration> all() {
        List<Migration> all = new ArrayList<>(underWay.values());
        all.addAll(waiting.values());
        all.addAll(ended);
        return all;
    }

    @Nullable
    AwaitedReport report(Ipv6Address homeAddress) {
        return reports.get(homeAddress);
    }

    int reports() {
        return reports.size();
    }

    @Nullable
    ForwardingErrand errand(long identifier) {
        return errands.get(identifier);
    }

    /** By tunnels to home agents that were left: who is to have what still comes. */
    Map<ReverseTunnel, ForwardingErrand> left() {
        return Collections.unmodifiableMap(left);
    }

    /** The one that is worked on. */
    @Nullable
    SurveyNoted survey() {
        return surveys.isEmpty() ? null : surveys.firstEntry().getValue();
    }

    int errands() {
        return errands.size();
    }

    /** Those that are due, at most so many. */
    List<Migration> migrationsDue(long nowMillis, int most) {
        List<Migration> due = new ArrayList<>();
        for (Due each : migrationsDue) {
            if (each.millis() > nowMillis || due.size() == most) {
                break;
            }
            Migration migration = ofIdentifier(each.identifier());
            if (migration != null) {
                due.add(migration);
            }
        }
        return due;
    }

    List<ForwardingErrand> errandsDue(long nowMillis, int most) {
        List<ForwardingErrand> due = new ArrayList<>();
        for (Due each : errandsDue) {
            if (each.millis() > nowMillis || due.size() == most) {
                break;
            }
            ForwardingErrand errand = errands.get(each.identifier());
            if (errand != null) {
                due.add(errand);
            }
        }
        return due;
    }

    long nextDueMillis() {
        long migrations =
                migrationsDue.isEmpty() ? Long.MAX_VALUE : migrationsDue.first().millis();
        return errandsDue.isEmpty()
                ? migrations
                : Math.min(migrations, errandsDue.first().millis());
    }

    long balancingNotBeforeMillis() {
        return balancingNotBeforeMillis;
    }

    @Nullable
    BudgetNoted budget() {
        return budget;
    }

    long stateHash() {
        long hash = Mixing.mix(peers.hashCode(), epochs.hashCode());
        hash = Mixing.mix(hash, reports.hashCode());
        // The words of enumerations, since their hashes are not the same in every process.
        hash = Mixing.mix(hash, all().toString().hashCode());
        hash = Mixing.mix(hash, errands.toString().hashCode());
        hash = Mixing.mix(hash, surveys.hashCode());
        hash = Mixing.mix(hash, lastOrder);
        hash = Mixing.mix(hash, balancingNotBeforeMillis);
        return Mixing.mix(hash, String.valueOf(budget).hashCode());
    }
}
