package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A home agent that the operator lists: what is present must match the router advertisement.
 *
 * @param address when present, the only global address that is believed of it
 */
public record AdmittedHomeAgent(
        MacAddress linkLayerAddress, Optional<Ipv6Address> address, Optional<SwitchId> switchId, OptionalInt port) {

    /** One that may be attached anywhere and have any address. */
    public static AdmittedHomeAgent of(MacAddress linkLayerAddress) {
        return new AdmittedHomeAgent(linkLayerAddress, Optional.empty(), Optional.empty(), OptionalInt.empty());
    }

    boolean admits(MacAddress linkLayerSource, SwitchPort attachment) {
        return linkLayerAddress.equals(linkLayerSource)
                && switchId.map(attachment.switchId()::equals).orElse(true)
                && (port.isEmpty() || port.getAsInt() == attachment.port());
    }
}
