package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import io.soabase.recordbuilder.core.RecordBuilder;
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
 * @param protection what the switches do against floods and false router advertisements
 * @param delegation whether and how other home agents forward than those where mobile nodes are bound
 * @param limits of the tables, which are made once: the same for good
 */
@RecordBuilder
public record HomeNetworkConfig(
        String name,
        Ipv6Prefix prefix,
        Ipv6Address representativeAddress,
        MacAddress representativeLinkLayerAddress,
        Set<SwitchId> switches,
        List<AdmittedHomeAgent> homeAgents,
        BalancingConfig balancing,
        StickinessConfig stickiness,
        ProtectedUpdates protectedUpdates,
        DiscoveryLimits discoveryLimits,
        SwitchProtection protection,
        DelegationConfig delegation,
        TableLimits limits)
        implements HomeNetworkConfigBuilder.With {

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
                ProtectedUpdates.ANSWERED,
                DiscoveryLimits.NONE,
                SwitchProtection.NONE,
                DelegationConfig.OFF,
                TableLimits.DEFAULTS);
    }

    /** The Mobile IPv6 Home-Agents anycast address of the prefix. */
    public Ipv6Address anycastAddress() {
        return prefix.homeAgentsAnycast();
    }

    /**
     * Whether {@link HomeNetwork#reconfigure} can go from this to the other. What neighbors and mobile nodes remember of a
     * home network is the same for good: with another name, prefix or representative it is another home network.
     */
    public boolean canBecome(HomeNetworkConfig other) {
        return name.equals(other.name)
                && prefix.equals(other.prefix)
                && representativeAddress.equals(other.representativeAddress)
                && representativeLinkLayerAddress.equals(other.representativeLinkLayerAddress)
                && limits.equals(other.limits);
    }

    boolean serves(SwitchId switchId) {
        return switches.isEmpty() || switches.contains(switchId);
    }

    /** Whether a home agent with this link-layer address may be attached there. */
    public boolean admits(MacAddress linkLayerAddress, SwitchPort attachment) {
        return homeAgents.isEmpty()
                || homeAgents.stream().anyMatch(admitted -> admitted.admits(linkLayerAddress, attachment));
    }

    /** Whether it may also have this global address. */
    boolean admits(MacAddress linkLayerAddress, SwitchPort attachment, Ipv6Address address) {
        return homeAgents.isEmpty()
                || homeAgents.stream()
                        .anyMatch(admitted -> admitted.admits(linkLayerAddress, attachment)
                                && admitted.address().map(address::equals).orElse(true));
    }
}
