package dev.roost.controller;

import dev.roost.loadbalancer.BindingReport;
import dev.roost.loadbalancer.Change;
import dev.roost.loadbalancer.Decision;
import dev.roost.loadbalancer.Effect;
import dev.roost.loadbalancer.HomeNetwork;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.loadbalancer.LoadSample;
import dev.roost.loadbalancer.MigrationAnswer;
import dev.roost.loadbalancer.MigrationAnswer.Verdict;
import dev.roost.loadbalancer.Router;
import dev.roost.loadbalancer.SteeredHomeAgent;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.openflow.rules.RuleCompiler;
import dev.roost.topology.LinkProbeCodec;
import dev.roost.topology.PortDescription;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import dev.roost.topology.Topology;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.projectfloodlight.openflow.protocol.OFErrorMsg;
import org.projectfloodlight.openflow.protocol.OFPortDesc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything the loop owns, and what each event does to it: home networks, topology, switches and their rules. It has no
 * thread of its own and reads no clock but once a turn, so that tests drive it turn by turn.
 *
 * <p>A turn: events are decided and applied one by one; then what the clock brings; then the journal; then packets; then
 * rules.
 */
final class ControllerState implements HomeNetworkLoop.Body, LoopAccess {

    private static final Logger LOG = LoggerFactory.getLogger(ControllerState.class);

    /** Who asked has long given up, or asked again: answering a backlog of old questions only delays new ones. */
    private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Switches of which it is told that they cannot be used; a network has one or two. */
    private static final int MOST_UNUSABLE = 1000;

    private static final Duration RATES_INTERVAL = Duration.ofSeconds(1);

    private static final long SNAPSHOT_RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final LoopClock clock;
    private final EventQueue queue;
    private final Journal journal;
    private final ServedNetworks networks;
    private final Topology topology = new Topology();
    private final RouterPorts routerPorts = new RouterPorts();
    private final SwitchTable switches = new SwitchTable();
    private final Map<SwitchId, String> unusable = new TreeMap<>();
    private final TimerQueue timers = new TimerQueue();
    private final FlowReconciler reconciler;
    private final Turn turn;
    private final NetworkChanger changer;
    private final PacketInDispatcher dispatcher;
    private final PortCounters portCounters;
    private final @Nullable LinkDiscovery links;
    private final ControllerView view;
    private final LongAdder packetsReceived;
    private final LongAdder packetsStale;
    private final LongAdder packetsOfGoneSwitches;

    private long nowNanos;
    private Instant now;
    private long topologyVersion;
    private long snapshotRetryNanos;
    private boolean snapshotWanted;

    ControllerState(
            ServedNetworks networks,
            Journal journal,
            ControllerOptions options,
            LoopClock clock,
            EventQueue queue,
            RecentEvents recent,
            Counters counters) {
        this.networks = networks;
        this.journal = journal;
        this.clock = clock;
        this.queue = queue;
        nowNanos = clock.nanos();
        now = clock.instantOf(nowNanos);
        EventLog eventLog = new EventLog(recent, counters);
        SharedPorts sharedPorts = new SharedPorts();
        ProtectedTunnels protectedTunnels = new ProtectedTunnels(this, counters);
        RuleCompiler compiler = new RuleCompiler(options.rules());
        reconciler = new FlowReconciler(
                new SwitchSubjects(compiler, networks, sharedPorts, protectedTunnels, topology),
                networks,
                sharedPorts,
                topology,
                this,
                eventLog,
                counters,
                options.auditInterval());
        ForwardingDatagrams forwarding =
                new ForwardingDatagrams(new ForwardingChannels(options.sessions()), switches, counters);
        EffectRunner effects = new EffectRunner(switches, forwarding, this::awaitSteering, eventLog, counters);
        turn = new Turn(networks, journal, reconciler, effects, counters);
        links = options.rules().linkDiscovery()
                ? new LinkDiscovery(
                        new LinkProbeCodec(options.probeKey().toBytes(), LinkProbeCodec.DEFAULT_MAX_AGE),
                        topology,
                        switches,
                        counters)
                : null;
        changer = new NetworkChanger(networks, reconciler, turn, eventLog, this, options.seed());
        dispatcher = new PacketInDispatcher(
                networks,
                topology,
                routerPorts,
                links,
                turn,
                (network, source, destination) ->
                        protectedTunnels.onPacket(network, source, destination, reconciler::touch),
                forwarding,
                this,
                counters);
        portCounters = new PortCounters(switches, sharedPorts, turn, this);
        view = new LiveView(this, networks, topology, switches, reconciler, turn, unusable);
        packetsReceived = counters.counter("roost_packets_received_total");
        packetsStale = counters.counter("roost_packets_dropped_total", "reason", "stale");
        packetsOfGoneSwitches = counters.counter("roost_packets_dropped_total", "reason", "switch-gone");
        addLoadSource(portCounters, options.loadInterval());
        MobileNodeRates rates = new MobileNodeRates(switches, turn, this);
        repeat(RATES_INTERVAL, () -> rates.poll(networks.all()));
        LinkDiscovery prober = links;
        if (prober != null) {
            repeat(LinkDiscovery.PROBE_INTERVAL, () -> prober.probeAll(now));
        }
    }

    private void awaitSteering(ServedNetwork network, Effect.AwaitSteering awaited) {
        reconciler.await(
                network,
                awaited.homeAddress(),
                () -> turn.take(network, network.state().onSteered(now, awaited.homeAddress(), awaited.epoch())));
    }

    private void repeat(Duration interval, Runnable body) {
        timers.schedule(nowNanos + interval.toNanos(), () -> {
            body.run();
            repeat(interval, body);
        });
    }

    // The turn.

    @Override
    public void beginTurn(long turnNanos) {
        nowNanos = turnNanos;
        now = clock.instantOf(turnNanos);
    }

    @Override
    public void onPacketIns(PacketInBatch batch) {
        packetsReceived.add(batch.size());
        ConnectedSwitch from = switches.find(batch.connection());
        if (from == null) {
            packetsOfGoneSwitches.add(batch.size());
        } else if (nowNanos - batch.receivedNanos() > STALE_NANOS) {
            packetsStale.add(batch.size());
        } else {
            for (int i = 0; i < batch.size(); i++) {
                dispatcher.dispatch(now, from, batch, i);
            }
        }
    }

    @Override
    public void endTurn() {
        for (ServedNetwork network : networks.all()) {
            if (isDue(network.state().nextDeadline())) {
                turn.take(network, network.state().onDeadline(now));
            }
        }
        timers.run(nowNanos);
        if (isDue(topology.nextDeadline())) {
            topology.expireLinks(now);
        }
        boolean topologyChanged = topologyVersion != topology.version();
        if (topologyChanged) {
            topologyVersion = topology.version();
            doubtAttachmentsBehindLinks();
        }
        if (turn.takeRoutersChanged() || topologyChanged) {
            routerPorts.update(networks, topology);
        }
        turn.end(nowNanos, now);
        switches.flush();
        reconciler.endTurn();
        takeSnapshotIfDue();
    }

    private boolean isDue(Optional<Instant> deadline) {
        return deadline.isPresent() && !deadline.get().isAfter(now);
    }

    private void doubtAttachmentsBehindLinks() {
        for (ServedNetwork network : networks.all()) {
            for (SteeredHomeAgent homeAgent : network.state().steeringPlan().homeAgents()) {
                doubtIfBehindLink(network, homeAgent.attachment());
            }
            for (Router router : List.copyOf(network.state().steeringPlan().routers())) {
                doubtIfBehindLink(network, router.attachment());
            }
        }
    }

    private void doubtIfBehindLink(ServedNetwork network, SwitchPort attachment) {
        if (!topology.isEdge(attachment)) {
            turn.take(network, network.state().onLinkPort(now, attachment));
        }
    }

    private void takeSnapshotIfDue() {
        boolean due =
                turn.isSnapshotOwed() ? nowNanos - snapshotRetryNanos >= 0 : snapshotWanted || journal.snapshotDue();
        if (!due) {
            return;
        }
        Map<String, Iterable<Change>> state = new LinkedHashMap<>();
        networks.all()
                .forEach(network -> state.put(network.name(), network.state().snapshot()));
        try {
            journal.snapshot(state);
            turn.snapshotTaken();
            snapshotWanted = false;
        } catch (IOException e) {
            snapshotRetryNanos = nowNanos + SNAPSHOT_RETRY_NANOS;
            LOG.warn("no snapshot: {}", e.getMessage());
        }
    }

    @Override
    public long nanosToNextDeadline(long fromNanos, long most) {
        if (reconciler.hasBacklog()) {
            return 0;
        }
        long nanos = timers.nanosToNext(fromNanos, most);
        for (ServedNetwork network : networks.all()) {
            nanos = nanosUntil(network.state().nextDeadline(), fromNanos, nanos);
        }
        return nanosUntil(topology.nextDeadline(), fromNanos, nanos);
    }

    private long nanosUntil(Optional<Instant> deadline, long fromNanos, long most) {
        return deadline.isEmpty() ? most : Math.max(0, Math.min(most, clock.nanosOf(deadline.get()) - fromNanos));
    }

    @Override
    public String describe() {
        StringBuilder text = new StringBuilder(
                "now=" + now + " switches=" + switches.size() + " queue=" + queue.depth() + " timers=" + timers.size());
        for (ServedNetwork network : networks.all()) {
            text.append(" homeNetwork=")
                    .append(network.name())
                    .append(" homeAgents=")
                    .append(network.state().steeringPlan().homeAgents().size())
                    .append(" mobileNodes=")
                    .append(network.state().steeringPlan().pinCount());
        }
        return text.toString();
    }

    /** Before the first turn, when the journal has been read. */
    void onStarted() {
        networks.all().forEach(this::begin);
    }

    /** From here on it counts which switches registrations of a home network are seen through. */
    private void begin(ServedNetwork network) {
        turn.take(network, network.state().onStarted(now));
        for (ConnectedSwitch connected : switches.all()) {
            turn.take(network, network.state().onSwitchConnected(now, connected.id()));
        }
    }

    // What hosts tell; each is a task of the turn.

    void onSwitchConnected(OpenFlowSwitch connection, List<OFPortDesc> ports) {
        topology.onSwitchConnected(
                now,
                connection.id(),
                ports.stream().map(ConnectedSwitch::describe).toList());
        ConnectedSwitch added = switches.connected(connection);
        LOG.info("datapath={} ports={} connected: {}", connection.id(), ports.size(), connection.description());
        reconciler.onConnected(connection);
        if (links != null) {
            links.probe(now, added);
        }
        for (ServedNetwork network : networks.all()) {
            turn.take(network, network.state().onSwitchConnected(now, connection.id()));
            for (SteeredHomeAgent homeAgent : network.state().steeringPlan().homeAgents()) {
                SwitchPort attachment = homeAgent.attachment();
                if (attachment.switchId().equals(connection.id())) {
                    tellReachability(network, attachment, isUp(attachment));
                }
            }
        }
    }

    /** A port that the switch does not list says nothing; one that it lists as down does. */
    private boolean isUp(SwitchPort port) {
        return topology.port(port).map(PortDescription::up).orElse(true);
    }

    /** Nothing is concluded about home agents, nor about links: the switch goes on forwarding without us. */
    void onSwitchDisconnected(OpenFlowSwitch connection) {
        portCounters.onDisconnected(connection);
        if (switches.disconnected(connection)) {
            LOG.info("datapath={} disconnected", connection.id());
            topology.onSwitchDisconnected(now, connection.id());
            reconciler.onDisconnected(connection.id());
            networks.all()
                    .forEach(network -> turn.take(network, network.state().onSwitchDisconnected(now, connection.id())));
        }
    }

    void onSwitchUnusable(SwitchId id, Optional<String> why) {
        if (why.isEmpty()) {
            unusable.remove(id);
        } else if (unusable.size() < MOST_UNUSABLE || unusable.containsKey(id)) {
            unusable.put(id, why.get());
        }
    }

    void onPortChanged(OpenFlowSwitch connection, OFPortDesc port) {
        ConnectedSwitch at = switches.find(connection);
        if (at == null) {
            return;
        }
        PortDescription described = ConnectedSwitch.describe(port);
        SwitchPort place = at.port(described.number());
        boolean before = topology.port(place).map(PortDescription::up).orElse(false);
        topology.onPortChanged(connection.id(), described);
        if (described.up() && !before && links != null) {
            links.probe(now, at, described);
        }
        networks.all().forEach(network -> tellReachability(network, place, described.up()));
    }

    void onPortRemoved(OpenFlowSwitch connection, int port) {
        ConnectedSwitch at = switches.find(connection);
        if (at == null) {
            return;
        }
        topology.onPortRemoved(at.port(port));
        networks.all().forEach(network -> tellReachability(network, at.port(port), false));
    }

    private void tellReachability(ServedNetwork network, SwitchPort port, boolean reachable) {
        turn.take(
                network,
                reachable
                        ? network.state().onPortUp(now, port)
                        : network.state().onHomeAgentUnreachable(now, port));
    }

    void onError(OpenFlowSwitch connection, OFErrorMsg error) {
        reconciler.onError(connection, error);
    }

    void onLinkSeen(SwitchPort from, SwitchPort to) {
        if (topology.onLinkSeen(now, from, to)) {
            LOG.info("from={} to={} link found", from, to);
        }
    }

    void addLoadSource(LoadSource source, Duration period) {
        repeat(period, () -> source.poll(view));
    }

    void onBindingsReported(String homeNetwork, List<BindingReport> reports) {
        for (ServedNetwork network : networks.all()) {
            if (network.name().equals(homeNetwork)) {
                reports.forEach(report -> turn.take(network, network.state().onBindingReported(now, report)));
            }
        }
    }

    void onLoadSample(String homeNetwork, LoadSample sample) {
        for (ServedNetwork network : networks.all()) {
            if (network.name().equals(homeNetwork)) {
                turn.take(network, network.state().onLoadSample(now, sample));
            }
        }
    }

    /** Has every home network that knows a home agent decide what an operator wants; false when none does. */
    boolean command(Ipv6Address homeAgent, Function<HomeNetwork, Decision> wish) {
        boolean known = false;
        for (ServedNetwork network : networks.all()) {
            if (network.state().knowsHomeAgent(homeAgent)) {
                known = true;
                turn.take(network, wish.apply(network.state()));
            }
        }
        return known;
    }

    /** What becomes of an operator's wish that a home agent forwards for a mobile node. */
    MigrationAnswer requestMigration(Ipv6Address homeAddress, Ipv6Address forwarder) {
        MigrationAnswer answer = new MigrationAnswer(Verdict.UNKNOWN_MOBILE_NODE, "", Decision.NONE);
        ServedNetwork network = networks.ofHomeAddress(homeAddress);
        if (network != null) {
            answer = network.state().requestMigration(now, homeAddress, forwarder);
            turn.take(network, answer.decision());
        }
        return answer;
    }

    /** Goes over to other home networks. */
    Reloaded reload(List<HomeNetworkConfig> wanted) {
        Reloaded reloaded = changer.change(wanted);
        networks.all().stream()
                .filter(network -> reloaded.added().contains(network.name()))
                .forEach(this::begin);
        // What was known of those that went is dropped from the journal too: it is written anew.
        snapshotWanted |= !reloaded.removed().isEmpty();
        return reloaded;
    }

    // What parts of the state ask of the loop.

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public long nowNanos() {
        return nowNanos;
    }

    @Override
    public TimerQueue timers() {
        return timers;
    }

    @Override
    public void post(OpenFlowSwitch about, Runnable task) {
        if (!queue.offer(task)) {
            about.disconnect("too many tasks wait");
        }
    }

    RouterPorts routerPorts() {
        return routerPorts;
    }

    /** For those who look, on the loop's thread. */
    ControllerView view() {
        return view;
    }
}
