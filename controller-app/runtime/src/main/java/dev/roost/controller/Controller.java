package dev.roost.controller;

import dev.roost.loadbalancer.BalancingConfig;
import dev.roost.loadbalancer.BindingReport;
import dev.roost.loadbalancer.HomeNetwork;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.loadbalancer.LoadSample;
import dev.roost.loadbalancer.MigrationAnswer;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.projectfloodlight.openflow.protocol.OFErrorMsg;
import org.projectfloodlight.openflow.protocol.OFPortDesc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The application as a host sees it: what it constructs, feeds with {@link SwitchEvents}, asks for the API, and closes.
 *
 * <p>Nothing is decided here; every call of any thread becomes an event of the loop. Construct, {@link #start}, then let
 * switches in.
 */
public final class Controller implements SwitchEvents, HomeAgentReports, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(3);

    private final ServedNetworks networks = new ServedNetworks();
    private final Journal journal;
    private final Counters counters;
    private final RecentEvents recentEvents;
    private final EventQueue queue;
    private final ControllerState state;
    private final HomeNetworkLoop loop;
    private volatile List<HomeNetworkConfig> configs;

    public Controller(
            List<HomeNetworkConfig> configs,
            Journal journal,
            ControllerOptions options,
            LoopClock clock,
            LoopThread thread,
            Counters counters,
            FaultHandler faultHandler) {
        List<ServedNetwork> served = new ArrayList<>();
        for (HomeNetworkConfig config : configs) {
            int index = served.size();
            served.add(new ServedNetwork(index, config, new HomeNetwork(config, options.seed() + index)));
        }
        networks.serve(served);
        this.configs = List.copyOf(configs);
        this.journal = journal;
        this.counters = counters;
        this.recentEvents = new RecentEvents(options.recentEvents());
        this.queue = new EventQueue(thread, options.packetLimit(), options.taskLimit(), counters);
        this.state = new ControllerState(networks, journal, options, clock, queue, recentEvents, counters);
        this.loop = new HomeNetworkLoop(queue, clock, thread, counters, state, faultHandler);
    }

    /**
     * Brings back what the journal kept, and starts the loop.
     *
     * @throws IOException when the journal cannot be read
     */
    public void start() throws IOException {
        replay();
        state.onStarted();
        loop.start();
    }

    private void replay() throws IOException {
        Map<String, ServedNetwork> byName = new HashMap<>();
        networks.all().forEach(network -> byName.put(network.name(), network));
        long[] replayed = new long[2];
        journal.replay((name, change) -> {
            ServedNetwork network = byName.get(name);
            if (network == null) {
                replayed[1]++;
            } else {
                network.state().apply(change);
                replayed[0]++;
            }
        });
        LOG.info("changes={} ofOtherHomeNetworks={} journal replayed", replayed[0], replayed[1]);
    }

    /** For tests, which take turns themselves instead of starting the loop. */
    HomeNetworkLoop loop() {
        return loop;
    }

    ControllerState state() {
        return state;
    }

    /** Stops the loop after its turn and closes the journal. Nothing is removed from any switch. */
    @Override
    public void close() throws IOException {
        loop.stop(STOP_PATIENCE);
        journal.close();
    }

    public Counters counters() {
        return counters;
    }

    public RecentEvents recentEvents() {
        return recentEvents;
    }

    /** Packets that wait for the loop. */
    public int queueDepth() {
        return queue.depth();
    }

    /** The bug that stopped the loop, if one did: nothing is answered any more. */
    public Optional<Throwable> fault() {
        return Optional.ofNullable(loop.fault());
    }

    // For the API, on any thread.

    /**
     * Asks something of the live state, on the loop's thread; the function must only read, be quick, and copy what it
     * returns.
     *
     * @return fails with {@link RejectedExecutionException} when the loop has stopped or too much waits for it, or with
     *     what the function threw
     */
    public <T> CompletableFuture<T> query(Function<ControllerView, T> question) {
        CompletableFuture<T> result = new CompletableFuture<>();
        ask(result, () -> {
            try {
                result.complete(question.apply(state.view()));
            } catch (RuntimeException e) {
                // A question alters nothing, so that one that fails is for who asked, not a fault of the loop.
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /** Begins or ends taking a home agent out of service; false when there is none with this address. */
    public CompletableFuture<Boolean> drain(Ipv6Address homeAgent, boolean draining) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        ask(
                result,
                () -> result.complete(state.command(
                        homeAgent,
                        network -> draining
                                ? network.drain(state.now(), homeAgent)
                                : network.undrain(state.now(), homeAgent))));
        return result;
    }

    /**
     * Sets how many times the bindings of others a home agent is to carry; false when there is none with this address.
     *
     * @param weight 1 to {@link BalancingConfig#MOST_WEIGHT}
     */
    public CompletableFuture<Boolean> setWeight(Ipv6Address homeAgent, int weight) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        ask(
                result,
                () -> result.complete(
                        state.command(homeAgent, network -> network.setWeight(state.now(), homeAgent, weight))));
        return result;
    }

    /**
     * Asks for another home agent to forward for a mobile node; what becomes of it is told at once, how it ends stands among the
     * migrations.
     *
     * @param forwarder any address of the home agent
     */
    public CompletableFuture<MigrationAnswer> requestMigration(Ipv6Address homeAddress, Ipv6Address forwarder) {
        CompletableFuture<MigrationAnswer> result = new CompletableFuture<>();
        ask(result, () -> result.complete(state.requestMigration(homeAddress, forwarder)));
        return result;
    }

    /**
     * Goes over to other home networks, as a whole and between two events. The list is what {@code ControllerConfigParser} lets
     * pass: distinct names, no prefixes that overlap.
     */
    CompletableFuture<Reloaded> reload(List<HomeNetworkConfig> homeNetworks) {
        CompletableFuture<Reloaded> result = new CompletableFuture<>();
        ask(result, () -> {
            Reloaded reloaded = state.reload(homeNetworks);
            configs = List.copyOf(homeNetworks);
            result.complete(reloaded);
        });
        return result;
    }

    /** Where the routers are that registrations come through; to be asked on any thread. */
    public RouterPorts routerPorts() {
        return state.routerPorts();
    }

    /** What is served at present; another list after a reload. */
    public List<HomeNetworkConfig> homeNetworks() {
        return configs;
    }

    private void ask(CompletableFuture<?> result, Runnable task) {
        if (!loop.isRunning() || !queue.offer(task)) {
            result.completeExceptionally(new RejectedExecutionException("the loop takes no questions"));
        }
    }

    @Override
    public void onLoadSample(String homeNetwork, LoadSample sample) {
        boolean unused = queue.offer(() -> state.onLoadSample(homeNetwork, sample));
    }

    @Override
    public boolean onBindingsReported(String homeNetwork, List<BindingReport> reports) {
        return queue.offer(() -> state.onBindingsReported(homeNetwork, reports));
    }

    /** Has another source of load polled from now on; call it once the loop runs. */
    public void addLoadSource(LoadSource source, Duration period) {
        queue.offerAlways(() -> state.addLoadSource(source, period));
    }

    // For the host.

    @Override
    public void onSwitchConnected(OpenFlowSwitch connection, List<OFPortDesc> ports) {
        queue.admit(connection);
        state.post(connection, () -> state.onSwitchConnected(connection, ports));
    }

    @Override
    public void onSwitchDisconnected(OpenFlowSwitch connection) {
        queue.dismiss(connection);
        queue.offerAlways(() -> state.onSwitchDisconnected(connection));
    }

    @Override
    public void onPortChanged(OpenFlowSwitch connection, OFPortDesc port) {
        state.post(connection, () -> state.onPortChanged(connection, port));
    }

    @Override
    public void onPortRemoved(OpenFlowSwitch connection, int port) {
        state.post(connection, () -> state.onPortRemoved(connection, port));
    }

    @Override
    public void onPacketIns(PacketInBatch packets) {
        boolean unused = queue.offer(packets);
    }

    @Override
    public boolean onPacketInsGathered(PacketInGatherer gatherer) {
        return queue.offer(() -> gatherer.take().ifPresent(state::onPacketIns));
    }

    @Override
    public void onSwitchUnusable(SwitchId id, Optional<String> why) {
        queue.offerAlways(() -> state.onSwitchUnusable(id, why));
    }

    @Override
    public void onError(OpenFlowSwitch connection, OFErrorMsg error) {
        state.post(connection, () -> state.onError(connection, error));
    }

    @Override
    public void onLinkSeen(SwitchPort from, SwitchPort to) {
        boolean unused = queue.offer(() -> state.onLinkSeen(from, to));
    }
}
