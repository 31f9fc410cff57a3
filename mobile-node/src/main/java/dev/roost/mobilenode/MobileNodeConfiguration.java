package dev.roost.mobilenode;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.MobilityAuthenticator;
import dev.roost.mobilenode.movement.MobileNodeSettings;
import java.time.Duration;
import java.util.Optional;

/**
 * The configuration file of one mobile node.
 *
 * @param homeAgent empty for dynamic home agent address discovery
 * @param lifetime asked for in binding updates
 * @param authentication empty for none
 * @param addressDetectionDelay the longest random delay before duplicate address detection
 */
record MobileNodeConfiguration(
        String interfaceName,
        Ipv6Address homeAddress,
        Ipv6Prefix homePrefix,
        Optional<Ipv6Address> homeAgent,
        Duration lifetime,
        Optional<MobilityAuthenticator> authentication,
        Duration addressDetectionDelay) {

    MobileNodeSettings settings(MacAddress linkLayerAddress) {
        return new MobileNodeSettings(
                linkLayerAddress, homeAddress, homePrefix, homeAgent, lifetime, authentication, addressDetectionDelay);
    }
}
