package dev.roost.controller;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.openflow.rules.Subject;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Tunnels under ESP between care-of addresses and home agents. A switch cannot tell their packets from registrations under ESP, so
 * both are copied here; once one turns out to be of a tunnel, none between the same two addresses is copied for a few seconds. So of a
 * tunnel, however busy, hardly more comes here than a few packets each time, and a registration is seen when it comes from an
 * address that does not tunnel yet, as the first one does, or between two such times.
 *
 * <p>Belongs to the loop.
 */
final class ProtectedTunnels {

    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int MOST = 10_000;

    private final LoopAccess loop;
    private final LongAdder quieted;
    private final LongAdder tooMany;
    private final Set<Subject.ProtectedTunnel> quiet = new LinkedHashSet<>();

    ProtectedTunnels(LoopAccess loop, Counters counters) {
        this.loop = loop;
        this.quieted = counters.counter("roost_protected_tunnels_quieted_total");
        this.tooMany = counters.counter("roost_protected_tunnels_not_quieted_total", "reason", "too-many");
    }

    /** A packet of a tunnel was copied; {@code touch} has the rules of its subject looked at. */
    void onPacket(
            ServedNetwork network,
            Ipv6Address source,
            Ipv6Address destination,
            Consumer<Subject.ProtectedTunnel> touch) {
        Subject.ProtectedTunnel tunnel = new Subject.ProtectedTunnel(network.index(), source, destination);
        if (quiet.contains(tunnel)) {
            // On its way here while the rule was on its way there.
            return;
        }
        if (quiet.size() >= MOST) {
            tooMany.increment();
            return;
        }
        quiet.add(tunnel);
        quieted.increment();
        touch.accept(tunnel);
        loop.timers().schedule(loop.nowNanos() + QUIET_NANOS, () -> {
            quiet.remove(tunnel);
            touch.accept(tunnel);
        });
    }

    boolean isQuiet(Subject.ProtectedTunnel tunnel) {
        return quiet.contains(tunnel);
    }

    Set<Subject.ProtectedTunnel> quiet() {
        return quiet;
    }
}
