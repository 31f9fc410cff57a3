package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;

/**
 * A mobile node's registration as its primary granted it.
 *
 * @param expiresAtMillis when it ends, in milliseconds of the loop's clock
 * @param registeredAtMillis when its binding update came, by the same clock; between primaries the later one counts
 * @param delegable whether another home agent can forward for it; false for one whose tunnel only the primary can open
 */
public record Registration(
        Ipv6Address homeAddress,
        Ipv6Address careOfAddress,
        long expiresAtMillis,
        long registeredAtMillis,
        boolean delegable) {}
