package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.SwitchPort;
import java.util.List;

/**
 * A home agent to which packets may have to be steered: it is in the list, or bindings still refer to it.
 *
 * @param index 0 to 65535; stable while the home agent is known, also across restarts
 * @param globalAddresses sorted; all that it advertised, also outside the home prefix
 */
public record SteeredHomeAgent(
        int index,
        Ipv6Address linkLocalAddress,
        MacAddress linkLayerAddress,
        SwitchPort attachment,
        List<Ipv6Address> globalAddresses) {

    public SteeredHomeAgent {
        globalAddresses = List.copyOf(globalAddresses);
    }
}
