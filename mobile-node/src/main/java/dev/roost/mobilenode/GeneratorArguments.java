package dev.roost.mobilenode;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobilenode.CommandLine.Option;
import dev.roost.mobilenode.CommandLine.UsageException;
import dev.roost.mobilenode.generator.AddressPlan;
import dev.roost.mobilenode.generator.GeneratorOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/** The command line of the generator. */
final class GeneratorArguments {
    private static final int MAX_WINDOW = 1 << 24;
    private static final int DEFAULT_WINDOW_AT_MAX_RATE = 512;
    private static final double DEFAULT_RATE = 100;
    private static final double MAX_RATE = 10_000_000;
    private static final int DEFAULT_LIFETIME = 600;
    private static final int MAX_LIFETIME = 262_140;

    private static final List<Option> OPTIONS = List.of(
            new Option("--many", "N", "play N mobile nodes"),
            new Option("--interface", "IF", "on the foreign link"),
            new Option("--home-prefix", "PREFIX", "as 2001:db8:1::/64"),
            new Option("--first-home-address", "ADDRESS", "of the first node; the others have the following ones"),
            new Option(
                    "--care-of-prefix",
                    "PREFIX",
                    "of the foreign link, a /64; the nodes answer for their addresses in it"),
            new Option("--home-agent", "ADDRESS", "register all with this one; default: each asks by discovery"),
            new Option(
                    "--gateway",
                    "ADDRESS",
                    "who on the link gets the frames; default: the router that advertises itself"),
            new Option("--gateway-mac", "MAC", "its link-layer address; default: found by neighbor discovery"),
            new Option("--rate", "R|max", "new registrations a second (100); max: as many as the window allows"),
            new Option("--window", "W", "nodes that may wait for an answer at one time (no limit; with max: 512)"),
            new Option("--lifetime", "S", "asked for, seconds (600)"),
            new Option(
                    "--refresh-rate",
                    "R|max",
                    "refreshes a second once all are registered; default: before lifetimes end"),
            new Option("--duration", "S", "end so long after all are registered; default: at SIGTERM"),
            new Option(
                    "--data-plane", "", "set up the nodes' tunnels in the kernel, so that home addresses answer pings"),
            new Option("--deregister", "", "delete all bindings at the end"),
            new Option("--list", "", "a line for each node that is bound (default up to 50 nodes)"),
            new Option("--help", "", "this text"));

    private GeneratorArguments() {}

    /** Whether these are arguments of the generator. */
    static boolean areMeant(List<String> arguments) {
        return arguments.stream().anyMatch(argument -> argument.equals("--many") || argument.startsWith("--many="));
    }

    /** Empty when only help was wanted. */
    static Optional<GeneratorOptions> parse(List<String> arguments) throws UsageException {
        if (arguments.contains("--help")) {
            return Optional.empty();
        }
        CommandLine line = CommandLine.parse(arguments, OPTIONS);
        double rate = line.value("--rate", GeneratorArguments::rate).orElse(DEFAULT_RATE);
        Optional<Double> refreshRate = line.value("--refresh-rate", GeneratorArguments::rate);
        boolean unlimited = Double.isInfinite(rate)
                || refreshRate.filter(r -> Double.isInfinite(r)).isPresent();
        return Optional.of(new GeneratorOptions(
                line.required("--interface", text -> text),
                plan(line),
                line.value("--home-agent", GeneratorArguments::unicast),
                line.value("--gateway", Ipv6Address::parse),
                line.value("--gateway-mac", MacAddress::parse),
                rate,
                line.value("--window", integer(1, MAX_WINDOW))
                        .orElse(unlimited ? DEFAULT_WINDOW_AT_MAX_RATE : MAX_WINDOW),
                Duration.ofSeconds(
                        line.value("--lifetime", integer(4, MAX_LIFETIME)).orElse(DEFAULT_LIFETIME)),
                refreshRate.map(OptionalDouble::of).orElse(OptionalDouble.empty()),
                line.value("--duration", integer(0, Integer.MAX_VALUE)).map(Duration::ofSeconds),
                line.has("--data-plane"),
                line.has("--deregister"),
                line.has("--list")));
    }

    static String help() {
        return """
                usage: mobile-node --many N --interface IF --home-prefix PREFIX --first-home-address ADDRESS
                                   --care-of-prefix PREFIX [options]

                Plays very many mobile nodes from one process: each asks for home agents, registers and refreshes. Progress goes to
                standard error, one line a second; the last line on standard output is one JSON object with rates, latencies (from when
                each transaction was due to its answer), statuses, retransmissions and the home agents' shares. Exit status 1 when a
                node could not be registered or was lost. Needs root and Linux.

                """ + CommandLine.help(OPTIONS);
    }

    private static AddressPlan plan(CommandLine line) throws UsageException {
        int nodes = line.required("--many", integer(1, AddressPlan.MAX_NODES));
        Ipv6Prefix home = line.required("--home-prefix", Ipv6Prefix::parse);
        Ipv6Address first = line.required("--first-home-address", GeneratorArguments::unicast);
        Ipv6Prefix careOf = line.required("--care-of-prefix", Ipv6Prefix::parse);
        try {
            return new AddressPlan(home, first, careOf, nodes);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private static Ipv6Address unicast(String text) {
        Ipv6Address address = Ipv6Address.parse(text);
        if (!address.isRoutableUnicast()) {
            throw new IllegalArgumentException("wanted a routable unicast address");
        }
        return address;
    }

    private static double rate(String text) {
        if (text.equals("max")) {
            return Double.POSITIVE_INFINITY;
        }
        String wanted = "wanted a number a second up to " + (long) MAX_RATE + ", or max";
        try {
            double value = Double.parseDouble(text);
            if (value > 0 && value <= MAX_RATE) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(wanted, e);
        }
        throw new IllegalArgumentException(wanted);
    }

    private static Function<String, Integer> integer(int min, int max) {
        return text -> {
            String wanted = "wanted an integer from " + min + " to " + max;
            try {
                int value = Integer.parseInt(text);
                if (value >= min && value <= max) {
                    return value;
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(wanted, e);
            }
            throw new IllegalArgumentException(wanted);
        };
    }
}
