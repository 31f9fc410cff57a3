package dev.roost.homeagent;

import dev.roost.configuration.ConfigurationException;
import dev.roost.configuration.ConfigurationFile;
import dev.roost.configuration.Section;
import dev.roost.configuration.SharedKey;
import dev.roost.configuration.ValueParser;
import dev.roost.homeagent.HomeAgentConfiguration.Advertised;
import dev.roost.homeagent.HomeAgentConfiguration.Authentication;
import dev.roost.homeagent.HomeAgentConfiguration.Limits;
import dev.roost.homeagent.binding.HomeAgentSettings;
import dev.roost.homeagent.snmp.SnmpSettings;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.nio.file.Path;
import java.time.Duration;

/** Reads the configuration file of a home agent as a whole: either all of it is right, or all that is wrong is told at once. */
final class ConfigurationReader {
    private static final int HIGHEST_LIFETIME = 0xffff;
    /** AdvDefaultLifetime of RFC 4861, 6.2.1. */
    private static final int HIGHEST_ROUTER_LIFETIME = 9000;
    /** What a binding acknowledgement can say at most: 65535 units of 4 s. */
    private static final double LONGEST_BINDING = 262_140;

    private static final double LONGEST_INTERVAL = 1800;
    /** RFC 6275, 7.5. */
    private static final double SHORTEST_INTERVAL = 0.07;

    private static final double LONGEST_PREFIX_LIFETIME = 4_294_967_294.0;
    private static final int MOST_BINDINGS = 10_000_000;
    /** A longer prefix leaves no room for the anycast address of its home agents. */
    private static final int LONGEST_PREFIX = 121;

    private ConfigurationReader() {}

    /** An address with its prefix, as the file has it. */
    private record InterfaceAddress(Ipv6Address address, Ipv6Prefix prefix) {
        static final InterfaceAddress WRONG =
                new InterfaceAddress(Ipv6Address.UNSPECIFIED, Ipv6Prefix.of(Ipv6Address.UNSPECIFIED, 0));
    }

    static HomeAgentConfiguration read(Path path) throws ConfigurationException {
        return read(ConfigurationFile.read(path));
    }

    static HomeAgentConfiguration read(ConfigurationFile file) throws ConfigurationException {
        Section root = file.root();
        String interfaceName = root.required(
                        "interface", ValueParser.interfaceName(), "the interface on the home link, as eth0")
                .orElse("");
        InterfaceAddress address = root.required(
                        "address", interfaceAddress(), "the home agent's address with its prefix, as 2001:db8:1::11/64")
                .orElse(InterfaceAddress.WRONG);
        HomeAgentConfiguration configuration = new HomeAgentConfiguration(
                interfaceName,
                address.address(),
                address.prefix(),
                root.value("preference", ValueParser.integer(0, 0xffff), 0),
                advertised(root),
                limits(root),
                Path.of(root.value("statePath", ValueParser.text(), "/var/lib/roost/home-agent")),
                authentication(root, address.prefix()),
                DelegationConfiguration.read(root, address.address(), address.prefix()),
                SnmpSettings.read(root));
        file.finish();
        return configuration;
    }

    private static Advertised advertised(Section root) {
        ValueParser<Duration> lifetime = ValueParser.seconds(0, LONGEST_PREFIX_LIFETIME);
        Advertised advertised = new Advertised(
                root.value("lifetime", ValueParser.integer(1, HIGHEST_LIFETIME), 1800),
                root.value("routerLifetime", ValueParser.integer(0, HIGHEST_ROUTER_LIFETIME), 0),
                root.value(
                        "routerAdvertisementInterval",
                        ValueParser.seconds(SHORTEST_INTERVAL, LONGEST_INTERVAL),
                        Duration.ofSeconds(1)),
                root.value("prefixValidLifetime", ValueParser.seconds(4, LONGEST_PREFIX_LIFETIME), Duration.ofDays(30)),
                root.value("prefixPreferredLifetime", lifetime, Duration.ofDays(7)));
        Duration routerLifetime = Duration.ofSeconds(advertised.routerLifetime());
        if (!routerLifetime.isZero() && routerLifetime.compareTo(advertised.interval()) < 0) {
            // RFC 4861, 6.2.1: else hosts would drop it as their default router between two of its advertisements.
            root.problem(
                    "routerLifetime",
                    "'" + advertised.routerLifetime()
                            + "' found; wanted 0, or no less than routerAdvertisementInterval");
        }
        if (advertised.prefixPreferredLifetime().compareTo(advertised.prefixValidLifetime()) > 0) {
            root.problem(
                    "prefixPreferredLifetime",
                    "'" + advertised.prefixPreferredLifetime().toSeconds()
                            + "' found; wanted no more than prefixValidLifetime, "
                            + advertised.prefixValidLifetime().toSeconds());
        }
        return advertised;
    }

    private static Limits limits(Section root) {
        return new Limits(
                root.value("maximumBindingLifetime", ValueParser.seconds(4, LONGEST_BINDING), Duration.ofHours(18)),
                root.value(
                        "maximumBindings",
                        ValueParser.integer(1, MOST_BINDINGS),
                        HomeAgentSettings.DEFAULT_MAXIMUM_BINDINGS),
                root.value("duplicateAddressDetection", ValueParser.bool(), true));
    }

    private static Authentication authentication(Section root, Ipv6Prefix prefix) {
        return SharedKey.authentication(root, "a block with keys")
                .map(section -> KeyReader.read(section, prefix))
                .orElse(Authentication.NONE);
    }

    private static ValueParser<InterfaceAddress> interfaceAddress() {
        return text -> {
            String wanted = "wanted a unicast address with the length of its prefix, as 2001:db8:1::11/64";
            int slash = text.indexOf('/');
            if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
                throw new IllegalArgumentException(wanted);
            }
            Ipv6Address address = Ipv6Address.parse(text.substring(0, slash));
            int length = Integer.parseInt(text.substring(slash + 1));
            if (!address.isRoutableUnicast() || length < 1 || length > LONGEST_PREFIX) {
                throw new IllegalArgumentException(wanted);
            }
            Ipv6Prefix prefix = Ipv6Prefix.of(address, length);
            if (address.equals(prefix.homeAgentsAnycast())) {
                throw new IllegalArgumentException("wanted this home agent's own address, not the anycast one of all");
            }
            return new InterfaceAddress(address, prefix);
        };
    }
}
