package dev.roost.mobilenode.generator;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What the generator shall do.
 *
 * @param plan the nodes and their addresses
 * @param homeAgent where all register; empty for discovery by each
 * @param gateway the router or home agent on the link whose link-layer address frames go to; empty for the router that advertises itself
 * @param gatewayLinkLayer that address itself, when it is known
 * @param rate new registrations a second; {@link Double#POSITIVE_INFINITY} for as many as {@code window} allows
 * @param window nodes that may wait for an answer at one time
 * @param refreshRate refreshes a second after all are registered; empty for those that lifetimes ask for
 * @param duration of what comes after registration; empty until a signal
 * @param dataPlane whether the nodes' tunnels are set up in the kernel
 * @param list whether to tell each node's home agent
 */
public record GeneratorOptions(
        String interfaceName,
        AddressPlan plan,
        Optional<Ipv6Address> homeAgent,
        Optional<Ipv6Address> gateway,
        Optional<MacAddress> gatewayLinkLayer,
        double rate,
        int window,
        Duration lifetime,
        OptionalDouble refreshRate,
        Optional<Duration> duration,
        boolean dataPlane,
        boolean deregister,
        boolean list) {}
