package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;

/**
 * A report that is acknowledged once every switch steers as it says.
 *
 * @param homeAgent index of the one that reported
 * @param address from which it did
 * @param identifier of the report
 */
record AwaitedReport(Ipv6Address homeAddress, int homeAgent, Ipv6Address address, long identifier, long epoch) {}
