package dev.roost.controller.snmp;

import dev.roost.controller.ControllerView;
import dev.roost.controller.Counters;
import dev.roost.controller.HomeAgentReports;
import dev.roost.controller.LoadSource;
import dev.roost.controller.LoopClock;
import dev.roost.controller.config.LoadConfig;
import dev.roost.snmp.SnmpEngine;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.snmp4j.mp.MPv3;
import org.snmp4j.smi.OctetString;

/**
 * Load that the home agents themselves tell, by SNMP. Each round asks all of them for counters, and reads the binding caches that are
 * due; what they tell unasked comes in between.
 *
 * <p>The loop only says who there is ({@link #poll}); requests are encrypted and sent on a thread of this class, answers arrive on
 * the engine's.
 */
public final class SnmpLoadSource implements LoadSource, AutoCloseable {
    private static final int ENGINE_ID_OCTETS = 8;

    private final HomeAgentAddresses addresses;
    private final SnmpCounts counts;
    private final SnmpEngine engine;
    private final CounterReading counterReading;
    private final TableReading tableReading;
    private final NotificationReceiver notifications;
    private final AtomicBoolean roundUnderWay = new AtomicBoolean();
    private final ExecutorService polling = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "snmp-poll");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Opens the socket, and takes notifications from now on if it shall.
     *
     * @throws IOException if it can't be had; the message is for an operator
     */
    public SnmpLoadSource(LoadConfig.Snmp config, HomeAgentReports reports, LoopClock clock, Counters counters)
            throws IOException {
        addresses = new HomeAgentAddresses(config);
        counts = new SnmpCounts(counters);
        InetSocketAddress local = config.notifications().orElseGet(() -> new InetSocketAddress(0));
        try {
            engine = new SnmpEngine(local, identity(), config.user());
        } catch (IOException e) {
            throw new IOException("load.snmp.notifications: can't listen at " + local + ": " + e.getMessage(), e);
        }
        counterReading =
                new CounterReading(engine, config.timeout(), reports, () -> clock.instantOf(clock.nanos()), counts);
        tableReading = new TableReading(engine, config.timeout(), config.tablePeriod(), reports, counts);
        notifications = new NotificationReceiver(reports, counts);
        engine.admitOnly(notifications::admits);
        if (config.notifications().isPresent()) {
            engine.session().addCommandResponder(notifications);
        }
        engine.listen();
    }

    /** A manager is never the authoritative engine, so it may be another one at each start. */
    private static SnmpEngine.Identity identity() {
        byte[] random = new byte[ENGINE_ID_OCTETS];
        new SecureRandom().nextBytes(random);
        return new SnmpEngine.Identity(MPv3.createLocalEngineID(new OctetString(random)), 1);
    }

    @Override
    public void poll(ControllerView view) {
        poll(addresses.of(view));
    }

    void poll(List<PolledHomeAgent> homeAgents) {
        if (!roundUnderWay.compareAndSet(false, true)) {
            counts.overlaps.increment();
            return;
        }
        try {
            polling.execute(() -> round(homeAgents));
        } catch (RejectedExecutionException e) {
            // Closed while the loop still runs.
            roundUnderWay.set(false);
        }
    }

    private void round(List<PolledHomeAgent> homeAgents) {
        try {
            notifications.listenTo(homeAgents);
            homeAgents.forEach(counterReading::ask);
            tableReading.readIfDue(homeAgents);
        } finally {
            roundUnderWay.set(false);
        }
    }

    /** Where notifications are taken. */
    int port() {
        return engine.port();
    }

    @Override
    public void close() throws IOException {
        polling.shutdownNow();
        engine.close();
    }
}
