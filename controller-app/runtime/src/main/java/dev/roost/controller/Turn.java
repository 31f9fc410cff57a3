package dev.roost.controller;

import dev.roost.loadbalancer.Change;
import dev.roost.loadbalancer.Decision;
import dev.roost.loadbalancer.Effect;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.openflow.rules.Subject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects what the events of one turn come to. Changes are applied at once, since the next event is decided on them;
 * effects wait until the changes of the whole turn have been committed to the journal with one call.
 *
 * <p>Belongs to the loop.
 */
final class Turn {

    private static final Logger LOG = LoggerFactory.getLogger(Turn.class);

    private final ServedNetworks served;
    private final Journal journal;
    private final FlowReconciler reconciler;
    private final EffectRunner effects;
    private final LongAdder commits;
    private final LongAdder commitsFailed;

    /** Durable changes of the turn, by index of the network. */
    private final List<List<Change>> durable = new ArrayList<>();

    private final List<ServedNetwork> networks = new ArrayList<>();
    private final List<Decision> decisions = new ArrayList<>();
    private final List<@Nullable PacketInBatch> batches = new ArrayList<>();
    private int[] indexes = new int[1024];
    private boolean snapshotOwed;
    private boolean routersChanged;

    Turn(ServedNetworks served, Journal journal, FlowReconciler reconciler, EffectRunner effects, Counters counters) {
        this.served = served;
        this.journal = journal;
        this.reconciler = reconciler;
        this.effects = effects;
        this.commits = counters.counter("roost_journal_commits_total");
        this.commitsFailed = counters.counter("roost_journal_commits_failed_total");
    }

    /** Takes a decision that no packet was the reason for. */
    void take(ServedNetwork network, Decision decision) {
        take(network, decision, null, 0);
    }

    /** Takes the decision on one packet, whose frame is still needed if the packet is to go on. */
    void take(ServedNetwork network, Decision decision, @Nullable PacketInBatch batch, int index) {
        if (!served.serves(network)) {
            // What was begun before it was taken out of the configuration.
            return;
        }
        List<Change> changes = decision.changes();
        if (!changes.isEmpty()) {
            apply(network, changes);
        }
        if (!decision.effects().isEmpty()) {
            int at = decisions.size();
            if (at == indexes.length) {
                indexes = Arrays.copyOf(indexes, at * 2);
            }
            networks.add(network);
            decisions.add(decision);
            batches.add(batch);
            indexes[at] = index;
        }
    }

    /** Lets a packet go on that a rule has brought here before it went anywhere. */
    void forward(PacketInBatch batch, int index) {
        effects.forward(batch, index);
    }

    private void apply(ServedNetwork network, List<Change> changes) {
        for (int i = 0; i < changes.size(); i++) {
            Change change = changes.get(i);
            Optional<Ipv6Address> homeAddress = change.touched().homeAddress();
            touchWhatDependsOnForwarder(network, homeAddress);
            network.state().apply(change);
            reconciler.touch(network, change.touched());
            routersChanged |= change.touched().everyHomeAgent();
            change.touched().reverseTunnel().ifPresent(tunnel -> reconciler.touch(network.subject(tunnel)));
            touchWhatDependsOnForwarder(network, homeAddress);
            if (change.durable()) {
                while (durable.size() <= network.index()) {
                    durable.add(new ArrayList<>());
                }
                durable.get(network.index()).add(change);
            }
        }
    }

    /** Its reverse tunnel, and the group of another forwarder, as they were before a change and as they are after it. */
    private void touchWhatDependsOnForwarder(ServedNetwork network, Optional<Ipv6Address> homeAddress) {
        if (homeAddress.isPresent()) {
            network.state().steeringPlan().reverseTunnelOf(homeAddress.get()).ifPresent(tunnel -> {
                reconciler.touch(network.subject(tunnel));
                network.state()
                        .steeringPlan()
                        .forwarderOf(homeAddress.get())
                        .ifPresent(forwarder ->
                                reconciler.touch(new Subject.HomeAgent(network.index(), forwarder.index())));
            });
        }
    }

    /** A home network goes: what of it is not in the journal yet shall not come there under the name of another. */
    void forget(ServedNetwork network) {
        if (network.index() < durable.size()) {
            durable.get(network.index()).clear();
        }
    }

    /** Commits, then carries out the effects in the order of their events. */
    void end(long nowNanos, Instant now) {
        if (appendToJournal()) {
            commit();
        }
        for (int i = 0; i < decisions.size(); i++) {
            List<Effect> wanted = decisions.get(i).effects();
            effects.begin(nowNanos, now, networks.get(i), batches.get(i), indexes[i]);
            for (int j = 0; j < wanted.size(); j++) {
                wanted.get(j).accept(effects);
            }
        }
        effects.end();
        networks.clear();
        decisions.clear();
        batches.clear();
    }

    private boolean appendToJournal() {
        boolean any = false;
        for (int i = 0; i < durable.size(); i++) {
            List<Change> changes = durable.get(i);
            ServedNetwork network = served.at(i);
            if (!changes.isEmpty() && network != null) {
                any = true;
                journal.append(network.name(), changes);
            }
            changes.clear();
        }
        return any;
    }

    /** A disk that is full must not silence the representative: it answers, and the health page says what is not kept. */
    private void commit() {
        try {
            journal.commit();
            commits.increment();
        } catch (IOException e) {
            commitsFailed.increment();
            if (!snapshotOwed) {
                LOG.error("the journal cannot be written; what happens now will not outlive the process", e);
            }
            snapshotOwed = true;
        }
    }

    /** Whether there was any change of where routers are since the last call. */
    boolean takeRoutersChanged() {
        boolean changed = routersChanged;
        routersChanged = false;
        return changed;
    }

    /** Whether the journal misses something, so that only a snapshot makes it whole. */
    boolean isSnapshotOwed() {
        return snapshotOwed;
    }

    void snapshotTaken() {
        snapshotOwed = false;
    }
}
