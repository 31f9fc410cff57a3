package dev.roost.homeagent.binding;

import dev.roost.mobileip.DestinationOptions;
import dev.roost.mobileip.ExtensionHeader;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MacAddress;
import java.util.Optional;

/**
 * Who a packet is from, and the way back: every answer goes to the link-layer address that the packet came from. That is the router
 * that brought it from afar, or the mobile node itself when it is at home, which neighbor discovery could not find: there the home
 * agent still answers for the home address, or the switch in its place (RFC 6275, 10.3.2).
 *
 * @param homeAddressOption the home address that the packet claims by an option, if it has one
 */
public record Origin(MacAddress linkLayerSource, Ipv6Address source, Optional<Ipv6Address> homeAddressOption) {

    public static Origin of(MacAddress linkLayerSource, Ipv6Packet packet) {
        return new Origin(linkLayerSource, packet.source(), homeAddressOption(packet));
    }

    private static Optional<Ipv6Address> homeAddressOption(Ipv6Packet packet) {
        for (ExtensionHeader header : packet.extensionHeaders()) {
            if (header instanceof DestinationOptions options
                    && options.homeAddressOption().isPresent()) {
                return Optional.of(options.homeAddressOption().orElseThrow().homeAddress());
            }
        }
        return Optional.empty();
    }
}
