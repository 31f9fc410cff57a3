package dev.roost.homeagent.snmp;

import dev.roost.homeagent.binding.Counter;
import dev.roost.mobileip.Ipv6Address;
import java.time.Instant;
import java.util.Map;

/**
 * What a home agent counted, at one moment.
 *
 * @param interfaceIndex of the home link's interface
 * @param homeAgentLifetime as advertised, in seconds
 * @param advertisedAt when it last advertised itself
 */
public record HomeAgentFacts(
        int interfaceIndex,
        Ipv6Address address,
        Ipv6Address linkLocalAddress,
        int preference,
        int homeAgentLifetime,
        Instant advertisedAt,
        int bindings,
        Map<Counter, Long> counters,
        Traffic traffic) {

    /**
     * Packets and octets of Mobile IPv6 (RFC 4295, mip6TotalTraffic) and what they were.
     *
     * @param acknowledgements sent, by status
     */
    public record Traffic(
            long packetsIn,
            long packetsOut,
            long octetsIn,
            long octetsOut,
            long bindingUpdatesIn,
            Map<Integer, Long> acknowledgements) {
        public Traffic {
            acknowledgements = Map.copyOf(acknowledgements);
        }

        long acknowledged(int status) {
            return acknowledgements.getOrDefault(status, 0L);
        }

        long acknowledgementsOut() {
            return acknowledgements.values().stream().mapToLong(count -> count).sum();
        }
    }

    public HomeAgentFacts {
        counters = Map.copyOf(counters);
    }

    long count(Counter counter) {
        return counters.getOrDefault(counter, 0L);
    }
}
