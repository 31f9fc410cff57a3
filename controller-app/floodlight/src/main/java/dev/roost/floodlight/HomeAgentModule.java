package dev.roost.floodlight;

import dev.roost.configuration.ConfigurationException;
import dev.roost.controller.ConfigReload;
import dev.roost.controller.Controller;
import dev.roost.controller.ControllerOptions;
import dev.roost.controller.Counters;
import dev.roost.controller.LoopClock;
import dev.roost.controller.OwnLoopThread;
import dev.roost.controller.api.ApiRouter;
import dev.roost.controller.config.ControllerConfig;
import dev.roost.controller.config.ControllerConfigParser;
import dev.roost.controller.config.LoadConfig;
import dev.roost.controller.journal.FileJournal;
import dev.roost.controller.snmp.SnmpLoadSource;
import dev.roost.openflow.rules.RuleCompiler;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import net.floodlightcontroller.core.IFloodlightProviderService;
import net.floodlightcontroller.core.internal.IOFSwitchService;
import net.floodlightcontroller.core.module.FloodlightModuleContext;
import net.floodlightcontroller.core.module.IFloodlightModule;
import net.floodlightcontroller.core.module.IFloodlightService;
import net.floodlightcontroller.linkdiscovery.ILinkDiscoveryService;
import net.floodlightcontroller.restserver.IRestApiService;
import net.floodlightcontroller.routing.IRoutingService;
import org.jspecify.annotations.Nullable;
import org.projectfloodlight.openflow.protocol.OFType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Roost as a module of Floodlight: reads the configuration, starts the controller on a thread of its own, and hands it what Floodlight
 * tells. Public, with a constructor without arguments, because Floodlight finds and makes it as a Java service.
 *
 * <p>Floodlight calls {@link #init} of all modules, then {@link #startUp} of all, on one thread, before it lets a switch in. What can be
 * wrong with the configuration or the disk is told by {@code init}, when no port is open yet. There is no stop: Floodlight ends with its
 * process, and the controller with it; the switches keep their rules.
 */
public final class HomeAgentModule implements IFloodlightModule {

    private static final Logger LOG = LoggerFactory.getLogger(HomeAgentModule.class);
    private static final String CONFIG = "config";

    private final EthernetPayload payload;
    private @Nullable Started started;

    private record Started(Path file, ControllerConfig config, Controller controller) {}

    public HomeAgentModule() {
        this(EthernetPayload.FLOODLIGHT);
    }

    HomeAgentModule(EthernetPayload payload) {
        this.payload = payload;
    }

    @Override
    public Collection<Class<? extends IFloodlightService>> getModuleServices() {
        return List.of();
    }

    @Override
    public Map<Class<? extends IFloodlightService>, IFloodlightService> getServiceImpls() {
        return Map.of();
    }

    @Override
    public Collection<Class<? extends IFloodlightService>> getModuleDependencies() {
        return List.of(
                IFloodlightProviderService.class,
                IOFSwitchService.class,
                ILinkDiscoveryService.class,
                IRoutingService.class,
                IRestApiService.class);
    }

    @Override
    public void init(FloodlightModuleContext context) throws CannotStartException {
        Path file = file(context.getConfigParams(this).get(CONFIG));
        ControllerConfig config = read(file);
        Counters counters = new Counters();
        LoopClock clock = LoopClock.system();
        try {
            Controller controller = new Controller(
                    config.homeNetworks(),
                    FileJournal.open(config.statePath()),
                    ControllerOptions.defaults(RuleCompiler.Options.FLOODLIGHT)
                            .withLoadInterval(config.load().period()),
                    clock,
                    new OwnLoopThread(),
                    counters,
                    HomeAgentModule::onFault);
            controller.start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(controller), "roost-stop"));
            started = new Started(file, config, controller);
            askHomeAgents(config, controller, clock, counters);
        } catch (IOException e) {
            throw new CannotStartException(String.valueOf(e.getMessage()));
        }
    }

    /** By SNMP, where the configuration says so: a socket and two threads more. */
    private static void askHomeAgents(
            ControllerConfig config, Controller controller, LoopClock clock, Counters counters) throws IOException {
        Optional<LoadConfig.Snmp> snmp = config.load().snmp();
        if (snmp.isEmpty()) {
            return;
        }
        try {
            controller.addLoadSource(
                    new SnmpLoadSource(snmp.get(), controller, clock, counters),
                    config.load().period());
        } catch (IOException e) {
            controller.close();
            throw e;
        }
    }

    private static Path file(@Nullable String name) throws CannotStartException {
        String key = HomeAgentModule.class.getName() + "." + CONFIG;
        if (name == null || name.isBlank()) {
            throw new CannotStartException(
                    key + " is missing in Floodlight's properties; wanted the path of Roost's configuration, YAML");
        }
        try {
            return Path.of(name.strip());
        } catch (InvalidPathException e) {
            throw new CannotStartException(key + "=" + name + " is not a path: " + e.getReason());
        }
    }

    private static ControllerConfig read(Path file) throws CannotStartException {
        try {
            return ControllerConfigParser.read(file);
        } catch (ConfigurationException e) {
            throw new CannotStartException(String.valueOf(e.getMessage()));
        }
    }

    /** Floodlight and its other applications go on; what is ours gets no answer, and the health page says so. */
    private static void onFault(Throwable bug) {
        LOG.error("event=stopped home networks are no longer served; switches keep their rules. Restart Floodlight");
    }

    private static void close(Controller controller) {
        try {
            controller.close();
        } catch (IOException e) {
            LOG.warn("event=not-closed reason=\"{}\"", e.toString());
        }
    }

    @Override
    public void startUp(FloodlightModuleContext context) {
        Started parts = started;
        if (parts == null) {
            throw new IllegalStateException("startUp before init");
        }
        Controller controller = parts.controller();
        Counters counters = controller.counters();
        Boundary boundary = new Boundary(counters);
        ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor(HomeAgentModule::thread);
        IOFSwitchService switchService = context.getServiceImpl(IOFSwitchService.class);
        Switches switches = new Switches(
                switchService,
                controller::homeNetworks,
                controller,
                new Questions(timers, boundary),
                boundary,
                counters);
        Links links = new Links(controller, boundary);
        IFloodlightProviderService provider = context.getServiceImpl(IFloodlightProviderService.class);

        ConfigReload reload = new ConfigReload(parts.file(), parts.config(), false, controller);
        context.getServiceImpl(IRestApiService.class)
                .addRestletRoutable(new RoostRoutable(new ApiRouter(controller, System::nanoTime, reload)));
        ILinkDiscoveryService discovery = context.getServiceImpl(ILinkDiscoveryService.class);
        discovery.addListener(links);
        discovery.addListener(new FloodedPorts(context.getServiceImpl(IRoutingService.class), timers, boundary));
        provider.addHAListener(switches);
        provider.addOFMessageListener(
                OFType.PACKET_IN,
                new PacketInListener(switches, controller.routerPorts()::isElsewhere, payload, boundary, counters));
        provider.addOFMessageListener(OFType.ERROR, new ErrorListener(switches, controller, boundary));
        switchService.addOFSwitchListener(switches);
        long refresh = Links.REFRESH.toSeconds();
        ScheduledFuture<?> unused = timers.scheduleWithFixedDelay(links::refresh, refresh, refresh, TimeUnit.SECONDS);
        LOG.info(
                "event=started api={} statePath={} homeNetworks={}",
                ApiRouter.ROOT,
                parts.config().statePath(),
                parts.config().homeNetworks().size());
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "roost-timers");
        thread.setDaemon(true);
        return thread;
    }
}
