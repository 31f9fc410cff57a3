package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.SwitchPort;

/**
 * Where a packet came from: what the switch saw, and what the packet says.
 *
 * @param port the switch port it came in on, not a port between switches
 * @param linkLayerSource source of the Ethernet frame
 * @param source of the IPv6 header, also where a Home Address option names another one
 * @param destination of the IPv6 header, also where a routing header names another one
 */
public record PacketOrigin(SwitchPort port, MacAddress linkLayerSource, Ipv6Address source, Ipv6Address destination) {}
