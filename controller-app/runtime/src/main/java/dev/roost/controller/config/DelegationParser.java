package dev.roost.controller.config;

import dev.roost.configuration.ForwardingKeys;
import dev.roost.configuration.Section;
import dev.roost.configuration.SharedKey;
import dev.roost.configuration.ValueParser;
import dev.roost.loadbalancer.DelegationConfig;
import dev.roost.loadbalancer.DelegationConfig.Authentication;
import dev.roost.loadbalancer.DelegationConfig.Mode;
import dev.roost.loadbalancer.DelegationConfig.RegistrationKey;
import dev.roost.loadbalancer.DelegationConfig.Representative;
import dev.roost.loadbalancer.DelegationConfig.UnmodifiedHomeAgents;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.OpaqueBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the block {@code delegation} of a home network; the word {@code off} stands for no block. */
final class DelegationParser {
    private static final double DAY_SECONDS = 86_400;
    private static final double MOST_IMBALANCE = 100;

    private DelegationParser() {}

    static DelegationConfig parse(Section network, Optional<Ipv6Prefix> prefix) {
        if (network.isScalar("delegation")) {
            network.optional("delegation", ValueParser.word("off", "a block of keys, or the word off"));
            return DelegationConfig.OFF;
        }
        Optional<Section> block = network.optionalSection("delegation");
        return block.map(section -> read(section, prefix)).orElse(DelegationConfig.OFF);
    }

    private static DelegationConfig read(Section section, Optional<Ipv6Prefix> prefix) {
        DelegationConfig defaults = DelegationConfig.OFF;
        Mode mode = section.value("mode", ValueParser.oneOf(Mode.class), defaults.mode());
        int port = section.value("port", ValueParser.integer(1, 0xffff), defaults.port());
        List<DelegationConfig.Key> keys = keys(section);
        Representative representative =
                section.value("representative", ValueParser.oneOf(Representative.class), defaults.representative());
        boolean needed = mode != Mode.OFF || representative == Representative.SERVE;
        if (needed && !section.has("keys")) {
            section.problem("keys", "missing; wanted at least one key, unless mode is off and representative refuse");
        }
        return new DelegationConfig(
                needed && keys.isEmpty() ? Mode.OFF : mode,
                port,
                keys,
                section.value(
                        "movesAtOnce",
                        ValueParser.integer(1, DelegationConfig.MOST_MOVES_AT_ONCE),
                        defaults.movesAtOnce()),
                section.value(
                        "movesPerMinute",
                        ValueParser.integer(1, DelegationConfig.MOST_MOVES_PER_MINUTE),
                        defaults.movesPerMinute()),
                section.value("moveAgainAfter", ValueParser.seconds(0, DAY_SECONDS), defaults.moveAgainAfter()),
                section.value("imbalance", ValueParser.number(1, MOST_IMBALANCE), defaults.imbalance()),
                section.value(
                        "unmodifiedHomeAgents",
                        ValueParser.oneOf(UnmodifiedHomeAgents.class),
                        defaults.unmodifiedHomeAgents()),
                keys.isEmpty() ? Representative.REFUSE : representative,
                authentication(section, representative, prefix));
    }

    /** As home agents have it, which registrations at the representative are to be believed like those at them. */
    private static Authentication authentication(
            Section section, Representative representative, Optional<Ipv6Prefix> prefix) {
        if (representative == Representative.REFUSE && !section.has("authentication")) {
            return Authentication.NONE;
        }
        Optional<Section> block = SharedKey.authentication(section, "a block with keys");
        if (block.isEmpty()) {
            return Authentication.NONE;
        }
        List<Section> entries = block.get().sections("keys");
        if (entries.isEmpty()) {
            block.get().problem("keys", "no key found; wanted at least one, or authentication: none");
        }
        List<RegistrationKey> keys = new ArrayList<>();
        for (Section entry : entries) {
            Optional<Ipv6Address> homeAddress =
                    entry.required("homeAddress", homeAddress(prefix), "a home address, as 2001:db8:1::100");
            Optional<RegistrationKey> key = SharedKey.<RegistrationKey>read(
                    entry,
                    (spi, secret) -> new RegistrationKey(
                            homeAddress.orElse(Ipv6Address.UNSPECIFIED), spi, OpaqueBytes.of(secret)));
            if (homeAddress.isPresent() && key.isPresent()) {
                boolean known = keys.stream()
                        .anyMatch(other -> other.homeAddress().equals(homeAddress.get())
                                && other.spi() == key.get().spi());
                if (known) {
                    entry.problem(
                            "spi",
                            "'" + key.get().spi() + "' found; wanted one that " + homeAddress.get()
                                    + " has no key for yet");
                }
                keys.add(key.get());
            }
        }
        return new Authentication(true, block.get().value("requireTimestamp", ValueParser.bool(), false), keys);
    }

    private static ValueParser<Ipv6Address> homeAddress(Optional<Ipv6Prefix> prefix) {
        return text -> {
            Ipv6Address address = Ipv6Address.parse(text);
            if (prefix.isPresent() && !prefix.get().contains(address)) {
                throw new IllegalArgumentException("wanted an address in " + prefix.get());
            }
            return address;
        };
    }

    private static List<DelegationConfig.Key> keys(Section section) {
        return section.has("keys")
                ? ForwardingKeys.read(section, (id, key) -> new DelegationConfig.Key(id, OpaqueBytes.of(key)))
                : List.of();
    }
}
