package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.SwitchId;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the operator decides about one home network. {@link #of} has the defaults of everything but the four facts that
 * nobody can guess.
 *
 * @param prefix the home subnet prefix; at most 121 bits long, so that it has a home agents anycast address
 * @param representativeAddress source of discovery replies, of probes and of neighbor advertisements
 * @param representativeLinkLayerAddress constant and virtual: the same for the anycast address and for bound home addresses
 * @param switches whose packets belong to this home network; empty: all
 * @param homeAgents when not empty, nobody else is admitted
 */
public record HomeNetworkConfig(
        String name,
        Ipv6Prefix prefix,
        Ipv6Address representativeAddress,
        MacAddress representativeLinkLayerAddress,
        Set<SwitchId> switches,
        List<AdmittedHomeAgent> homeAgents,
        BalancingConfig balancing,
        StickinessConfig stickiness,
        TableLimits limits) {

    /** RFC 2526: the anycast identifier takes seven bits. */
    private static final int LONGEST_PREFIX = 121;

    public HomeNetworkConfig {
        if (prefix.length() > LONGEST_PREFIX) {
            throw new IllegalArgumentException(
                    "prefix of " + name + ": wanted at most /121 to hold the anycast address, got " + prefix);
        }
        if (!representativeAddress.isRoutableUnicast() || !prefix.contains(representativeAddress)) {
            throw new IllegalArgumentException("representative of " + name + ": wanted a unicast address in " + prefix
                    + ", got " + representativeAddress);
        }
        if (representativeAddress.equals(prefix.homeAgentsAnycast())) {
            throw new IllegalArgumentException(
                    "representative of " + name + ": the anycast address is never a source: " + representativeAddress);
        }
        if (representativeLinkLayerAddress.isMulticast()) {
            throw new IllegalArgumentException("representative of " + name
                    + ": wanted a unicast link-layer address, got " + representativeLinkLayerAddress);
        }
        switches = Collections.unmodifiableSortedSet(new TreeSet<>(switches));
        homeAgents = List.copyOf(homeAgents);
    }

    public static HomeNetworkConfig of(
            String name, Ipv6Prefix prefix, Ipv6Address representativeAddress, MacAddress linkLayerAddress) {
        return new HomeNetworkConfig(
                name,
                prefix,
                representativeAddress,
                linkLayerAddress,
                Set.of(),
                List.of(),
                BalancingConfig.DEFAULTS,
                StickinessConfig.DEFAULTS,
                TableLimits.DEFAULTS);
    }

    /** The Mobile IPv6 Home-Agents anycast address of the prefix. */
    public Ipv6Address anycastAddress() {
        return prefix.homeAgentsAnycast();
    }

    public HomeNetworkConfig withSwitches(Set<SwitchId> value) {
        return new HomeNetworkConfig(
                name,
                prefix,
                representativeAddress,
                representativeLinkLayerAddress,
                value,
                homeAgents,
                balancing,
                stickiness,
                limits);
    }

    public HomeNetworkConfig withHomeAgents(List<AdmittedHomeAgent> value) {
        return new HomeNetworkConfig(
                name,
                prefix,
                representativeAddress,
                representativeLinkLayerAddress,
                switches,
                value,
                balancing,
                stickiness,
                limits);
    }

    public HomeNetworkConfig withBalancing(BalancingConfig value) {
        return new HomeNetworkConfig(
                name,
                prefix,
                representativeAddress,
                representativeLinkLayerAddress,
                switches,
                homeAgents,
                value,
                stickiness,
                limits);
    }

    public HomeNetworkConfig withStickiness(StickinessConfig value) {
        return new HomeNetworkConfig(
                name,
                prefix,
                representativeAddress,
                representativeLinkLayerAddress,
                switches,
                homeAgents,
                balancing,
                value,
                limits);
    }

    public HomeNetworkConfig withLimits(TableLimits value) {
        return new HomeNetworkConfig(
                name,
                prefix,
                representativeAddress,
                representativeLinkLayerAddress,
                switches,
                homeAgents,
                balancing,
                stickiness,
                value);
    }
}
