package dev.roost.controller.standalone;

import dev.roost.configuration.Hangup;
import dev.roost.controller.ConfigReload;
import dev.roost.controller.Controller;
import dev.roost.controller.ControllerOptions;
import dev.roost.controller.Counters;
import dev.roost.controller.LoopClock;
import dev.roost.controller.api.ApiRouter;
import dev.roost.controller.config.ControllerConfig;
import dev.roost.controller.config.ListenAddress;
import dev.roost.controller.journal.FileJournal;
import dev.roost.controller.snmp.SnmpLoadSource;
import dev.roost.openflow.rules.RuleCompiler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The standalone host: journal, controller, OpenFlow server and REST server in one process, from start to stop.
 * Switches are let in last and shut out first; the threads of the OpenFlow server, which the controller may share, end
 * last. It removes nothing from switches when it stops: they go on forwarding.
 */
final class StandaloneController implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StandaloneController.class);
    private static final long STOP_PATIENCE_SECONDS = 4;

    /** What is to be closed, the last started first. Belongs to the thread that runs. */
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile int status = Main.DONE;

    private StandaloneController() {}

    /** Runs until the process is told to stop, or a bug stops the controller; returns the exit status. */
    static int run(Path file, ControllerConfig config) throws InterruptedException {
        StandaloneController host = new StandaloneController();
        Runtime.getRuntime().addShutdownHook(new Thread(host::onShutdown, "stop"));
        try {
            host.start(file, config);
            host.stop.await();
        } catch (IOException e) {
            LOG.error("{}", e.getMessage());
            host.status = Main.FAILED;
        } finally {
            host.close();
            host.closed.countDown();
        }
        return host.status;
    }

    /** Starts all parts; those that did start are closed by {@link #close} when a later one can't. */
    private void start(Path file, ControllerConfig config) throws IOException {
        Counters counters = new Counters();
        LoopClock clock = LoopClock.system();
        FileJournal journal = FileJournal.open(config.statePath());
        RuleCompiler.Options rules = RuleCompiler.Options.standalone(config.tableMissNormal());
        long generationId = clock.instantOf(clock.nanos()).toEpochMilli();
        OpenFlowServer openFlow = add(new OpenFlowServer(
                OpenFlowServerOptions.listeningOn(resolve(config.openflowListen()), generationId), counters));
        Controller controller = add(new Controller(
                config.homeNetworks(),
                journal,
                ControllerOptions.defaults(rules).withLoadInterval(config.load().period()),
                clock,
                openFlow.loopThread(),
                counters,
                this::onFault));
        controller.start();
        if (config.load().snmp().isPresent()) {
            controller.addLoadSource(
                    add(new SnmpLoadSource(config.load().snmp().get(), controller, clock, counters)),
                    config.load().period());
        }
        ConfigReload reload = new ConfigReload(file, config, true, controller);
        RestServer rest = add(
                RestServer.start(resolve(config.restListen()), new ApiRouter(controller, System::nanoTime, reload)));
        openFlow.start(controller);
        parts.push(openFlow::shutOut);
        Hangup.handle(reload::reloadAndTell)
                .ifPresent(problem -> LOG.warn("event=no-reload-by-signal reason=\"{}\"", problem));
        LOG.info(
                "event=started openflow={} rest=http://{}/ statePath={} homeNetworks={}",
                text(openFlow.address()),
                text(rest.address()),
                config.statePath(),
                config.homeNetworks().size());
        Rehearsal.begin(config.homeNetworks().get(0), rules);
    }

    private <T extends AutoCloseable> T add(T part) {
        parts.push(part);
        return part;
    }

    private static InetSocketAddress resolve(ListenAddress address) throws IOException {
        try {
            return new InetSocketAddress(InetAddress.getByName(address.host()), address.port());
        } catch (UnknownHostException e) {
            throw new IOException("cannot listen on " + address + ": unknown host", e);
        }
    }

    private static String text(InetSocketAddress address) {
        return new ListenAddress(address.getAddress().getHostAddress(), address.getPort()).toString();
    }

    private void onFault(Throwable bug) {
        status = Main.FAILED; // the loop has logged the bug and its state
        stop.countDown();
    }

    /**
     * Runs when the virtual machine is told to end: has everything closed first, and ends with our status, where a virtual machine that
     * was sent SIGTERM would end with 143 however clean the stop was.
     */
    private void onShutdown() {
        stop.countDown();
        try {
            if (!closed.await(STOP_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                status = Main.FAILED;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(status);
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) { // whatever one part fails with, the others are to be closed, too
                LOG.warn(
                        "event=not-closed part={} reason=\"{}\"",
                        part.getClass().getSimpleName(),
                        e.toString());
            }
        }
        LOG.info("event=stopped");
    }
}
