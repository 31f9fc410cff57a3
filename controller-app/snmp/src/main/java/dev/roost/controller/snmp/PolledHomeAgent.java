package dev.roost.controller.snmp;

import dev.roost.mobileip.Ipv6Address;
import java.net.InetSocketAddress;

/**
 * A home agent that is to be asked.
 *
 * @param homeAgent the address by which the core knows it
 * @param address where it answers
 */
record PolledHomeAgent(String homeNetwork, Ipv6Address homeAgent, InetSocketAddress address) {}
