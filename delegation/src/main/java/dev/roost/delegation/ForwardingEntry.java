package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;

/**
 * A mobile node for which a secondary forwards.
 *
 * @param primary who asked for it
 * @param epoch of the request, given by the primary; compared unsigned
 * @param tunnelSource outer source address of the tunnel
 * @param encapsulation the IP protocol number inside the outer header
 * @param untilMillis when it ends by itself, in milliseconds of the loop's clock
 */
public record ForwardingEntry(
        Ipv6Address homeAddress,
        Ipv6Address primary,
        long epoch,
        Ipv6Address careOfAddress,
        Ipv6Address tunnelSource,
        int encapsulation,
        long untilMillis) {

    /** When the mobile node registered with the primary, in milliseconds of that one's clock. */
    public long registeredAtMillis() {
        return Epochs.registeredAtMillis(epoch);
    }
}
