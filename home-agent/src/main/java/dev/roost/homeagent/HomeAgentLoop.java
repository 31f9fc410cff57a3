package dev.roost.homeagent;

import dev.roost.homeagent.binding.BindingChange;
import dev.roost.homeagent.binding.BindingSnapshot;
import dev.roost.homeagent.binding.Counter;
import dev.roost.homeagent.binding.Decision;
import dev.roost.homeagent.binding.Effect;
import dev.roost.homeagent.binding.HomeAgent;
import dev.roost.homeagent.binding.HomeAgentSettings;
import dev.roost.homeagent.linux.FrameReader;
import dev.roost.homeagent.linux.FrameWriter;
import dev.roost.homeagent.linux.KernelState;
import dev.roost.homeagent.linux.TunnelChanges;
import dev.roost.homeagent.snmp.BindingNotifications;
import dev.roost.homeagent.snmp.HomeAgentFacts;
import dev.roost.homeagent.snmp.ManagedHomeAgent;
import dev.roost.linux.TunnelCounters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The one thread of a home agent: takes a batch of frames and deadlines to {@link HomeAgent}, applies what it decides, and then acts,
 * in this order for a batch as a whole: state to disk, tunnels to the kernel, packets to the home link. So a mobile node that reads
 * an acknowledgement finds its tunnel there, and its binding outlives this process.
 *
 * <p>{@link #run} is called by the main thread and returns when the home agent has ended; {@link #stop} by any thread. It decides
 * nothing and parses nothing.
 */
final class HomeAgentLoop implements ManagedHomeAgent {
    /** A batch is up to this many reads of the socket; more would delay the answers to the first of them. */
    private static final int MAX_READS = 16;

    private static final int FULL_READ = 64;
    /** Pieces of what is due that a batch handles; the same holds for more. */
    private static final int MAX_DEADLINES = 16;

    private static final Duration HOUSEKEEPING = Duration.ofSeconds(1);

    private final HomeAgentSettings settings;
    private final HomeAgent agent;
    private final LoopClock clock;
    private final BindingStore store;
    private final KernelState kernel;
    private final PreferenceFile preference;
    private final StatusFile status;
    private final BindingEvents events;
    private final DelegationEvents delegationEvents;
    private final Optional<ForwardingChannel> forwarding;
    private final EventLog log;
    private final FrameReader reader;
    private final FrameWriter writer;
    private final TunnelChanges tunnelChanges;
    private final int interfaceIndex;
    private final Optional<BindingNotifications> notifications;
    private final LoopQuestions questions;
    private final TrafficCounts traffic = new TrafficCounts();

    private final List<BindingChange> changes = new ArrayList<>();
    private final List<Effect> effects = new ArrayList<>();
    private final Map<Counter, Long> counters = new EnumMap<>(Counter.class);
    private Optional<Instant> batchTime = Optional.empty();
    private Instant nextHousekeeping = Instant.MIN;
    private Instant advertisedAt;
    private boolean storeFailed;
    private volatile boolean stopRequested;
    /** For managers; renewed with the status file. */
    private volatile HomeAgentFacts facts;

    /** What a loop works with. */
    record Parts(
            HomeAgentSettings settings,
            HomeAgent agent,
            LoopClock clock,
            BindingStore store,
            KernelState kernel,
            PreferenceFile preference,
            StatusFile status,
            EventLog log,
            int interfaceIndex,
            Optional<ForwardingChannel> forwarding,
            Optional<BindingNotifications> notifications) {}

    HomeAgentLoop(Parts parts) {
        settings = parts.settings();
        agent = parts.agent();
        clock = parts.clock();
        store = parts.store();
        kernel = parts.kernel();
        preference = parts.preference();
        status = parts.status();
        log = parts.log();
        events = new BindingEvents(log, counters);
        delegationEvents = new DelegationEvents(log, settings.address(), agent);
        forwarding = parts.forwarding();
        forwarding.ifPresent(channel -> kernel.socket().alsoAwait(channel.socket()));
        reader = new FrameReader(settings, agent);
        writer = new FrameWriter(kernel.socket(), settings.linkLayerAddress());
        tunnelChanges = new TunnelChanges(settings.address());
        interfaceIndex = parts.interfaceIndex();
        notifications = parts.notifications();
        questions = new LoopQuestions(kernel.socket()::wakeUp);
        advertisedAt = clock.now();
        facts = collectFacts(kernel.tunnels().counters());
    }

    /** @param restored what follows from what was remembered from before a restart */
    void run(Decision restored) {
        take(restored);
        commit(clock.now());
        agent.onStart(clock.now());
        while (!agent.hasCeased()) {
            turn();
        }
        housekeep(clock.now());
    }

    /** Asks for the end; any thread. */
    void stop() {
        stopRequested = true;
        kernel.socket().wakeUp();
    }

    @Override
    public Instant now() {
        return clock.now();
    }

    @Override
    public HomeAgentFacts facts() {
        return facts;
    }

    @Override
    public CompletableFuture<BindingSnapshot.Copy> copyBindings() {
        return questions.ask(agent::copyBindings);
    }

    /** Has other settings of delegated forwarding used from the next batch on; any thread. */
    CompletableFuture<Void> reconfigure(DelegationConfiguration configuration) {
        return questions.ask(() -> {
            forwarding.ifPresent(channel -> channel.useKeys(configuration.keys()));
            take(agent.reconfigure(batchNow(), configuration.roles(settings)));
            commit(batchNow());
            return null;
        });
    }

    private HomeAgentFacts collectFacts(TunnelCounters tunnels) {
        return new HomeAgentFacts(
                interfaceIndex,
                settings.address(),
                settings.linkLocalAddress(),
                preference.preference(),
                settings.homeAgentLifetime(),
                advertisedAt,
                agent.bindingCount(),
                counters,
                traffic.sum(reader, tunnels));
    }

    private void turn() {
        batchTime = Optional.empty();
        int frames = kernel.socket().receive(this::onFrame, untilNextDeadline());
        for (int reads = 1; frames == FULL_READ && reads < MAX_READS; reads++) {
            frames = kernel.socket().receive(this::onFrame, Duration.ZERO);
        }
        forwarding.ifPresent(channel -> channel.receive(this::batchNow, this::take));
        Instant now = batchNow();
        if (stopRequested) {
            agent.onStop(now);
        }
        for (int i = 0; i < MAX_DEADLINES && isDue(now); i++) {
            take(agent.onDeadline(now));
        }
        commit(now);
        questions.answerOne();
        if (!now.isBefore(nextHousekeeping)) {
            housekeep(now);
        }
    }

    private boolean isDue(Instant now) {
        return agent.nextDeadline().filter(due -> !due.isAfter(now)).isPresent();
    }

    /** One moment for a whole batch, read when its first frame is there. */
    private Instant batchNow() {
        if (batchTime.isEmpty()) {
            batchTime = Optional.of(clock.now());
        }
        return batchTime.orElseThrow();
    }

    private void onFrame(int interfaceIndex, ByteBuffer frame) {
        take(reader.read(batchNow(), frame));
    }

    private Duration untilNextDeadline() {
        Instant now = clock.now();
        Instant next = agent.nextDeadline()
                .filter(due -> due.isBefore(nextHousekeeping))
                .orElse(nextHousekeeping);
        return next.isAfter(now) && questions.isEmpty() ? Duration.between(now, next) : Duration.ZERO;
    }

    private void take(Decision decision) {
        for (BindingChange change : decision.changes()) {
            notifications.ifPresent(managers -> managers.onChange(change, agent::binding));
            delegationEvents.onChange(batchNow(), change);
            tunnelChanges.add(change, agent::delegation);
            agent.apply(change);
            changes.add(change);
        }
        effects.addAll(decision.effects());
    }

    private void commit(Instant now) {
        if (!changes.isEmpty()) {
            persist(now);
            tunnelChanges.applyTo(kernel, agent::tunnel);
            events.tell(now, changes);
            notifications.ifPresent(BindingNotifications::onCommitted);
            changes.clear();
        }
        if (!effects.isEmpty()) {
            effects.forEach(this::act);
            effects.clear();
        }
        writer.flush();
        forwarding.ifPresent(ForwardingChannel::flush);
    }

    private void act(Effect effect) {
        if (effect instanceof Effect.Send send) {
            writer.write(send);
            traffic.onSent(send.packet());
        } else if (effect instanceof Effect.Count count) {
            counters.merge(count.counter(), 1L, Long::sum);
        } else if (effect instanceof Effect.OfDelegation delegation) {
            forwarding.orElseThrow().act(batchNow(), delegation.effect());
        } else if (effect instanceof Effect.AdvertiseRouter due) {
            counters.merge(Counter.ROUTER_ADVERTISEMENTS, 1L, Long::sum);
            advertisedAt = batchNow();
            act(agent.routerAdvertisement(preference.preference(), due.ceasing()));
        }
    }

    /** A disk that fails must not end the service of those who are bound: it goes on, and the state is written whole once it can be. */
    private void persist(Instant now) {
        try {
            if (!storeFailed) {
                store.append(now, changes);
            }
        } catch (IOException e) {
            storeFailed = true;
            log.warn("state-not-written", "reason", e);
        }
    }

    private void housekeep(Instant now) {
        nextHousekeeping = now.plus(HOUSEKEEPING);
        kernel.nextHops().forgetRoutes();
        TunnelCounters tunnels = kernel.tunnels().counters();
        take(agent.onTransmitted(now, tunnels.encapsulated()));
        commit(now);
        facts = collectFacts(tunnels);
        try {
            if (storeFailed || store.wantsSnapshot()) {
                store.snapshot(now, agent.snapshot());
                storeFailed = false;
            }
            status.write(new StatusFile.Status(
                    settings.address(),
                    agent,
                    counters,
                    reader.malformed(),
                    tunnels,
                    kernel.socket().statistics(),
                    forwarding,
                    notifications.map(BindingNotifications::sent).orElse(0L),
                    notifications.map(BindingNotifications::dropped).orElse(0L)));
        } catch (IOException e) {
            storeFailed = true;
            log.warn("state-not-written", "reason", e);
        }
        log.flush(now);
    }
}
