package dev.roost.linux;

import dev.roost.mobileip.Ipv6Address;
import java.util.Collection;
import java.util.Map;

/**
 * The tunnels that the kernel holds for us, one a home address. Packets go through them without coming near this
 * process: it only says which tunnels there are.
 *
 * <p>A tunnel carries IPv6 in IPv6 (RFC 2473) and takes off only what comes from the address registered for the inner
 * home address (RFC 6275, 10.4.5); the rest is dropped and counted. Packets that a tunnel makes too big for the path are answered
 * with Packet Too Big.
 *
 * <p>Used by one thread at a time. All that was installed goes with {@link #close}; what a killed process left behind keeps
 * forwarding until the next one opens the table, which replaces it.
 */
public interface TunnelTable extends AutoCloseable {
    /** Adds tunnels, or gives those of known home addresses new ends and directions; no packet sees half a change. */
    void setBindings(Collection<TunnelBinding> bindings);

    /** Removes the tunnels of these home addresses; those that have none are passed over. */
    void remove(Collection<Ipv6Address> homeAddresses);

    /** What the kernel holds now, by home address. */
    Map<Ipv6Address, TunnelBinding> listInstalled();

    /** What has gone through since the table was opened. */
    TunnelCounters counters();

    @Override
    void close();
}
