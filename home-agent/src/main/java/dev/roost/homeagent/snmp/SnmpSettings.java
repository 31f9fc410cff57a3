package dev.roost.homeagent.snmp;

import dev.roost.configuration.Section;
import dev.roost.configuration.SnmpUser;
import dev.roost.configuration.ValueParser;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * The block {@code snmp} of the configuration.
 *
 * @param managers whom to tell of changes
 */
public record SnmpSettings(InetSocketAddress listen, SnmpUser user, List<InetSocketAddress> managers) {
    private static final int MOST_TARGETS = 8;

    public SnmpSettings {
        managers = List.copyOf(managers);
    }

    /** Reads it; empty when it is absent or wrong, with the problems told. */
    public static Optional<SnmpSettings> read(Section root) {
        Optional<Section> present = root.optionalSection("snmp");
        if (present.isEmpty()) {
            return Optional.empty();
        }
        Section section = present.get();
        Optional<InetSocketAddress> listen = section.required(
                "listen", ValueParser.socketAddress(), "where to answer, as [2001:db8:1::11]:161 or 192.0.2.11:161");
        Optional<SnmpUser> user = SnmpUser.read(section);
        List<InetSocketAddress> managers = section.values("notify", ValueParser.socketAddress());
        if (managers.size() > MOST_TARGETS) {
            section.problem("notify", managers.size() + " addresses found; wanted at most " + MOST_TARGETS);
        }
        return listen.flatMap(address -> user.map(who -> new SnmpSettings(address, who, managers)));
    }
}
