package dev.roost.controller.config;

import dev.roost.configuration.SnmpUser;
import dev.roost.mobileip.Ipv6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where load is read from. The switches are always read; home agents are asked besides when {@code snmp} is there, and are then what
 * counts while they answer.
 *
 * @param period between two readings
 */
public record LoadConfig(Duration period, Optional<Snmp> snmp) {
    public static final LoadConfig DEFAULTS = new LoadConfig(Duration.ofSeconds(1), Optional.empty());

    /**
     * How home agents are asked.
     *
     * @param port where those answer of which {@code agents} says nothing else, at the address by which they are listed
     * @param timeout after which an answer is not waited for any longer
     * @param tablePeriod between two readings of a home agent's binding cache; zero: it is never read
     * @param notifications where notifications are taken
     */
    public record Snmp(
            SnmpUser user,
            int port,
            Duration timeout,
            Duration tablePeriod,
            Optional<InetSocketAddress> notifications,
            List<Agent> agents) {
        public Snmp {
            agents = List.copyOf(agents);
        }
    }

    /** Where one home agent is to be asked. */
    public record Agent(Ipv6Address homeAgent, InetSocketAddress address) {}
}
