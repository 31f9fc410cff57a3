package dev.roost.homeagent;

import dev.roost.configuration.Section;
import dev.roost.configuration.SharedKey;
import dev.roost.configuration.ValueParser;
import dev.roost.homeagent.HomeAgentConfiguration.Authentication;
import dev.roost.homeagent.binding.MobileNodeKey;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads the block {@code authentication}, and the key files that it names. */
final class KeyReader {
    private KeyReader() {}

    private record KeyName(Ipv6Address homeAddress, long spi) {}

    static Authentication read(Section section, Ipv6Prefix prefix) {
        boolean timestampRequired = section.value("requireTimestamp", ValueParser.bool(), false);
        List<Section> entries = section.sections("keys");
        if (entries.isEmpty()) {
            section.problem("keys", "no key found; wanted at least one, or authentication: none");
        }
        List<MobileNodeKey> keys = new ArrayList<>();
        Set<KeyName> names = new HashSet<>();
        for (Section entry : entries) {
            Optional<MobileNodeKey> key = key(entry, prefix);
            if (key.isPresent()) {
                MobileNodeKey present = key.orElseThrow();
                if (!names.add(new KeyName(present.homeAddress(), present.spi()))) {
                    entry.problem(
                            "spi",
                            "'" + present.spi() + "' found; wanted one that " + present.homeAddress()
                                    + " has no key for yet");
                }
                keys.add(present);
            }
        }
        return new Authentication(true, timestampRequired, keys);
    }

    private static Optional<MobileNodeKey> key(Section section, Ipv6Prefix prefix) {
        Optional<Ipv6Address> homeAddress =
                section.required("homeAddress", homeAddress(prefix), "a home address, as 2001:db8:1::100");
        Optional<Function<Ipv6Address, MobileNodeKey>> key =
                SharedKey.read(section, (spi, secret) -> address -> new MobileNodeKey(address, spi, secret));
        return key.flatMap(homeAddress::map);
    }

    private static ValueParser<Ipv6Address> homeAddress(Ipv6Prefix prefix) {
        return text -> {
            Ipv6Address address = Ipv6Address.parse(text);
            if (!prefix.contains(address)) {
                throw new IllegalArgumentException("wanted an address in " + prefix);
            }
            return address;
        };
    }
}
