package dev.roost.controller.config;

import dev.roost.configuration.Section;
import dev.roost.configuration.ValueParser;
import dev.roost.loadbalancer.AdmittedHomeAgent;
import dev.roost.loadbalancer.BalancingConfig;
import dev.roost.loadbalancer.DelegationConfig;
import dev.roost.loadbalancer.DiscoveryLimits;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.loadbalancer.LoadThresholds;
import dev.roost.loadbalancer.ProtectedUpdates;
import dev.roost.loadbalancer.StickinessConfig;
import dev.roost.loadbalancer.SwitchProtection;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.SwitchId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** Reads one entry of {@code homeNetworks}. */
final class HomeNetworkParser {
    /** RFC 2526: the anycast identifier takes seven bits, so a prefix can't be longer. */
    private static final int LONGEST_PREFIX = 121;

    private static final double DAY_SECONDS = 86_400;

    private static final ValueParser<Ipv6Address> ADDRESS =
            wanting("an IPv6 address, as in 2001:db8:1::fe", Ipv6Address::parse);
    private static final ValueParser<MacAddress> UNICAST_MAC = text -> {
        MacAddress address = wanting("a MAC address, as in 02:00:5e:00:00:fe", MacAddress::parse)
                .parse(text);
        if (address.isMulticast() || address.value() == 0) {
            throw new IllegalArgumentException("wanted a unicast MAC address: the first octet even, and not all zero");
        }
        return address;
    };
    private static final ValueParser<Integer> WEIGHT = ValueParser.integer(1, BalancingConfig.MOST_WEIGHT);

    /** Who may be a home agent. */
    private enum Admission {
        /** Whoever advertises itself as one, each at the port where it was first seen. */
        LEARN,
        /** Those in the configuration. */
        LISTED
    }

    private static final ValueParser<SwitchId> SWITCH =
            wanting("a datapath id, as in 00:00:00:00:00:00:00:01", SwitchId::parse);
    private static final ValueParser<Ipv6Prefix> PREFIX = text -> {
        Ipv6Prefix prefix = wanting("an IPv6 prefix, as in 2001:db8:1::/64", Ipv6Prefix::parse)
                .parse(text);
        if (prefix.length() < 3 || prefix.length() > LONGEST_PREFIX) {
            throw new IllegalArgumentException("wanted a prefix length of 3 to " + LONGEST_PREFIX
                    + ", so that it has an anycast address (RFC 2526)");
        }
        return prefix;
    };
    private static final ValueParser<String> NAME = text -> {
        if (!text.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")) {
            throw new IllegalArgumentException(
                    "wanted 1 to 63 letters, digits, '-', '_' or '.', a letter or digit first");
        }
        return text;
    };

    private HomeNetworkParser() {}

    /** Reads all of it; empty when what nobody can guess is missing or wrong, the problems of which are then told. */
    static Optional<HomeNetworkConfig> parse(Section section) {
        Optional<String> name = section.required("name", NAME, "the name of the home network");
        Optional<Ipv6Prefix> prefix = section.required("prefix", PREFIX, "an IPv6 prefix, as in 2001:db8:1::/64");
        Section representative = section.requiredSection("representative");
        Optional<Ipv6Address> address = representative.required("address", ADDRESS, "an IPv6 address in the prefix");
        Optional<MacAddress> linkLayerAddress = representative.required(
                "linkLayerAddress", UNICAST_MAC, "a unicast MAC address that nobody else has, as in 02:00:5e:00:00:fe");
        Set<SwitchId> switches = new TreeSet<>(section.values("switches", SWITCH));
        List<AdmittedHomeAgent> homeAgents = homeAgents(section, prefix);
        BalancingConfig balancing = balancing(section);
        StickinessConfig stickiness = stickiness(section);
        admission(section);
        ProtectedUpdates protectedUpdates =
                section.value("protectedUpdates", ValueParser.oneOf(ProtectedUpdates.class), ProtectedUpdates.ANSWERED);
        Section limits = section.section("limits");
        DiscoveryLimits discoveryLimits = discoveryLimits(limits);
        SwitchProtection protection = new SwitchProtection(
                section.value("raGuard", ValueParser.bool(), SwitchProtection.NONE.advertisementGuard()),
                integer(limits.optional("discoveryRequestsPerSwitch", ValueParser.integer(1, SwitchProtection.MOST))));
        DelegationConfig delegation = DelegationParser.parse(section, prefix);
        boolean usable =
                address.isPresent() && prefix.isPresent() && isUsable(representative, address.get(), prefix.get());
        if (!usable || name.isEmpty() || linkLayerAddress.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(HomeNetworkConfig.of(name.get(), prefix.get(), address.get(), linkLayerAddress.get())
                .withSwitches(switches)
                .withHomeAgents(homeAgents)
                .withBalancing(balancing)
                .withStickiness(stickiness)
                .withProtectedUpdates(protectedUpdates)
                .withDiscoveryLimits(discoveryLimits)
                .withProtection(protection)
                .withDelegation(delegation));
    }

    private static boolean isUsable(Section representative, Ipv6Address address, Ipv6Prefix prefix) {
        String wanted = null;
        if (!prefix.contains(address)) {
            wanted = "an address in the home network's prefix " + prefix;
        } else if (address.equals(prefix.homeAgentsAnycast())) {
            wanted = "another address: this is the home agents anycast address, never a source";
        } else if (!address.isRoutableUnicast() || address.equals(prefix.address())) {
            wanted = "a unicast address, and not the subnet-router anycast address";
        }
        if (wanted != null) {
            representative.problem("address", "'" + address + "' found; wanted " + wanted);
        }
        return wanted == null;
    }

    private static List<AdmittedHomeAgent> homeAgents(Section section, Optional<Ipv6Prefix> prefix) {
        List<AdmittedHomeAgent> homeAgents = new ArrayList<>();
        Set<MacAddress> known = new HashSet<>();
        for (Section entry : section.sections("homeAgents")) {
            Optional<MacAddress> linkLayerAddress =
                    entry.required("linkLayerAddress", UNICAST_MAC, "the home agent's MAC address");
            Optional<Ipv6Address> address = entry.optional("address", ADDRESS);
            Optional<SwitchId> switchId = entry.optional("switch", SWITCH);
            OptionalInt port = integer(entry.optional("port", ValueParser.integer(1, Integer.MAX_VALUE)));
            if (port.isPresent() && switchId.isEmpty() && !entry.has("switch")) {
                entry.problem("port", "a port without a switch; wanted both or only the switch");
            }
            address.filter(value -> prefix.isPresent() && !prefix.get().contains(value))
                    .ifPresent(value -> entry.problem(
                            "address", "'" + value + "' found; wanted an address in the prefix " + prefix.get()));
            linkLayerAddress.ifPresent(value -> {
                if (!known.add(value)) {
                    entry.problem("linkLayerAddress", "'" + value + "' found; another home agent has it");
                }
                homeAgents.add(new AdmittedHomeAgent(value, address, switchId, port));
            });
        }
        if (section.has("homeAgents") && homeAgents.isEmpty()) {
            section.problem("homeAgents", "nobody would be admitted; wanted at least one, or no such key");
        }
        return homeAgents;
    }

    private static BalancingConfig balancing(Section section) {
        BalancingConfig defaults = BalancingConfig.DEFAULTS;
        Section balancing = section.section("balancing");
        Section load = section.section("load");
        return new BalancingConfig(
                balancing.value(
                        "maxListLength",
                        ValueParser.integer(2, BalancingConfig.MOST_ADDRESSES),
                        defaults.maxListLength()),
                balancing.value("includeRepresentative", ValueParser.bool(), defaults.includeRepresentative()),
                thresholds(load.section("thresholds")),
                balancing.value("overloadPenalty", ValueParser.integer(0, 0xffff), defaults.overloadPenalty()),
                balancing.value("recoverFraction", ValueParser.number(0.01, 1), defaults.recoverFraction()),
                seconds(balancing, "inFlightCredit", 0, defaults.inFlightCredit()),
                seconds(load, "rateWindow", 0.1, defaults.rateWindow()),
                seconds(load, "staleAfter", 0.1, defaults.loadStaleAfter()),
                weights(balancing));
    }

    private static Map<Ipv6Address, Integer> weights(Section balancing) {
        Map<Ipv6Address, Integer> weights = new TreeMap<>();
        for (Section entry : balancing.sections("weights")) {
            Optional<Ipv6Address> homeAgent = entry.required("homeAgent", ADDRESS, "an address of a home agent");
            Optional<Integer> weight = entry.required("weight", WEIGHT, "how much it is to carry, 1 to 100");
            if (homeAgent.isPresent() && weight.isPresent()) {
                Integer other = weights.put(homeAgent.get(), weight.get());
                if (other != null) {
                    entry.problem("homeAgent", "'" + homeAgent.get() + "' found; its weight is given already");
                }
            }
        }
        return weights;
    }

    /** Whether home agents are listed says it already; the word guards against a list that was meant and is missing. */
    private static void admission(Section section) {
        boolean listed = section.has("homeAgents");
        Admission admission = section.value(
                "admission", ValueParser.oneOf(Admission.class), listed ? Admission.LISTED : Admission.LEARN);
        if (admission == Admission.LISTED && !listed) {
            section.problem("admission", "'listed' found, but nobody is; wanted homeAgents, too");
        } else if (admission == Admission.LEARN && listed) {
            section.problem("admission", "'learn' found, but homeAgents admits nobody else; wanted one of them");
        }
    }

    private static DiscoveryLimits discoveryLimits(Section limits) {
        ValueParser<Integer> perSecond = ValueParser.integer(1, DiscoveryLimits.MOST);
        return new DiscoveryLimits(
                integer(limits.optional("discoveryRequestsPerSource", perSecond)),
                integer(limits.optional("discoveryRequests", perSecond)));
    }

    private static LoadThresholds thresholds(Section thresholds) {
        ValueParser<Integer> amount = ValueParser.integer(0, Integer.MAX_VALUE);
        return new LoadThresholds(
                integer(thresholds.optional("bindings", amount)),
                rate(thresholds.optional("transmitRate", amount)),
                rate(thresholds.optional("receiveRate", amount)));
    }

    private static StickinessConfig stickiness(Section section) {
        StickinessConfig defaults = StickinessConfig.DEFAULTS;
        Section stickiness = section.section("stickiness");
        return new StickinessConfig(
                seconds(stickiness, "timeToLive", 0, defaults.timeToLive()),
                stickiness.value("mode", ValueParser.oneOf(StickinessConfig.Mode.class), defaults.mode()));
    }

    private static Duration seconds(Section section, String key, double min, Duration whenAbsent) {
        return section.value(key, ValueParser.seconds(min, DAY_SECONDS), whenAbsent);
    }

    private static OptionalInt integer(Optional<Integer> value) {
        return value.map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    private static OptionalLong rate(Optional<Integer> value) {
        return value.map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    private static <T> ValueParser<T> wanting(String wanted, Function<String, T> parser) {
        return text -> {
            try {
                return parser.apply(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("wanted " + wanted, e);
            }
        };
    }
}
