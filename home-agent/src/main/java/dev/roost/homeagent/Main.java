package dev.roost.homeagent;

import dev.roost.configuration.ConfigurationException;
import dev.roost.homeagent.linux.HomeLinkInterface;
import dev.roost.linux.LinuxException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The home agent's command line. Exit status: 0 done, 1 failed, 2 wrong usage or configuration.
 *
 * <p>Options are read by hand and not by a library: twenty of these processes start on one small machine, and there are three.
 */
public final class Main {
    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;
    /** SIGTERM must end the process within 5 s; what takes longer than this is cut off. */
    private static final Duration LONGEST_STOP = Duration.ofMillis(4500);

    private static final String USAGE = """
            usage: home-agent --config FILE [--check]

            A Mobile IPv6 home agent (RFC 6275) on one home link. Needs root.

              --config FILE   the configuration, YAML
              --check         read the configuration, tell all its problems, and end
              --help          this text

            Log lines on standard error: time=... level=... event=KIND and the fields of the kind:

              started           homeAgent, interface, linkLayerAddress, bindings and entries (from before), authentication
              registered        homeAddress, careOfAddress, lifetime (seconds), sequence; or more=N for those not told singly
              moved             the same, for another care-of address
              deregistered      homeAddress
              expired           homeAddress
              superseded        homeAddress: registered with another home agent, for which this one forwards
              delegated         homeAddress, to (the home agent that forwards now), epoch
              taken-back        homeAddress, from, epoch: this home agent forwards again itself
              forwarding        homeAddress, careOfAddress, for (its home agent), epoch: this home agent forwards for another one's
              forwarding-stopped
                                homeAddress, cause (told, expired, yielded)
              home-agent-heard, home-agent-silent, home-agent-restarted
                                homeAgent, one that speaks the forwarding protocol
              reloaded          secondaries, upon SIGHUP
              stopped           bindings, which stay in the state file
              unauthenticated   authentication: none is configured
              state-not-written, state-not-synced, state-damaged, preference-not-read, not-reloaded
                                reason or found; a person should look

            Counters are in STATE_PATH/status.json, renewed every second. SIGHUP has the keys, secondaries and policy of delegation read again.

            Exit status: 0 done, 1 failed, 2 wrong usage or configuration. Logs go to standard error.
            """;

    private Main() {}

    private record Arguments(Path configuration, boolean check) {}

    public static void main(String[] arguments) {
        Deque<String> left = new ArrayDeque<>(List.of(arguments));
        if (left.contains("--help") || left.contains("-h")) {
            System.out.print(USAGE);
            return;
        }
        Optional<Arguments> parsed = parse(left);
        int status = parsed.isPresent() ? run(parsed.orElseThrow()) : WRONG_USAGE;
        System.out.flush();
        System.err.flush();
        // Not exit: the hook that ends the daemon has nothing left to do, or is what waits for this thread.
        Runtime.getRuntime().halt(status);
    }

    private static Optional<Arguments> parse(Deque<String> left) {
        Optional<Path> configuration = Optional.empty();
        boolean check = false;
        while (!left.isEmpty()) {
            String argument = left.pop();
            if (argument.equals("--check")) {
                check = true;
            } else if (argument.equals("--config") && !left.isEmpty()) {
                argument = left.pop();
                try {
                    configuration = Optional.of(Path.of(argument));
                } catch (InvalidPathException e) {
                    return misuse("not a path: " + argument);
                }
            } else if (argument.equals("--config")) {
                return misuse("--config needs a file");
            } else {
                return misuse("unknown argument: " + argument);
            }
        }
        if (configuration.isEmpty()) {
            return misuse("--config FILE is missing");
        }
        return Optional.of(new Arguments(configuration.orElseThrow(), check));
    }

    private static Optional<Arguments> misuse(String problem) {
        System.err.println("home-agent: " + problem);
        System.err.print(USAGE);
        return Optional.empty();
    }

    private static int run(Arguments arguments) {
        HomeAgentConfiguration configuration;
        try {
            configuration = ConfigurationReader.read(arguments.configuration());
        } catch (ConfigurationException e) {
            System.err.println(e.getMessage());
            return WRONG_USAGE;
        }
        if (arguments.check()) {
            System.out.println(arguments.configuration() + ": no problems");
            return DONE;
        }
        try {
            return serve(configuration, arguments.configuration(), System.err);
        } catch (LinuxException | HomeLinkInterface.NotReadyException | IOException e) {
            System.err.println("home-agent: " + e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            return FAILED;
        } catch (RuntimeException e) {
            // A fault of ours: everything is removed already; who restarts it finds the bindings in the state file.
            System.err.println("home-agent: internal error");
            e.printStackTrace(System.err);
            return FAILED;
        }
    }

    private static int serve(HomeAgentConfiguration configuration, Path file, PrintStream err)
            throws IOException, InterruptedException, HomeLinkInterface.NotReadyException {
        if (!isRoot()) {
            err.println("home-agent: must be run as root: it opens packet sockets and sets up tunnels");
            return FAILED;
        }
        HomeLinkInterface homeLink = HomeLinkInterface.await(
                configuration.interfaceName(),
                configuration.address(),
                configuration.prefix().length());
        CompletableFuture<HomeAgentDaemon> started = new CompletableFuture<>();
        // Before anything is installed, so that nothing stays when the process is told to end in the middle of
        // starting.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(started), "end"));
        HomeAgentDaemon daemon = new HomeAgentDaemon(configuration, file, homeLink, new EventLog(err));
        started.complete(daemon);
        daemon.run();
        return DONE;
    }

    /** Runs when the process is told to end. The main thread halts it once all is removed; this one if that takes too long. */
    private static void end(CompletableFuture<HomeAgentDaemon> started) {
        long deadline = System.nanoTime() + LONGEST_STOP.toNanos();
        try {
            started.get(LONGEST_STOP.toMillis(), TimeUnit.MILLISECONDS).stop();
            TimeUnit.NANOSECONDS.sleep(deadline - System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody completes it that way", e);
        } catch (TimeoutException e) {
            System.err.println("home-agent: still starting");
        }
        System.err.println("home-agent: did not end in time");
    }

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }
}
