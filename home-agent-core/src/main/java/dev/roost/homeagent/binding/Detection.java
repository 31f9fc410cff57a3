package dev.roost.homeagent.binding;

import dev.roost.mobileip.Ipv6Address;
import java.time.Instant;

/**
 * Duplicate address detection under way for a home address that is to be bound (RFC 6275, 10.3.1; RFC 4862, 5.4).
 *
 * @param update the binding update to accept when the address turns out to be free; the latest one of its mobile node
 * @param deadline when silence on the home link means that the address is free
 */
record Detection(BindingRequest update, Instant deadline) {

    Ipv6Address homeAddress() {
        return update.homeAddress();
    }
}
