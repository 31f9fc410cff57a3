package dev.roost.controller;

import dev.roost.loadbalancer.Touched;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.openflow.rules.InstalledState;
import dev.roost.openflow.rules.InstalledState.AuditRequest;
import dev.roost.openflow.rules.RuleCompiler;
import dev.roost.openflow.rules.RuleUpdate;
import dev.roost.openflow.rules.Subject;
import dev.roost.openflow.rules.SubjectRules;
import dev.roost.topology.SwitchId;
import dev.roost.topology.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.projectfloodlight.openflow.protocol.OFErrorMsg;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is installed on the switches equal to what is wanted. What is wanted comes from {@link SwitchSubjects},
 * the difference from {@link InstalledState}; here is when to compile, when to send, and when to read back.
 *
 * <ul>
 *   <li>After each turn: the subjects that its changes touched are compiled, for all switches, and the difference is sent.
 *   <li>A home network comes, goes or changes: its subjects are compiled again, some hundred a turn, beside all else.
 *   <li>A switch connects: all subjects are compiled, some thousand a turn; then what it has is read; then the difference
 *       is sent. Nothing is wiped, so traffic goes on meanwhile.
 *   <li>Every few seconds: what it has is read and compared. A switch that does not answer is unreachable, and nothing is
 *       concluded about its rules.
 *   <li>A switch refuses a message: by its xid that is known to be a certain rule; it is counted, told, and tried again
 *       by a later audit.
 * </ul>
 *
 * <p>Belongs to the loop. Parts of replies are taken in on the host's threads, since reading a hundred thousand rules
 * takes a while; all else comes back as a task.
 */
final class FlowReconciler {

    private static final Logger LOG = LoggerFactory.getLogger(FlowReconciler.class);

    /** Little enough that a turn stays short, whatever a switch lacks. */
    private static final int SUBJECTS_PER_TURN = 500;

    private static final int PLACES_PER_TURN = 500;
    /** Rules that a switch reported, of which a look-up each takes one to three microseconds. */
    private static final int REPORTED_PER_TURN = 1000;
    /** An audit takes at most one part in so many of the time, however many rules there are. */
    private static final int AUDIT_REST_FACTOR = 20;

    private static final long LONGEST_AUDIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** What is known of a switch that has gone is kept as long as its links are. */
    private static final Duration MEMORY = Topology.DISCONNECTED_LINK_LIFETIME;

    private final SwitchSubjects subjects;
    private final ServedNetworks networks;
    private final Topology topology;
    private final LoopAccess loop;
    private final EventLog eventLog;
    private final Counters counters;
    private final long auditIntervalNanos;
    private final LongAdder messagesSent;
    private final LongAdder audits;
    private final LongAdder auditsFailed;

    private final Map<SwitchId, SwitchRules> switches = new TreeMap<>();
    private final Set<Subject> touched = new LinkedHashSet<>();
    /** Switches for which there is something to compile, to compare or to send. */
    private final Set<SwitchRules> active = new LinkedHashSet<>();

    private final SharedPorts sharedPorts;
    private final AwaitedSteering awaited;
    private boolean homeAgentsTouched;
    private long topologyVersion;

    FlowReconciler(
            SwitchSubjects subjects,
            ServedNetworks networks,
            SharedPorts sharedPorts,
            Topology topology,
            LoopAccess loop,
            EventLog eventLog,
            Counters counters,
            Duration auditInterval) {
        this.subjects = subjects;
        this.networks = networks;
        this.sharedPorts = sharedPorts;
        this.topology = topology;
        this.loop = loop;
        this.eventLog = eventLog;
        this.counters = counters;
        this.auditIntervalNanos = auditInterval.toNanos();
        this.messagesSent = counters.counter("roost_rule_messages_total");
        this.audits = counters.counter("roost_audits_total");
        this.auditsFailed = counters.counter("roost_audits_failed_total");
        this.topologyVersion = topology.version();
        this.awaited = new AwaitedSteering(loop, eventLog);
    }

    /**
     * Has the outcome told once every switch that is connected has the rules of a bound home address, behind a barrier. One that
     * goes away is not waited for, one that refuses a rule is.
     */
    void await(ServedNetwork network, Ipv6Address homeAddress, Runnable outcome) {
        awaited.add(network, homeAddress, outcome);
    }

    void onConnected(OpenFlowSwitch connection) {
        SwitchRules rules = switches.get(connection.id());
        if (rules == null) {
            rules = new SwitchRules(connection.id());
            switches.put(connection.id(), rules);
            rules.addToBacklog(subjects.of(connection.id()));
        }
        rules.onConnected(connection);
        active.add(rules);
        SwitchRules connected = rules;
        // Asked before anything else, so that the answer is there before the rules have been read.
        MeterReading.start(
                connection, suffice -> loop.post(connection, () -> onMeters(connection, connected, suffice)));
        scheduleAudit(connection);
    }

    private void onMeters(OpenFlowSwitch connection, SwitchRules rules, boolean has) {
        if (!rules.isUsing(connection)) {
            return;
        }
        rules.state().hasMeters(has);
        for (Subject subject : subjects.hasMeters(rules.id(), has)) {
            rules.state().want(subject, subjects.compile(subject, rules.id()));
            active.add(rules);
        }
        if (!has && subjects.wantsMeter(rules.id())) {
            LOG.info("datapath={} no meters: the controller alone limits discovery requests", rules.id());
        }
    }

    void onDisconnected(SwitchId id) {
        SwitchRules rules = switches.get(id);
        if (rules == null) {
            return;
        }
        rules.onDisconnected();
        loop.timers().schedule(loop.nowNanos() + MEMORY.toNanos(), () -> {
            if (rules.connection() == null) {
                switches.remove(id, rules);
                active.remove(rules);
            }
        });
    }

    /** Notes whose rules a change may have altered. */
    void touch(ServedNetwork network, Touched what) {
        if (what.homeAddress().isPresent()) {
            touched.add(
                    new Subject.MobileNode(network.index(), what.homeAddress().get()));
        }
        if (what.homeAgent().isPresent()) {
            touched.add(new Subject.HomeAgent(network.index(), what.homeAgent().getAsInt()));
            homeAgentsTouched |= what.homeAddress().isEmpty();
        }
        if (what.everyHomeAgent()) {
            touchHomeAgents(network);
        }
    }

    private void touchHomeAgents(ServedNetwork network) {
        network.state()
                .steeringPlan()
                .homeAgents()
                .forEach(homeAgent -> touched.add(new Subject.HomeAgent(network.index(), homeAgent.index())));
    }

    /** Notes a subject whose rules may be different. */
    void touch(Subject subject) {
        touched.add(subject);
    }

    /** Ends a turn: compiles what was touched, sends what is different, begins audits that are due. */
    void endTurn() {
        if (topologyVersion != topology.version()) {
            topologyVersion = topology.version();
            touchWhatDependsOnTopology();
        }
        if (homeAgentsTouched) {
            homeAgentsTouched = false;
            touched.addAll(sharedPorts.update(networks));
        }
        if (!touched.isEmpty()) {
            touched.forEach(this::compileForAll);
            touched.clear();
        }
        if (!active.isEmpty()) {
            active.forEach(this::work);
            active.removeIf(rules -> !rules.hasBacklog() && !rules.hasMoreToSend() && rules.toCompare() == null);
        }
        awaited.look(switches.values(), subjects);
    }

    /** Whether another turn is wanted at once. */
    boolean hasBacklog() {
        return !active.isEmpty();
    }

    private void touchWhatDependsOnTopology() {
        touched.add(new Subject.WholeSwitch());
        networks.all().forEach(this::touchHomeAgents);
    }

    private void work(SwitchRules rules) {
        SwitchId id = rules.id();
        for (int i = 0; i < SUBJECTS_PER_TURN && rules.hasBacklog(); i++) {
            Subject next = rules.pollBacklog();
            if (next != null) {
                rules.state().want(next, subjects.compile(next, id));
            }
        }
        OpenFlowSwitch connection = rules.connection();
        if (connection == null) {
            return;
        }
        AuditRequest reported = rules.toCompare();
        if (reported != null && rules.state().compare(reported.readBack(), REPORTED_PER_TURN)) {
            finishAudit(connection, rules, reported);
        }
        if (rules.isSettled()) {
            queue(rules, rules.state().difference(connection.factory(), PLACES_PER_TURN));
        }
        rules.sendSlices(outcomeOf(connection, rules));
        if (rules.takeAuditWanted()) {
            startAudit(connection, rules);
        }
    }

    private void queue(SwitchRules rules, RuleUpdate update) {
        if (!update.isEmpty()) {
            messagesSent.add(update.messages().size());
            rules.queue(update);
        }
    }

    private SwitchRules.SliceOutcome outcomeOf(OpenFlowSwitch connection, SwitchRules rules) {
        return new SwitchRules.SliceOutcome() {
            @Override
            public void passed(Optional<RuleUpdate> ended) {
                loop.post(connection, () -> {
                    if (rules.isUsing(connection)) {
                        rules.onPassed(ended);
                        active.add(rules);
                    }
                });
            }

            @Override
            public void failed(String reason) {
                connection.disconnect("barrier: " + reason);
            }
        };
    }

    private void compileForAll(Subject subject) {
        boolean sameEverywhere = subject instanceof Subject.MobileNode || subject instanceof Subject.ReverseTunnel;
        SubjectRules shared = null;
        for (Map.Entry<SwitchId, SwitchRules> each : switches.entrySet()) {
            if (!subjects.isServed(subject, each.getKey())) {
                continue;
            }
            SubjectRules rules = shared != null ? shared : subjects.compile(subject, each.getKey());
            shared = sameEverywhere ? rules : null;
            each.getValue().state().want(subject, rules);
            active.add(each.getValue());
        }
    }

    /**
     * Has all rules of a home network compiled again on all switches, since it is new, goes, or is carried by others now. What
     * comes out the same is not touched; all other home networks go on meanwhile.
     *
     * @param stays whether it is served from here on
     */
    void compileAgain(ServedNetwork network, boolean stays) {
        List<Subject> all = subjects.of(network);
        List<Subject> reversed = new ArrayList<>(all);
        Collections.reverse(reversed);
        touched.add(new Subject.WholeSwitch());
        homeAgentsTouched = true;
        for (SwitchRules rules : switches.values()) {
            // Groups come before the rules that point at them, and go after them.
            boolean comes = stays && RuleCompiler.serves(network.config(), rules.id());
            rules.compileLater(comes ? all : reversed);
            active.add(rules);
        }
    }

    // Audits.

    private void scheduleAudit(OpenFlowSwitch connection) {
        SwitchRules rules = switches.get(connection.id());
        if (rules == null || !rules.isUsing(connection)) {
            return;
        }
        long pause = Math.max(auditIntervalNanos, rules.auditNanos() * AUDIT_REST_FACTOR);
        loop.timers().schedule(loop.nowNanos() + pause, () -> {
            boolean stuck = loop.nowNanos() - rules.auditStartedNanos() > LONGEST_AUDIT_NANOS;
            if (rules.isUsing(connection) && (!rules.isAuditUnderWay() || stuck)) {
                rules.wantAudit();
                active.add(rules);
            }
            scheduleAudit(connection);
        });
    }

    private void startAudit(OpenFlowSwitch connection, SwitchRules rules) {
        AuditRequest request = rules.state().startAudit(connection.factory());
        rules.auditStarted(loop.nowNanos());
        AuditReading reading = new AuditReading(
                request,
                failure -> loop.post(connection, () -> {
                    if (rules.isUsing(connection)) {
                        onRead(connection, rules, request, failure);
                    }
                }));
        reading.start(connection);
    }

    /** The switch has reported everything, or why it did not; the comparison is work for the turns to come. */
    private void onRead(OpenFlowSwitch connection, SwitchRules rules, AuditRequest request, @Nullable String failure) {
        rules.auditEnded(loop.nowNanos());
        rules.problem(Optional.ofNullable(failure).map(reason -> "rules cannot be read: " + reason));
        if (failure != null) {
            auditsFailed.increment();
            LOG.warn("datapath={} reading its rules failed: {}", connection.id(), failure);
            return;
        }
        rules.compareNext(request);
        active.add(rules);
    }

    private void finishAudit(OpenFlowSwitch connection, SwitchRules rules, AuditRequest request) {
        rules.compareNext(null);
        audits.increment();
        boolean first = !rules.state().isKnown();
        RuleUpdate update = rules.state().finishAudit(request.readBack(), connection.factory(), PLACES_PER_TURN);
        int deviations = rules.state().deviations();
        if (first) {
            LOG.info("datapath={} rules={} groups and rules read at connect", connection.id(), deviations);
        } else if (deviations > 0) {
            LOG.info("datapath={} deviations={} rules repaired", connection.id(), deviations);
        }
        queue(rules, update);
    }

    // What switches refuse.

    void onError(OpenFlowSwitch connection, OFErrorMsg error) {
        SwitchRules rules = switches.get(connection.id());
        String reason = OpenFlowErrors.describe(error);
        Optional<String> what = rules == null || !rules.isUsing(connection)
                ? Optional.empty()
                : rules.state().onRefused(error.getXid(), reason);
        counters.counter(
                        "roost_openflow_errors_total",
                        "switch",
                        connection.id().toString(),
                        "error",
                        reason,
                        "about",
                        OpenFlowErrors.about(error))
                .increment();
        eventLog.tell(
                loop.nowNanos(),
                loop.now(),
                "",
                true,
                "switch-refused",
                Map.of(
                        "switch",
                        connection.id().toString(),
                        "error",
                        reason,
                        "about",
                        what.orElseGet(() -> OpenFlowErrors.about(error))));
    }

    // For those who look.

    /** What is wanted and installed, by switch; switches that went a short while ago included. */
    Map<SwitchId, InstalledState> states() {
        Map<SwitchId, InstalledState> states = new TreeMap<>();
        switches.forEach((id, rules) -> states.put(id, rules.state()));
        return Collections.unmodifiableMap(states);
    }

    Optional<String> problem(SwitchId id) {
        return Optional.ofNullable(switches.get(id)).flatMap(SwitchRules::problem);
    }
}
