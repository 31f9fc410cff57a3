package dev.roost.openflow.rules;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.PortDescription;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Which packets a rule is for. The fields are the few that our rules use, and each is exact, so that a match that went through a switch
 * compares equal however the switch ordered it or spelled the masks.
 *
 * <p>Printed as {@code ovs-ofctl} writes it.
 */
public record RuleMatch(
        OptionalInt inPort,
        Optional<MacAddress> ethernetDestination,
        Optional<MacAddress> ethernetSource,
        OptionalInt etherType,
        Optional<Ipv6Address> source,
        Optional<Ipv6Address> destination,
        OptionalInt ipProtocol,
        OptionalInt icmpv6Type,
        Optional<Ipv6Address> neighborTarget,
        OptionalInt udpDestination) {

    static final int ETHERTYPE_IPV6 = 0x86dd;
    static final int UDP = 17;
    static final int IPV6_IN_IPV6 = 41;
    /** What a later fragment shows as its protocol: the Fragment header itself. */
    static final int FRAGMENT = 44;

    static final int ICMPV6 = 58;
    static final int ESP = 50;
    static final int MOBILITY_HEADER = 135;
    static final int ROUTER_ADVERTISEMENT = 134;
    static final int NEIGHBOR_SOLICITATION = 135;
    static final int NEIGHBOR_ADVERTISEMENT = 136;

    /** OpenFlow's name; the only one of these for which {@code ovs-ofctl} has another. */
    private static final String ND_TARGET = "ipv6_nd_target";

    private static final RuleMatch EVERYTHING = new RuleMatch(
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            OptionalInt.empty());

    /** Refuses what a switch would refuse: a field without the fields that must stand before it (OpenFlow 1.3.5, 7.2.3.8). */
    public RuleMatch {
        boolean usesIpv6 = source.isPresent() || destination.isPresent() || ipProtocol.isPresent();
        require(!usesIpv6 || etherType.orElse(0) == ETHERTYPE_IPV6, "IPv6 fields need eth_type=0x86dd");
        require(icmpv6Type.isEmpty() || ipProtocol.orElse(0) == ICMPV6, "icmpv6_type needs ip_proto=58");
        require(udpDestination.isEmpty() || ipProtocol.orElse(0) == UDP, "udp_dst needs ip_proto=17");
        int type = icmpv6Type.orElse(0);
        require(
                neighborTarget.isEmpty() || type == NEIGHBOR_SOLICITATION || type == NEIGHBOR_ADVERTISEMENT,
                "nd_target needs icmpv6_type 135 or 136");
    }

    public static RuleMatch everything() {
        return EVERYTHING;
    }

    static RuleMatch ethernet(MacAddress destination, int etherType) {
        return new RuleMatch(
                OptionalInt.empty(),
                Optional.of(destination),
                Optional.empty(),
                OptionalInt.of(etherType),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                OptionalInt.empty());
    }

    static RuleMatch ipv6() {
        return new RuleMatch(
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.of(ETHERTYPE_IPV6),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                OptionalInt.empty());
    }

    RuleMatch in(int port) {
        return new RuleMatch(
                OptionalInt.of(port),
                ethernetDestination,
                ethernetSource,
                etherType,
                source,
                destination,
                ipProtocol,
                icmpv6Type,
                neighborTarget,
                udpDestination);
    }

    RuleMatch ethernetFrom(MacAddress address) {
        return new RuleMatch(
                inPort,
                ethernetDestination,
                Optional.of(address),
                etherType,
                source,
                destination,
                ipProtocol,
                icmpv6Type,
                neighborTarget,
                udpDestination);
    }

    RuleMatch ethernetTo(MacAddress address) {
        return new RuleMatch(
                inPort,
                Optional.of(address),
                ethernetSource,
                etherType,
                source,
                destination,
                ipProtocol,
                icmpv6Type,
                neighborTarget,
                udpDestination);
    }

    RuleMatch from(Ipv6Address address) {
        return new RuleMatch(
                inPort,
                ethernetDestination,
                ethernetSource,
                etherType,
                Optional.of(address),
                destination,
                ipProtocol,
                icmpv6Type,
                neighborTarget,
                udpDestination);
    }

    RuleMatch to(Ipv6Address address) {
        return new RuleMatch(
                inPort,
                ethernetDestination,
                ethernetSource,
                etherType,
                source,
                Optional.of(address),
                ipProtocol,
                icmpv6Type,
                neighborTarget,
                udpDestination);
    }

    RuleMatch protocol(int number) {
        return new RuleMatch(
                inPort,
                ethernetDestination,
                ethernetSource,
                etherType,
                source,
                destination,
                OptionalInt.of(number),
                icmpv6Type,
                neighborTarget,
                udpDestination);
    }

    RuleMatch icmpv6(int type) {
        return new RuleMatch(
                inPort,
                ethernetDestination,
                ethernetSource,
                etherType,
                source,
                destination,
                OptionalInt.of(ICMPV6),
                OptionalInt.of(type),
                neighborTarget,
                udpDestination);
    }

    RuleMatch target(Ipv6Address address) {
        return new RuleMatch(
                inPort,
                ethernetDestination,
                ethernetSource,
                etherType,
                source,
                destination,
                ipProtocol,
                icmpv6Type,
                Optional.of(address),
                udpDestination);
    }

    RuleMatch udp(int port) {
        return new RuleMatch(
                inPort,
                ethernetDestination,
                ethernetSource,
                etherType,
                source,
                destination,
                OptionalInt.of(UDP),
                icmpv6Type,
                neighborTarget,
                OptionalInt.of(port));
    }

    /** Over the fields that tell rules apart, not by way of ten {@link Optional}s: audits look up a hundred thousand of these. */
    @Override
    public int hashCode() {
        int hash = (inPort.orElse(0) * 31 + icmpv6Type.orElse(0)) * 31 + ipProtocol.orElse(0);
        hash = ethernetSource.isPresent() ? hash * 31 + ethernetSource.get().hashCode() : hash;
        hash = source.isPresent() ? hash * 31 + source.get().hashCode() : hash;
        hash = destination.isPresent() ? hash * 37 + destination.get().hashCode() : hash;
        return neighborTarget.isPresent() ? hash * 41 + neighborTarget.get().hashCode() : hash;
    }

    /** The fields by the names of OpenFlow, in the order in which prerequisites stand: for the REST interface. */
    public Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        inPort.ifPresent(port -> fields.put("in_port", portName(port)));
        ethernetDestination.ifPresent(address -> fields.put("eth_dst", address.toString()));
        ethernetSource.ifPresent(address -> fields.put("eth_src", address.toString()));
        etherType.ifPresent(type -> fields.put("eth_type", String.format("0x%04x", type)));
        source.ifPresent(address -> fields.put("ipv6_src", address.toString()));
        destination.ifPresent(address -> fields.put("ipv6_dst", address.toString()));
        ipProtocol.ifPresent(protocol -> fields.put("ip_proto", Integer.toString(protocol)));
        icmpv6Type.ifPresent(type -> fields.put("icmpv6_type", Integer.toString(type)));
        neighborTarget.ifPresent(address -> fields.put(ND_TARGET, address.toString()));
        udpDestination.ifPresent(port -> fields.put("udp_dst", Integer.toString(port)));
        return fields;
    }

    @Override
    public String toString() {
        return fields().entrySet().stream()
                .map(field ->
                        (field.getKey().equals(ND_TARGET) ? "nd_target" : field.getKey()) + "=" + field.getValue())
                .collect(Collectors.joining(","));
    }

    static String portName(int port) {
        return port == PortDescription.LOCAL ? "LOCAL" : Integer.toUnsignedString(port);
    }

    private static void require(boolean met, String prerequisite) {
        if (!met) {
            throw new IllegalArgumentException(prerequisite);
        }
    }
}
