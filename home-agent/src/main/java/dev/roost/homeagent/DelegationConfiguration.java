package dev.roost.homeagent;

import dev.roost.configuration.ForwardingKeys;
import dev.roost.configuration.Section;
import dev.roost.configuration.ValueParser;
import dev.roost.delegation.ForwardingKey;
import dev.roost.delegation.PrimarySettings;
import dev.roost.delegation.PrimarySettings.Mode;
import dev.roost.delegation.PrimarySettings.OuterSource;
import dev.roost.delegation.PrimarySettings.Policy;
import dev.roost.delegation.SecondarySettings;
import dev.roost.homeagent.binding.DelegationRoles;
import dev.roost.homeagent.binding.HomeAgentSettings;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The block {@code delegation} of the configuration: a home agent that has it speaks the forwarding protocol.
 *
 * @param port of UDP, here and at all others
 * @param keys the first one signs
 * @param representative the controller, which gives orders and is told who forwards
 * @param secondaries to whom it delegates by itself, best first
 * @param transmitThreshold packets a second
 */
record DelegationConfiguration(
        int port,
        List<ForwardingKey> keys,
        Optional<Ipv6Address> representative,
        Mode mode,
        List<Ipv6Address> secondaries,
        Policy policy,
        double transmitThreshold,
        OuterSource outerSource,
        Duration gracePeriod) {
    static final int DEFAULT_PORT = 5439;

    private static final int MOST_SECONDARIES = 256;
    private static final double LONGEST_GRACE_PERIOD = 600;
    private static final double HIGHEST_THRESHOLD = 1e9;

    DelegationConfiguration {
        keys = List.copyOf(keys);
        secondaries = List.copyOf(secondaries);
    }

    /** Reads it; empty when it is absent, and not to be used when problems were told. */
    static Optional<DelegationConfiguration> read(Section root, Ipv6Address address, Ipv6Prefix prefix) {
        return root.optionalSection("delegation").map(section -> readBlock(section, address, prefix));
    }

    private static DelegationConfiguration readBlock(Section section, Ipv6Address address, Ipv6Prefix prefix) {
        ValueParser<Ipv6Address> other = otherAddress(address, prefix);
        DelegationConfiguration configuration = new DelegationConfiguration(
                section.value("port", ValueParser.integer(1, 0xffff), DEFAULT_PORT),
                ForwardingKeys.read(section, ForwardingKey::new),
                section.optional("representative", other),
                section.value("mode", ValueParser.oneOf(Mode.class), Mode.LATE),
                section.values("secondaries", other),
                section.value("policy", ValueParser.oneOf(Policy.class), Policy.NONE),
                section.value(
                        "transmitThreshold",
                        ValueParser.number(0, HIGHEST_THRESHOLD),
                        PrimarySettings.DEFAULT_TRANSMIT_THRESHOLD),
                section.value("outerSource", ValueParser.oneOf(OuterSource.class), OuterSource.PRIMARY),
                section.value(
                        "gracePeriod",
                        ValueParser.seconds(0, LONGEST_GRACE_PERIOD),
                        PrimarySettings.DEFAULT_GRACE_PERIOD));
        configuration.check(section);
        return configuration;
    }

    private void check(Section section) {
        if (secondaries.size() > MOST_SECONDARIES) {
            section.problem("secondaries", secondaries.size() + " found; wanted at most " + MOST_SECONDARIES);
        }
        List<Ipv6Address> seen = new ArrayList<>();
        for (Ipv6Address secondary : secondaries) {
            if (seen.contains(secondary)) {
                section.problem("secondaries", "'" + secondary + "' found twice; wanted it once");
            }
            seen.add(secondary);
        }
        if (representative.filter(secondaries::contains).isPresent()) {
            section.problem("representative", "'" + representative.get() + "' found; wanted none of the secondaries");
        }
        // A list that is there with something wrong in it has its own problem.
        if (!section.has("secondaries")) {
            if (mode == Mode.STRICT) {
                section.problem("mode", "'strict' found; wanted late, or secondaries that are to be asked");
            }
            if (policy != Policy.NONE) {
                String word = policy.name().toLowerCase(Locale.ROOT);
                section.problem("policy", "'" + word + "' found; wanted none, or secondaries to delegate to");
            }
        }
    }

    private static ValueParser<Ipv6Address> otherAddress(Ipv6Address address, Ipv6Prefix prefix) {
        return text -> {
            Ipv6Address other = Ipv6Address.parse(text);
            if (!prefix.contains(other) || !other.isRoutableUnicast() || other.equals(prefix.homeAgentsAnycast())) {
                throw new IllegalArgumentException("wanted another home agent's address in " + prefix);
            }
            if (other.equals(address)) {
                throw new IllegalArgumentException("wanted another one's address, not this home agent's own");
            }
            return other;
        };
    }

    DelegationRoles roles(HomeAgentSettings settings) {
        PrimarySettings primary = new PrimarySettings(
                settings.address(),
                settings.prefix(),
                mode,
                secondaries,
                representative,
                policy,
                transmitThreshold,
                outerSource,
                gracePeriod,
                true,
                settings.maximumBindings());
        SecondarySettings secondary = new SecondarySettings(
                settings.address(),
                settings.prefix(),
                settings.ownAddresses(),
                representative,
                settings.maximumBindings());
        return new DelegationRoles(primary, Optional.of(secondary));
    }
}
