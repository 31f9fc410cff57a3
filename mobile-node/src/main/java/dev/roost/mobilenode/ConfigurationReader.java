package dev.roost.mobilenode;

import dev.roost.configuration.ConfigurationException;
import dev.roost.configuration.ConfigurationFile;
import dev.roost.configuration.Section;
import dev.roost.configuration.SharedKey;
import dev.roost.configuration.ValueParser;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MobilityAuthenticator;
import java.nio.file.Path;
import java.time.Duration;

/** Reads the configuration file of a mobile node: either all of it is right, or all that is wrong is told at once. */
final class ConfigurationReader {
    /** One unit of the Lifetime field, and 65535 of them (RFC 6275, 6.1.7). */
    private static final double SHORTEST_BINDING = 4;

    private static final double LONGEST_BINDING = 262_140;
    private static final Duration DEFAULT_LIFETIME = Duration.ofMinutes(10);
    /** RFC 4862, 5.4.2: MAX_RTR_SOLICITATION_DELAY. */
    private static final Duration DEFAULT_DETECTION_DELAY = Duration.ofSeconds(1);
    /** A longer prefix leaves no room for the anycast address of its home agents. */
    private static final int LONGEST_PREFIX = 121;

    private ConfigurationReader() {}

    private record HomeAddress(Ipv6Address address, Ipv6Prefix prefix) {
        static final HomeAddress WRONG =
                new HomeAddress(Ipv6Address.UNSPECIFIED, Ipv6Prefix.of(Ipv6Address.UNSPECIFIED, 0));
    }

    static MobileNodeConfiguration read(Path path) throws ConfigurationException {
        return read(ConfigurationFile.read(path));
    }

    static MobileNodeConfiguration read(ConfigurationFile file) throws ConfigurationException {
        Section root = file.root();
        String interfaceName = root.required(
                        "interface", ValueParser.interfaceName(), "the interface that moves, as eth0")
                .orElse("");
        HomeAddress home = root.required(
                        "homeAddress", homeAddress(), "the home address with its prefix, as 2001:db8:1::100/64")
                .orElse(HomeAddress.WRONG);
        MobileNodeConfiguration configuration = new MobileNodeConfiguration(
                interfaceName,
                home.address(),
                home.prefix(),
                root.optional("homeAgent", homeAgent(home)),
                root.value("lifetime", ValueParser.seconds(SHORTEST_BINDING, LONGEST_BINDING), DEFAULT_LIFETIME),
                SharedKey.authentication(root, "a block with spi and keyFile")
                        .flatMap(block -> SharedKey.read(block, MobilityAuthenticator::new)),
                root.value("addressDetectionDelay", ValueParser.seconds(0, 1), DEFAULT_DETECTION_DELAY));
        file.finish();
        return configuration;
    }

    private static ValueParser<HomeAddress> homeAddress() {
        return text -> {
            String wanted = "wanted a unicast address with the length of the home prefix, as 2001:db8:1::100/64";
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
                throw new IllegalArgumentException("wanted an address of one node, not the anycast one of home agents");
            }
            return new HomeAddress(address, prefix);
        };
    }

    private static ValueParser<Ipv6Address> homeAgent(HomeAddress home) {
        return text -> {
            Ipv6Address address = Ipv6Address.parse(text);
            if (!address.isRoutableUnicast() || address.equals(home.address())) {
                throw new IllegalArgumentException("wanted the unicast address of a home agent, as 2001:db8:1::11");
            }
            return address;
        };
    }
}
