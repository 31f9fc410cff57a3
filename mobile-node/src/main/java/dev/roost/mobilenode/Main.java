package dev.roost.mobilenode;

import dev.roost.configuration.ConfigurationException;
import dev.roost.linux.LinuxException;
import dev.roost.linux.NetworkLink;
import dev.roost.mobilenode.CommandLine.Option;
import dev.roost.mobilenode.CommandLine.UsageException;
import dev.roost.mobilenode.generator.Generator;
import dev.roost.mobilenode.generator.GeneratorOptions;
import dev.roost.mobilenode.linux.Events;
import dev.roost.mobilenode.linux.HostException;
import dev.roost.mobilenode.linux.MobileNodeDaemon;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The command: {@code mobile-node --config FILE} is one mobile node, {@code mobile-node --many N ...} plays very many.
 *
 * <p>Exit status: 0 ended by SIGTERM or SIGINT, or done; 1 failed; 2 wrong usage or configuration. The log goes to standard error, one
 * line an event; its kinds, which scripts may rely on, are listed by {@code --help} and in {@link Events}: those of a registration are,
 * in their order, {@code link-entered}, {@code care-of-address-configured}, {@code discovery-request-sent},
 * {@code discovery-reply-received}, {@code binding-update-sent}, {@code binding-acknowledgement-received}, {@code bound}.
 */
public final class Main {
    /** SIGTERM must have ended the process within 5 s. */
    private static final Duration LONGEST_END = Duration.ofMillis(4500);

    private static final List<Option> OPTIONS = List.of(
            new Option("--config", "FILE", "the configuration of one mobile node (YAML)"),
            new Option("--deregister", "", "ask the home agent to delete the binding before ending"),
            new Option("--help", "", "this text; with --many, the options of the generator"));

    private Main() {}

    /** Runs until the mobile node has ended; ends the process. */
    public static void main(String[] arguments) {
        List<String> typed = Arrays.asList(arguments);
        int status;
        try {
            status = run(typed);
        } catch (UsageException e) {
            System.err.println("mobile-node: " + e.getMessage());
            status = 2;
        } catch (ConfigurationException e) {
            System.err.println(e.getMessage());
            status = 2;
        } catch (LinuxException | HostException e) {
            System.err.println("mobile-node: " + e.getMessage());
            status = 1;
        }
        EXIT_STATUS.set(status);
        System.exit(status);
    }

    /** What the process ends with when a signal ends it: 0, unless something failed before. */
    private static final AtomicInteger EXIT_STATUS = new AtomicInteger();

    private static int run(List<String> arguments) throws UsageException, ConfigurationException {
        return GeneratorArguments.areMeant(arguments) ? playMany(arguments) : beOne(arguments);
    }

    private static int playMany(List<String> arguments) throws UsageException {
        Optional<GeneratorOptions> options = GeneratorArguments.parse(arguments);
        if (options.isEmpty()) {
            System.out.print(GeneratorArguments.help());
            return 0;
        }
        Generator generator = Generator.open(options.get(), new EventLog(System.err), System.out);
        endOnSignal(generator::stop, generator::awaitEnd);
        return generator.run() ? 0 : 1;
    }

    private static int beOne(List<String> arguments) throws UsageException, ConfigurationException {
        CommandLine line = CommandLine.parse(arguments, OPTIONS);
        if (line.has("--help")) {
            System.out.print(help());
            return 0;
        }
        Path file = line.required("--config", Path::of);
        MobileNodeConfiguration configuration = ConfigurationReader.read(file);
        NetworkLink link = NetworkLink.named(configuration.interfaceName());
        if (!link.ethernet()) {
            System.err.println("mobile-node: interface " + link.name() + " is no Ethernet interface");
            return 1;
        }
        MobileNodeDaemon daemon = new MobileNodeDaemon(
                link, configuration.settings(link.macAddress()), line.has("--deregister"), new EventLog(System.err));
        endOnSignal(daemon::stop, daemon::awaitEnd);
        daemon.run();
        return 0;
    }

    /** Waits for the end of something that was asked to end. */
    @FunctionalInterface
    private interface End {
        boolean await(Duration timeout) throws InterruptedException;
    }

    private static void endOnSignal(Runnable stop, End end) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            stop.run();
                            try {
                                if (!end.await(LONGEST_END)) {
                                    System.err.println("mobile-node: gave up waiting for the end");
                                    EXIT_STATUS.set(1);
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            // A signal would make it 128 and more, but an orderly end is a success.
                            Runtime.getRuntime().halt(EXIT_STATUS.get());
                        },
                        "end"));
    }

    private static String help() {
        return """
                usage: mobile-node --config FILE [--deregister]
                       mobile-node --many N ...     (see --many --help)

                One Mobile IPv6 mobile node (RFC 6275). It watches router advertisements, makes itself a care-of address away
                from home, finds a home agent, registers, and tunnels what its home address sends and receives. Needs root and
                Linux. SIGTERM ends it within 5 s and removes all that it installed.

                """ + CommandLine.help(OPTIONS) + """

                Log lines on standard error: time=... level=... event=KIND and the fields of the kind:

                """ + String.join("\n", Events.describe()) + "\n";
    }
}
