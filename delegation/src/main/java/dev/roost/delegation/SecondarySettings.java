package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.util.Optional;
import java.util.Set;

/**
 * What a secondary is told at start, and anew when its configuration is read again.
 *
 * @param address the secondary's own address
 * @param prefix the home subnet prefix; home addresses lie in it
 * @param ownAddresses all addresses of this host: none of them can be a home address
 * @param controller who may stop on behalf of a primary; empty: nobody
 * @param maximumEntries for how many mobile nodes it forwards at most
 */
public record SecondarySettings(
        Ipv6Address address,
        Ipv6Prefix prefix,
        Set<Ipv6Address> ownAddresses,
        Optional<Ipv6Address> controller,
        int maximumEntries) {

    public static final int DEFAULT_MAXIMUM_ENTRIES = 200_000;

    public SecondarySettings {
        ownAddresses = Set.copyOf(ownAddresses);
        if (!prefix.contains(address)) {
            throw new IllegalArgumentException(address + " is not in " + prefix);
        }
    }

    /** Whether a mobile node may have this home address: on the home link, and nobody's whom another speaks for. */
    boolean isHomeAddress(Ipv6Address candidate) {
        return prefix.contains(candidate)
                && !candidate.equals(prefix.address())
                && !candidate.equals(prefix.homeAgentsAnycast())
                && !ownAddresses.contains(candidate)
                && !candidate.equals(address);
    }
}
