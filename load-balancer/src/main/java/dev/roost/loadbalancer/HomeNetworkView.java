package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.SwitchPort;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a home network looks like at one time, for people and for the REST interface. Its size does not depend on the
 * number of mobile nodes.
 *
 * @param homeAgents in the order in which a discovery reply would name them, then those that it would not name
 * @param mobileNodes bound ones
 * @param answers care-of addresses whose list is remembered
 */
public record HomeNetworkView(
        String name,
        Ipv6Prefix prefix,
        Ipv6Address anycastAddress,
        Ipv6Address representativeAddress,
        MacAddress representativeLinkLayerAddress,
        List<HomeAgentView> homeAgents,
        int mobileNodes,
        int answers) {

    public HomeNetworkView {
        homeAgents = List.copyOf(homeAgents);
    }

    /** What a discovery reply may do with a home agent. */
    public enum State {
        /** Named. */
        ACTIVE,
        /** Named after the others: a load threshold is exceeded. */
        OVERLOADED,
        /** Not named: being taken out of service. */
        DRAINING,
        /** Not named: it stopped being a router, and is being probed. */
        SUSPECT,
        /** Not named: its port is down. */
        UNREACHABLE,
        /** Not named: it advertises no address in the home prefix. */
        WITHOUT_ADDRESS,
        /** Not named: it left the list, and bindings still refer to it. */
        LEFT;

        private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

        public String word() {
            return word;
        }
    }

    /**
     * A row of the home agents list.
     *
     * @param addresses all its global addresses, sorted
     * @param weight how many times the bindings of one with weight 1 it is to carry
     * @param forwarding home addresses that it forwards for, wherever they are bound
     */
    public record HomeAgentView(
            int index,
            Ipv6Address linkLocalAddress,
            List<Ipv6Address> addresses,
            MacAddress linkLayerAddress,
            int preference,
            int effectivePreference,
            int weight,
            Duration remainingLifetime,
            State state,
            SwitchPort attachment,
            int forwarding,
            DelegationView delegation,
            LoadView load) {}

    /**
     * A row of the load table.
     *
     * @param inFlight answers that named it first, whose binding has not shown up
     * @param packetsTransmitted as the source counts, unsigned; 0 without a source
     * @param transmitRate packets a second; absent while unknown or stale
     */
    public record LoadView(
            int bindings,
            int inFlight,
            long packetsTransmitted,
            long packetsReceived,
            OptionalDouble transmitRate,
            OptionalDouble receiveRate,
            Optional<LoadSample.Source> source,
            Optional<Instant> sampledAt) {}

    /**
     * A bound mobile node.
     *
     * @param forwarder the home agent that tunnels for it: another one than {@code homeAgent} while that one has delegated it
     */
    public record MobileNodeView(
            Ipv6Address homeAddress,
            Ipv6Address careOfAddress,
            Ipv6Address homeAgent,
            Ipv6Address forwarder,
            Duration remainingLifetime,
            int sequence,
            Evidence evidence) {}

    /**
     * A mobile node on its way from one forwarder to another.
     *
     * @param cause and {@code state}: stable words
     * @param reason of a failure, a stable word; empty otherwise
     */
    public record MigrationView(
            Ipv6Address homeAddress,
            Optional<Ipv6Address> from,
            Optional<Ipv6Address> to,
            String cause,
            String state,
            String reason,
            Instant requestedAt,
            Instant changedAt) {}

    /**
     * A home agent as a peer of the forwarding protocol.
     *
     * @param entries home addresses for which it says that it forwards for other home agents
     */
    public record DelegationView(boolean speaks, boolean primary, boolean secondary, long entries) {}

    /** Where one answer stands among the others, for whoever lists them in parts. */
    public record AnswerPlace(Instant sentAt, Ipv6Address careOfAddress) {}

    /** An answer that is remembered: a row of the notification information. */
    public record AnswerView(Ipv6Address careOfAddress, List<Ipv6Address> homeAgents, Instant sentAt) {

        public AnswerView {
            homeAgents = List.copyOf(homeAgents);
        }
    }

    /**
     * A registration that awaits its acknowledgement: of a mobile node's binding update list, what is only temporary yet.
     *
     * @param sequence absent where it is encrypted
     */
    public record BindingUpdateView(
            Ipv6Address homeAddress,
            Ipv6Address careOfAddress,
            Ipv6Address homeAgent,
            OptionalInt sequence,
            Instant seenAt) {}
}
