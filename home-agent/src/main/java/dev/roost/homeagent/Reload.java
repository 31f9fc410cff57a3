package dev.roost.homeagent;

import dev.roost.configuration.ConfigurationException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/**
 * Reads the configuration again when the process is told to (SIGHUP), and has the loop use the block {@code delegation} of it: keys,
 * secondaries, policy and all but the port. Everything else takes a restart, which is told. While the file is wrong, all stays as it is.
 *
 * <p>Belongs to the thread of the signal.
 */
final class Reload {
    private final Path file;
    private final Function<DelegationConfiguration, CompletableFuture<Void>> loop;
    private final EventLog log;
    private HomeAgentConfiguration current;

    Reload(
            Path file,
            HomeAgentConfiguration started,
            Function<DelegationConfiguration, CompletableFuture<Void>> loop,
            EventLog log) {
        this.file = file;
        this.current = started;
        this.loop = loop;
        this.log = log;
    }

    void run() {
        try {
            HomeAgentConfiguration read = ConfigurationReader.read(file);
            if (read.delegation().isEmpty() != current.delegation().isEmpty() || portDiffers(read)) {
                log.warn("not-reloaded", "reason", "delegation comes, goes, and changes its port with a restart only");
            } else if (read.delegation().isPresent()) {
                loop.apply(read.delegation().orElseThrow()).get();
                current = read;
                log.info(
                        "reloaded",
                        "secondaries",
                        read.delegation().orElseThrow().secondaries());
            } else {
                log.warn(
                        "not-reloaded",
                        "reason",
                        "without delegation there is nothing that could change without a restart");
            }
        } catch (ConfigurationException e) {
            log.warn("not-reloaded", "reason", String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            log.warn("not-reloaded", "reason", String.valueOf(e.getCause()));
        }
    }

    private boolean portDiffers(HomeAgentConfiguration read) {
        return read.delegation().isPresent()
                && read.delegation().orElseThrow().port()
                        != current.delegation().orElseThrow().port();
    }
}
