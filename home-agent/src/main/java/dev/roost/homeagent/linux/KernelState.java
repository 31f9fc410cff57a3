package dev.roost.homeagent.linux;

import dev.roost.linux.HomeAgentTunnels;
import dev.roost.linux.KernelSilence;
import dev.roost.linux.NextHops;
import dev.roost.linux.PacketFilter;
import dev.roost.linux.PacketSocket;
import dev.roost.linux.Sysctls;
import dev.roost.linux.TunnelBinding;
import dev.roost.linux.TunnelTable;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MobilePrefixSolicitation;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.RouterSolicitation;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * All that a home agent installs in the kernel, in the order in which it must come, and out again in the reverse order. What an
 * earlier process left behind when it was killed is replaced.
 */
public final class KernelState implements AutoCloseable {
    private static final String NAME = "home_agent";
    /**
     * Some 8,000 binding updates: a quarter of a second at 30,000 a second. A mobile node repeats its binding update after a second
     * with a new sequence number, and has no use for the answer to the old one.
     */
    private static final int RECEIVE_QUEUE_BYTES = 4 << 20;

    private final Deque<AutoCloseable> installed = new ArrayDeque<>();
    private final PacketSocket socket;
    private final TunnelTable tunnels;
    private final NextHops nextHops;

    /**
     * Installs it.
     *
     * @param known the tunnels of bindings from before this start; they carry traffic from the first moment on
     * @throws dev.roost.linux.LinuxException if the kernel refuses something; nothing is left behind then
     */
    public KernelState(
            String interfaceName,
            int interfaceIndex,
            Ipv6Prefix homePrefix,
            int maximumBindings,
            Collection<TunnelBinding> known) {
        boolean done = false;
        try {
            Sysctls sysctls = install(new Sysctls());
            sysctls.enableForwarding(interfaceName);
            install(KernelSilence.open(NAME));
            HomeAgentTunnels.Options options =
                    new HomeAgentTunnels.Options(interfaceName, List.of(homePrefix), List.of(), maximumBindings);
            nextHops = install(NextHops.open());
            nextHops.resolve(known.stream().map(TunnelBinding::careOfAddress).toList());
            tunnels = install(HomeAgentTunnels.open(options, known));
            socket = install(PacketSocket.open(
                    interfaceIndex,
                    PacketFilter.icmpV6(
                                    RouterSolicitation.TYPE,
                                    NeighborSolicitation.TYPE,
                                    NeighborAdvertisement.TYPE,
                                    MobilePrefixSolicitation.TYPE)
                            .withMobilityHeaders()));
            socket.limitQueue(RECEIVE_QUEUE_BYTES);
            // Solicitations for home addresses go to groups that nobody on this host has joined.
            socket.allMulticastFrames();
            done = true;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    public PacketSocket socket() {
        return socket;
    }

    public TunnelTable tunnels() {
        return tunnels;
    }

    public NextHops nextHops() {
        return nextHops;
    }

    private <T extends AutoCloseable> T install(T part) {
        installed.push(part);
        return part;
    }

    @Override
    public void close() {
        RuntimeException failure = null;
        while (!installed.isEmpty()) {
            try {
                installed.pop().close();
            } catch (Exception e) {
                // The rest must go too.
                IllegalStateException told = new IllegalStateException("cannot remove what was installed", e);
                if (failure == null) {
                    failure = told;
                } else {
                    failure.addSuppressed(told);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
