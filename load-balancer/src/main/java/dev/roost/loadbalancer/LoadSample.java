package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import java.time.Instant;
import java.util.OptionalInt;

/**
 * What one source says of one home agent's load at one time.
 *
 * @param homeAgent its link-local address or any of its global addresses
 * @param packetsTransmitted cumulative, unsigned, by the home agent
 * @param packetsReceived cumulative, unsigned, by the home agent
 * @param counterBits 32 or 64: where the counters wrap
 * @param bindings what the source says of the number of bindings, if it can say
 */
public record LoadSample(
        Ipv6Address homeAgent,
        Source source,
        Instant takenAt,
        long packetsTransmitted,
        long packetsReceived,
        int counterBits,
        OptionalInt bindings) {

    /** Who counted. */
    public enum Source {
        OPENFLOW,
        SNMP,
        CONSOLE
    }

    public LoadSample {
        if (counterBits != 32 && counterBits != 64) {
            throw new IllegalArgumentException("counters wrap at 32 or 64 bits, not at " + counterBits);
        }
    }
}
