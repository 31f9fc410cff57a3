package dev.roost.homeagent.binding;

import dev.roost.mobileip.BindingAuthorizationData;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.NonceIndices;

/**
 * A binding update with what its packet says besides (H-27): away from home it comes from the care-of address with a Home Address
 * option, at home from the home address itself.
 *
 * @param careOfAddress to be registered: the source, unless an option says otherwise
 */
public record BindingRequest(Origin origin, Ipv6Address careOfAddress, BindingUpdate update) {

    public static BindingRequest of(MacAddress linkLayerSource, Ipv6Packet packet, BindingUpdate update) {
        return new BindingRequest(Origin.of(linkLayerSource, packet), update.careOfAddress(packet.header()), update);
    }

    Ipv6Address homeAddress() {
        return origin.homeAddressOption().orElse(origin.source());
    }

    /** Where the acknowledgement goes. */
    Ipv6Address source() {
        return origin.source();
    }

    /** RFC 6275, 9.5.1: lifetime zero, or the home address as the care-of address. */
    boolean isDeregistration() {
        return update.lifetime().isZero() || careOfAddress.equals(homeAddress());
    }

    boolean hasRouteOptimizationOptions() {
        return update.option(NonceIndices.class).isPresent()
                || update.option(BindingAuthorizationData.class).isPresent();
    }
}
