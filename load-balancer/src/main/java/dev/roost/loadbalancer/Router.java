package dev.roost.loadbalancer;

import dev.roost.mobileip.MacAddress;
import dev.roost.topology.SwitchPort;

/**
 * A router on the home link through which a registration came: tunnels leave by it, and come back.
 *
 * @param linkLayerAddress by which it is known
 * @param attachment where it was last seen
 */
public record Router(MacAddress linkLayerAddress, SwitchPort attachment) {}
