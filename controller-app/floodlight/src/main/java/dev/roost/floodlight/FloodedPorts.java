package dev.roost.floodlight;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import net.floodlightcontroller.linkdiscovery.ILinkDiscovery;
import net.floodlightcontroller.linkdiscovery.ILinkDiscoveryListener;
import net.floodlightcontroller.routing.IRoutingService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that ordinary packets are flooded to all ports.
 *
 * <p>A new port is in quarantine until link discovery has probed it, and a topology that is computed meanwhile has it not among the
 * ports to flood to. Floodlight (71fe8a7) computes none when the quarantine ends, but when a link changes next, which may be never:
 * nobody at such a port would be asked for his address. Link discovery tells each port that leaves quarantine as being up; a moment
 * later, one computation serves all that have come until then. Floodlight 1.2 cannot be asked for one.
 *
 * <p>Called by a thread of link discovery; computes on our timer.
 */
final class FloodedPorts implements ILinkDiscoveryListener {

    private static final Logger LOG = LoggerFactory.getLogger(FloodedPorts.class);
    private static final Duration GATHERING = Duration.ofSeconds(1);

    private final IRoutingService routing;
    private final ScheduledExecutorService timers;
    private final Boundary boundary;
    private final AtomicBoolean waiting = new AtomicBoolean();

    FloodedPorts(IRoutingService routing, ScheduledExecutorService timers, Boundary boundary) {
        this.routing = routing;
        this.timers = timers;
        this.boundary = boundary;
    }

    @Override
    public void linkDiscoveryUpdate(List<ILinkDiscovery.LDUpdate> updateList) {
        boundary.run("ports", () -> {
            boolean hasCome = updateList.stream()
                    .anyMatch(update -> update.getOperation() == ILinkDiscovery.UpdateOperation.PORT_UP);
            if (hasCome && waiting.compareAndSet(false, true)) {
                schedule();
            }
        });
    }

    private void schedule() {
        try {
            ScheduledFuture<?> unused = timers.schedule(this::compute, GATHERING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            waiting.set(false); // the process is ending
        }
    }

    private void compute() {
        waiting.set(false);
        boundary.run("topology", () -> {
            try {
                routing.forceRecompute();
            } catch (NoSuchMethodError e) {
                LOG.debug("this Floodlight computes its topology only by itself");
            }
        });
    }
}
