package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;

/**
 * What a switch counted for one bound home address over a while.
 *
 * @param packetsPerSecond to the home address
 */
public record MobileNodeRate(Ipv6Address homeAddress, double packetsPerSecond) {}
