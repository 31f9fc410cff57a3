package dev.roost.mobilenode.generator;

import dev.roost.linux.NetworkLink;
import dev.roost.linux.PacketFilter;
import dev.roost.linux.PacketSocket;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.HomeAgentAddressDiscoveryReply;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.mobilenode.EventLog;
import dev.roost.mobilenode.generator.GatewaySearch.Gateway;
import dev.roost.mobilenode.generator.Nodes.State;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The loop that plays the nodes: begins what is due, lets timers go off, reads answers, and tells how it goes.
 *
 * <pre>
 *   REGISTER    every node once, at the rate; ends when all are bound or have failed
 *   REFRESH     at the refresh rate, or when lifetimes ask for it; ends after the duration or by a signal
 *   DEREGISTER  if wanted, at the rate
 * </pre>
 *
 * <p>{@link #run} is called by the main thread, {@link #stop} and {@link #awaitEnd} by the one that ends the process.
 */
public final class Generator {
    /** With more, lines about single nodes are only written on demand. */
    private static final int FEW = 50;

    private static final int BATCH = 64;
    private static final long PROGRESS_NANOS = 1_000_000_000L;
    /** What is still under way when a phase ends may take this long to be answered. */
    private static final long GRACE_NANOS = 2_000_000_000L;
    /** The same at the end, when no signal presses: the time that all retransmissions of a deregistration take. */
    private static final long LONG_GRACE_NANOS = 20_000_000_000L;

    private static final Duration TICK = Duration.ofMillis(1);

    private final GeneratorOptions options;
    private final EventLog log;
    private final PrintStream results;
    private final NetworkLink link;
    private final PacketSocket socket;
    private final HomeAgents homeAgents = new HomeAgents();
    private final List<Phase> phases = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private Optional<DataPlane> dataPlane = Optional.empty();
    private volatile boolean stopRequested;

    private Generator(GeneratorOptions options, EventLog log, PrintStream results) {
        this.options = options;
        this.log = log;
        this.results = results;
        link = NetworkLink.named(options.interfaceName());
        socket = PacketSocket.open(
                link.index(),
                PacketFilter.icmpV6(
                                RouterAdvertisement.TYPE,
                                NeighborSolicitation.TYPE,
                                NeighborAdvertisement.TYPE,
                                HomeAgentAddressDiscoveryReply.TYPE)
                        .withMobilityHeaders());
    }

    /** @param results where the final JSON line goes */
    public static Generator open(GeneratorOptions options, EventLog log, PrintStream results) {
        return new Generator(options, log, results);
    }

    /** Plays to the end; true if every node was registered and none was lost. */
    public boolean run() {
        try {
            socket.allMulticastFrames();
            Optional<Gateway> gateway = options.gatewayLinkLayer()
                    .map(known -> new Gateway(known, options.gateway()))
                    .or(() -> new GatewaySearch(link, socket, options.gateway()).find(() -> stopRequested));
            if (gateway.isEmpty()) {
                log.warn("no-gateway", List.of("message", noGateway()));
                return false;
            }
            if (options.dataPlane()) {
                dataPlane = Optional.of(DataPlane.open(options.plan(), link, gateway.get()));
            }
            return new Play(gateway.get()).run();
        } finally {
            dataPlane.ifPresent(DataPlane::close);
            socket.close();
            ended.countDown();
        }
    }

    /** Asks for the end; any thread. */
    public void stop() {
        stopRequested = true;
        socket.wakeUp();
    }

    /** Whether {@link #run} has come to its end by then; any thread. */
    public boolean awaitEnd(Duration timeout) throws InterruptedException {
        return ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private String noGateway() {
        return options.gateway()
                .map(address -> address + " did not answer neighbor solicitations on " + link.name())
                .orElse("no router advertised itself on " + link.name() + "; give --gateway");
    }

    /** One play, once it is known where the frames go. */
    private final class Play implements Nodes.Sender, Nodes.Listener {
        private final FrameTemplates frames;
        private final Nodes nodes;
        private final AnswerReader reader;
        private Phase phase;
        private Pacer pacer;
        private int cursor;
        private long nextProgress;
        private long answeredBefore;

        Play(Gateway gateway) {
            long now = System.nanoTime();
            frames = new FrameTemplates(options.plan(), link.macAddress(), gateway.linkLayerAddress());
            nodes = new Nodes(
                    options.plan().nodes(),
                    options.homeAgent(),
                    BindingLifetime.atMost(options.lifetime()).units(),
                    homeAgents,
                    this,
                    this,
                    now,
                    now);
            reader = new AnswerReader(options.plan(), link.macAddress(), nodes, frames, socket);
            phase = new Phase(Phase.Kind.REGISTER, now);
            pacer = new Pacer(options.rate(), now);
        }

        boolean run() {
            begin(Phase.Kind.REGISTER, options.rate());
            while (!stopRequested && !isRegistrationOver()) {
                turn(this::startRegistration);
            }
            boolean registered = nodes.count(State.BOUND) == nodes.size();
            hold();
            boolean lost = nodes.count(State.FAILED) > 0;
            if (options.deregister()) {
                deregisterAll();
            }
            log.info("finished", List.of());
            results.println(report());
            return registered && !lost;
        }

        private boolean isRegistrationOver() {
            return cursor == nodes.size() && nodes.waiting() == 0;
        }

        private void hold() {
            double rate = options.refreshRate().orElse(0);
            begin(Phase.Kind.REFRESH, rate);
            long end = options.duration()
                    .map(duration -> System.nanoTime() + duration.toNanos())
                    .orElse(Long.MAX_VALUE);
            while (!stopRequested && System.nanoTime() < end) {
                turn(rate > 0 ? this::startRefresh : this::startNothing);
            }
            await(GRACE_NANOS);
        }

        private void deregisterAll() {
            begin(Phase.Kind.DEREGISTER, options.rate());
            long end = stopRequested ? System.nanoTime() + GRACE_NANOS : Long.MAX_VALUE;
            while (cursor < nodes.size() && System.nanoTime() < end) {
                turn(this::startDeregistration);
            }
            await(stopRequested ? GRACE_NANOS : LONG_GRACE_NANOS);
        }

        /** For what is under way. */
        private void await(long longestNanos) {
            long end = System.nanoTime() + longestNanos;
            while (nodes.waiting() > 0 && System.nanoTime() < end) {
                turn(this::startNothing);
            }
        }

        private void begin(Phase.Kind kind, double rate) {
            long now = System.nanoTime();
            phase = new Phase(kind, now);
            phases.add(phase);
            nodes.measure(phase);
            pacer = new Pacer(rate, now);
            cursor = 0;
            answeredBefore = 0;
            nextProgress = now + PROGRESS_NANOS;
        }

        private void turn(Starter starter) {
            long now = System.nanoTime();
            int begun = 0;
            while (begun < BATCH && nodes.waiting() < options.window() && starter.start(now)) {
                begun++;
            }
            nodes.advance(now);
            socket.flush();
            dataPlane.ifPresent(DataPlane::flush);
            int received = socket.receive(this::onFrame, begun == BATCH ? Duration.ZERO : TICK);
            if (received > 0) {
                socket.flush();
            }
            if (now >= nextProgress) {
                tellProgress(now);
            }
        }

        private boolean startRegistration(long now) {
            if (cursor == nodes.size() || !pacer.isDue(now)) {
                return false;
            }
            nodes.register(cursor++, now, pacer.take(now));
            return true;
        }

        /** Round robin; when no node is free, what is due waits, and the wait counts as latency. */
        private boolean startRefresh(long now) {
            if (!pacer.isDue(now) || nodes.count(State.BOUND) == 0) {
                return false;
            }
            while (nodes.state(cursor) != State.BOUND) {
                cursor = (cursor + 1) % nodes.size();
            }
            nodes.refresh(cursor, now, pacer.take(now));
            cursor = (cursor + 1) % nodes.size();
            return true;
        }

        private boolean startDeregistration(long now) {
            if (cursor == nodes.size() || !pacer.isDue(now)) {
                return false;
            }
            int node = cursor++;
            State state = nodes.state(node);
            if (state == State.BOUND || state == State.REFRESHING) {
                nodes.deregister(node, now, pacer.take(now));
            }
            return true;
        }

        private boolean startNothing(long now) {
            return false;
        }

        private void onFrame(int interfaceIndex, ByteBuffer frame) {
            reader.read(frame, System.nanoTime());
        }

        @Override
        public void discoveryRequest(int node, int identifier) {
            socket.queue(frames.discoveryRequest(node, identifier));
        }

        @Override
        public void bindingUpdate(int node, Ipv6Address homeAgent, int sequence, int lifetimeUnits) {
            socket.queue(frames.bindingUpdate(node, homeAgent, sequence, lifetimeUnits));
        }

        @Override
        public void onBound(int node, Ipv6Address homeAgent, boolean first) {
            dataPlane.ifPresent(plane -> plane.onBound(node, homeAgent));
            if (options.list() || nodes.size() <= FEW) {
                log.info(
                        "bound",
                        List.of(
                                "homeAddress", options.plan().homeAddress(node).toString(),
                                "careOfAddress",
                                        options.plan().careOfAddress(node).toString(),
                                "homeAgent", homeAgent.toString()));
            }
        }

        @Override
        public void onReleased(int node) {
            dataPlane.ifPresent(plane -> plane.onReleased(node));
        }

        private void tellProgress(long now) {
            double seconds = (now - nextProgress + PROGRESS_NANOS) / 1e9;
            long rate = Math.round((phase.answered() - answeredBefore) / seconds);
            log.info(
                    "progress",
                    List.of(
                            "phase", phase.kind().word(),
                            "bound", Integer.toString(nodes.count(State.BOUND) + nodes.count(State.REFRESHING)),
                            "waiting", Integer.toString(nodes.waiting()),
                            "failed", Integer.toString(nodes.count(State.FAILED)),
                            "answersPerSecond", Long.toString(rate),
                            "retransmitted", Long.toString(phase.retransmitted())));
            answeredBefore = phase.answered();
            nextProgress = now + PROGRESS_NANOS;
        }

        private String report() {
            PacketSocket.Statistics statistics = socket.statistics();
            Json json = new Json();
            json.number("nodes", nodes.size());
            json.number("bound", nodes.count(State.BOUND));
            json.number("failed", nodes.count(State.FAILED));
            phases.stream().filter(done -> done.started() > 0).forEach(done -> done.writeTo(json));
            homeAgents.writeTo(json);
            json.number("unexpectedAnswers", reader.unexpected());
            json.number("malformed", reader.malformed());
            json.number("neighborSolicitationsAnswered", reader.solicited());
            json.number("framesSent", statistics.sent());
            json.number("framesNotSent", statistics.notSent());
            json.number("framesMissed", statistics.droppedByKernel());
            json.number("cpuSeconds", cpuSeconds());
            return json.finish();
        }
    }

    /** Begins the next thing of a phase if it is due; false if none is. */
    @FunctionalInterface
    private interface Starter {
        boolean start(long now);
    }

    private static double cpuSeconds() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(used -> used.toNanos() / 1e9)
                .orElse(0.0);
    }
}
