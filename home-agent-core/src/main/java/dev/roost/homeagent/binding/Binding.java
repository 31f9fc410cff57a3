package dev.roost.homeagent.binding;

import dev.roost.mobileip.Ipv6Address;
import java.time.Instant;

/**
 * One entry of the binding cache (RFC 6275, 9.1; table 320): where the mobile node with this home address is.
 *
 * <p>Every entry is a home registration, so that flag needs no field. The cache itself holds no such objects, see {@link
 * BindingTable}.
 *
 * @param sequence of the last binding update that was accepted, 0 to 65535
 * @param lifetimeSeconds as granted in the last acknowledgement, a multiple of 4, never 0
 * @param expiresAtMillis when the entry ends, in milliseconds of the loop's clock
 * @param registeredAtMillis when it was made, by the same clock; updates and refreshes leave it as it is
 * @param coversLinkLocal the mobile node also uses the link-local address with the home address's interface identifier (L bit)
 */
public record Binding(
        Ipv6Address homeAddress,
        Ipv6Address careOfAddress,
        int sequence,
        int lifetimeSeconds,
        long expiresAtMillis,
        long registeredAtMillis,
        boolean coversLinkLocal) {

    public Instant expiresAt() {
        return Instant.ofEpochMilli(expiresAtMillis);
    }

    public Instant registeredAt() {
        return Instant.ofEpochMilli(registeredAtMillis);
    }

    boolean hasExpired(Instant now) {
        return expiresAtMillis <= now.toEpochMilli();
    }
}
