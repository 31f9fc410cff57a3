package dev.roost.mobilenode.movement;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.MobilityAuthenticator;
import java.time.Duration;
import java.util.Optional;

/**
 * What one mobile node is told before it starts.
 *
 * @param linkLayerAddress of its interface
 * @param homePrefix the home subnet prefix; it holds the home address
 * @param homeAgent the home agent to use; empty for dynamic home agent address discovery
 * @param lifetime asked for in binding updates
 * @param authentication the association with the home agents, when messages are to be authenticated (RFC 4285)
 * @param addressDetectionDelay the longest random delay before duplicate address detection. RFC 4862, 5.4.2 wants
 *     MAX_RTR_SOLICITATION_DELAY, 1 s, where many nodes may hear the same advertisement; it is a large part of a movement
 */
public record MobileNodeSettings(
        MacAddress linkLayerAddress,
        Ipv6Address homeAddress,
        Ipv6Prefix homePrefix,
        Optional<Ipv6Address> homeAgent,
        Duration lifetime,
        Optional<MobilityAuthenticator> authentication,
        Duration addressDetectionDelay) {

    public MobileNodeSettings {
        if (!homePrefix.contains(homeAddress)) {
            throw new IllegalArgumentException(homeAddress + " is not in " + homePrefix);
        }
    }

    /** Of the interface; every address that is not the home or the care-of address leaves from it. */
    public Ipv6Address linkLocalAddress() {
        return Ipv6Address.linkLocal(linkLayerAddress);
    }

    /** Where discovery requests go (RFC 6275, 11.4.1). */
    public Ipv6Address homeAgentsAnycastAddress() {
        return homePrefix.homeAgentsAnycast();
    }
}
