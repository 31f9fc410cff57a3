package dev.roost.controller.config;

import dev.roost.configuration.Section;
import dev.roost.configuration.SnmpUser;
import dev.roost.configuration.ValueParser;
import dev.roost.controller.config.LoadConfig.Agent;
import dev.roost.controller.config.LoadConfig.Snmp;
import dev.roost.mobileip.Ipv6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the block {@code load}. */
final class LoadParser {
    private static final double SHORTEST_PERIOD = 0.1;
    private static final double LONGEST_PERIOD = 3600;
    private static final int SNMP_PORT = 161;
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration TABLE_PERIOD = Duration.ofSeconds(60);

    private enum Source {
        OPENFLOW,
        SNMP
    }

    private LoadParser() {}

    static LoadConfig parse(Section load) {
        Source source = load.value("source", ValueParser.oneOf(Source.class), Source.OPENFLOW);
        Duration period = load.value(
                "period", ValueParser.seconds(SHORTEST_PERIOD, LONGEST_PERIOD), LoadConfig.DEFAULTS.period());
        Optional<Section> section = load.optionalSection("snmp");
        Optional<Snmp> snmp = section.flatMap(LoadParser::snmp);
        if (source == Source.SNMP && section.isEmpty()) {
            load.problem("snmp", "missing; wanted a block with user, authenticationKeyFile and privacyKeyFile");
        } else if (source == Source.OPENFLOW && section.isPresent()) {
            load.problem(
                    "snmp", "home agents are not asked with source: openflow; wanted source: snmp, or no such block");
        }
        return new LoadConfig(period, snmp);
    }

    private static Optional<Snmp> snmp(Section section) {
        Optional<SnmpUser> user = SnmpUser.read(section);
        int port = section.value("port", ValueParser.integer(1, 0xffff), SNMP_PORT);
        Duration timeout = section.value("timeout", ValueParser.seconds(SHORTEST_PERIOD, 60), TIMEOUT);
        Duration tablePeriod = section.value("tablePeriod", ValueParser.seconds(0, LONGEST_PERIOD), TABLE_PERIOD);
        Optional<InetSocketAddress> notifications = section.optional("notifications", ValueParser.socketAddress());
        List<Agent> agents = agents(section);
        return user.map(who -> new Snmp(who, port, timeout, tablePeriod, notifications, agents));
    }

    private static List<Agent> agents(Section section) {
        List<Agent> agents = new ArrayList<>();
        for (Section entry : section.sections("agents")) {
            Optional<Ipv6Address> homeAgent =
                    entry.required("homeAgent", Ipv6Address::parse, "the address of a home agent, as 2001:db8:1::11");
            Optional<InetSocketAddress> address =
                    entry.required("address", ValueParser.socketAddress(), "where to ask it, as 192.0.2.11:161");
            if (homeAgent.isPresent() && address.isPresent()) {
                agents.add(new Agent(homeAgent.get(), address.get()));
            }
        }
        return agents;
    }
}
