package dev.roost.homeagent;

import dev.roost.homeagent.binding.Binding;
import dev.roost.homeagent.binding.BindingChange;
import dev.roost.homeagent.binding.HomeAgent;
import dev.roost.homeagent.binding.HomeAgentSettings;
import dev.roost.homeagent.linux.HomeLinkInterface;
import dev.roost.homeagent.linux.KernelState;
import dev.roost.homeagent.linux.TunnelChanges;
import dev.roost.homeagent.snmp.SnmpService;
import dev.roost.linux.TunnelBinding;
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
    private final HomeAgentLoop loop;
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
        agent = new HomeAgent(settings, configuration.authentication().authenticator(), new SecureRandom().nextLong());
        store = BindingStore.open(configuration.statePath(), clock.now(), Clock.systemUTC(), agent::apply);
        boolean done = false;
        Optional<SnmpService> opened = Optional.empty();
        try {
            forgetWhatHasNoPlace();
            if (configuration.snmp().isPresent()) {
                opened = Optional.of(SnmpService.open(
                        configuration.snmp().orElseThrow(), configuration.statePath(), settings.linkLayerAddress()));
            }
            snmp = opened;
            kernel = new KernelState(
                    configuration.interfaceName(),
                    homeLink.index(),
                    settings.prefix(),
                    settings.maximumBindings(),
                    tunnels());
            done = true;
        } finally {
            if (!done) {
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

    /** Before tunnels are made for it. */
    private void forgetWhatHasNoPlace() throws IOException {
        Instant now = clock.now();
        List<BindingChange> changes = agent.onRestart(now).changes();
        changes.forEach(agent::apply);
        store.append(now, changes);
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
                snmp.map(SnmpService::notifications)));
    }

    private List<TunnelBinding> tunnels() {
        return agent.bindings().stream()
                .map((Binding binding) -> TunnelChanges.tunnel(binding, settings.address()))
                .toList();
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
            loop.run();
        } finally {
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
