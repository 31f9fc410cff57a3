package dev.roost.homeagent;

import dev.roost.configuration.Hangup;
import dev.roost.delegation.Identifiers;
import dev.roost.homeagent.binding.Decision;
import dev.roost.homeagent.binding.HomeAgent;
import dev.roost.homeagent.binding.HomeAgentSettings;
import dev.roost.homeagent.linux.HomeLinkInterface;
import dev.roost.homeagent.linux.KernelState;
import dev.roost.homeagent.linux.TunnelChanges;
import dev.roost.homeagent.snmp.SnmpService;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A home agent from start to end: opens its state, rebuilds the tunnels of the bindings it knew, runs the loop, and removes from the
 * kernel all that it installed. Bindings stay in the state file.
 *
 * <p>{@link #run} belongs to the main thread; {@link #stop} to the one that ends the process.
 */
final class HomeAgentDaemon {
    private static final Duration SYNC_PERIOD = Duration.ofSeconds(1);

    private final HomeAgentConfiguration configuration;
    private final Path configurationFile;
    private final EventLog log;
    private final LoopClock clock = new LoopClock();
    private final HomeAgentSettings settings;
    private final HomeAgent agent;
    private final BindingStore store;
    private final Optional<SnmpService> snmp;
    private final KernelState kernel;
    private final Optional<ForwardingChannel> forwarding;
    private final HomeAgentLoop loop;
    /** What is to be sent on account of what was remembered. */
    private final Decision restored;

    private final CountDownLatch ended = new CountDownLatch(1);

    /**
     * Makes all ready.
     *
     * @throws IOException if the state can't be used; the message is for an operator
     * @throws dev.roost.linux.LinuxException if the kernel refuses something
     */
    HomeAgentDaemon(
            HomeAgentConfiguration configuration, Path configurationFile, HomeLinkInterface homeLink, EventLog log)
            throws IOException {
        this.configuration = configuration;
        this.configurationFile = configurationFile;
        this.log = log;
        settings = configuration.settings(homeLink);
        SecureRandom random = new SecureRandom();
        agent = new HomeAgent(
                settings,
                configuration.authentication().authenticator(),
                random.nextLong(),
                configuration.delegation().map(delegation -> delegation.roles(settings)),
                new Identifiers());
        store = BindingStore.open(configuration.statePath(), clock.now(), Clock.systemUTC(), agent::apply);
        boolean done = false;
        Optional<SnmpService> opened = Optional.empty();
        Optional<KernelState> installed = Optional.empty();
        try {
            restored = restore();
            if (configuration.snmp().isPresent()) {
                opened = Optional.of(SnmpService.open(
                        configuration.snmp().orElseThrow(), configuration.statePath(), settings.linkLayerAddress()));
            }
            snmp = opened;
            installed = Optional.of(new KernelState(
                    configuration.interfaceName(),
                    homeLink.index(),
                    settings.prefix(),
                    // As many for others as for its own.
                    settings.maximumBindings() * (configuration.delegation().isPresent() ? 2 : 1),
                    agent.tunnels().stream().map(TunnelChanges::binding).toList()));
            kernel = installed.orElseThrow();
            forwarding = openForwarding(random.nextLong());
            done = true;
        } finally {
            if (!done) {
                installed.ifPresent(KernelState::close);
                store.close();
                close(opened);
            }
        }
        loop = loop(homeLink.index());
    }

    private static void close(Optional<SnmpService> snmp) throws IOException {
        if (snmp.isPresent()) {
            snmp.orElseThrow().close();
        }
    }

    private Optional<ForwardingChannel> openForwarding(long session) {
        return configuration
                .delegation()
                .map(delegation -> new ForwardingChannel(settings.address(), delegation, session, agent, log));
    }

    /** Forgets what has no place any more, before tunnels are made for it, and takes delegations up again. */
    private Decision restore() throws IOException {
        Instant now = clock.now();
        applyRemembered(now, agent.onRestart(now));
        Decision decision = agent.onDelegationsRestored(now);
        applyRemembered(now, decision);
        return new Decision(List.of(), decision.effects());
    }

    private void applyRemembered(Instant now, Decision decision) throws IOException {
        decision.changes().forEach(agent::apply);
        store.append(now, decision.changes());
    }

    private HomeAgentLoop loop(int interfaceIndex) {
        return new HomeAgentLoop(new HomeAgentLoop.Parts(
                settings,
                agent,
                clock,
                store,
                kernel,
                new PreferenceFile(
                        configurationFile,
                        configuration.preference(),
                        problem -> log.warn("preference-not-read", "reason", problem)),
                new StatusFile(configuration.statePath()),
                log,
                interfaceIndex,
                forwarding,
                snmp.map(SnmpService::notifications)));
    }

    void run() throws IOException {
        try (store;
                kernel) {
            store.damage().forEach(damage -> log.warn("state-damaged", "found", damage));
            tellStart();
            startSyncing();
            if (snmp.isPresent()) {
                snmp.orElseThrow().serve(loop);
            }
            Reload reload = new Reload(configurationFile, configuration, loop::reconfigure, log);
            Hangup.handle(reload::run).ifPresent(problem -> log.warn("no-reload-by-signal", "reason", problem));
            loop.run(restored);
        } finally {
            forwarding.ifPresent(ForwardingChannel::close);
            close(snmp);
            log.info("stopped", "bindings", agent.bindingCount());
            ended.countDown();
        }
    }

    private void tellStart() {
        log.info(
                "started",
                "homeAgent",
                settings.address(),
                "interface",
                configuration.interfaceName(),
                "linkLayerAddress",
                settings.linkLayerAddress(),
                "bindings",
                agent.bindingCount(),
                "entries",
                agent.forwardingEntries(),
                "authentication",
                configuration.authentication().required() ? "mn-ha" : "none");
        if (!configuration.authentication().required()) {
            log.warn(
                    "unauthenticated",
                    "meaning",
                    "authentication: none; whoever can send a packet here can bind any home address");
        }
    }

    /** A power cut costs what came after the last sync. */
    private void startSyncing() {
        Thread thread = new Thread(this::syncUntilTheEnd, "state-sync");
        thread.setDaemon(true);
        thread.start();
    }

    private void syncUntilTheEnd() {
        try {
            while (!ended.await(SYNC_PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                store.sync();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            log.warn("state-not-synced", "reason", e);
        }
    }

    /** Asks for the end; any thread. */
    void stop() {
        loop.stop();
    }
}
