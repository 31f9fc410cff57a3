package dev.roost.controller;

import dev.roost.configuration.ConfigurationException;
import dev.roost.configuration.Problem;
import dev.roost.controller.config.ControllerConfig;
import dev.roost.controller.config.ControllerConfigParser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration file again and has the controller go over to it: as a whole, or, when anything is wrong with it or cannot be
 * changed while running, not at all, with all reasons.
 *
 * <p>Called by the API and by the host's signal handler, on their threads; one at a time, and each waits for the loop.
 */
public final class ConfigReload {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigReload.class);

    private static final int PATIENCE_SECONDS = 5;

    private final Path file;
    private final ControllerConfig running;
    private final boolean ownServers;
    private final Controller controller;

    /** Why a configuration was not taken over: a stable word, and all reasons. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String word;
        private final String sentence;
        private final transient List<String> problems;

        RefusedException(String word, String message, List<String> problems) {
            super(message);
            this.word = word;
            this.sentence = message;
            this.problems = List.copyOf(problems);
        }

        public String word() {
            return word;
        }

        public String sentence() {
            return sentence;
        }

        public List<String> problems() {
            return problems;
        }
    }

    /**
     * @param running what the process was started with
     * @param ownServers whether {@code openflow} and {@code rest} of the file mean anything to this host
     */
    public ConfigReload(Path file, ControllerConfig running, boolean ownServers, Controller controller) {
        this.file = file;
        this.running = running;
        this.ownServers = ownServers;
        this.controller = controller;
    }

    /** Reads, checks and applies. */
    public synchronized Reloaded reload() throws RefusedException {
        try {
            ControllerConfig wanted = ControllerConfigParser.read(file);
            List<String> fixed = needRestart(wanted);
            if (!fixed.isEmpty()) {
                throw new RefusedException(
                        "needs-restart", "the new configuration cannot be taken over without a restart", fixed);
            }
            return controller.reload(wanted.homeNetworks()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ConfigurationException e) {
            throw new RefusedException(
                    "bad-configuration",
                    "the new configuration cannot be used",
                    e.problems().stream().map(Problem::toString).toList());
        } catch (TimeoutException e) {
            throw new RefusedException(
                    "busy", "the controller did not answer within " + PATIENCE_SECONDS + " s", List.of());
        } catch (ExecutionException e) {
            throw new RefusedException("unavailable", "the controller can't answer: " + e.getMessage(), List.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException("unavailable", "the controller is stopping", List.of());
        }
    }

    /** The same for a signal: what comes of it goes to the log. */
    public void reloadAndTell() {
        try {
            Reloaded reloaded = reload();
            LOG.info(
                    "event=configuration-reloaded file={} added={} changed={} removed={} untouched={}",
                    file,
                    reloaded.added(),
                    reloaded.changed(),
                    reloaded.removed(),
                    reloaded.untouched());
        } catch (RefusedException e) {
            LOG.error(
                    "event=configuration-refused file={} reason=\"{}\" problems={}",
                    file,
                    e.getMessage(),
                    e.problems());
        }
    }

    /** What has been made of these keys at the start lasts as long as the process. */
    private List<String> needRestart(ControllerConfig wanted) {
        List<String> problems = new ArrayList<>();
        if (ownServers) {
            compare(problems, "openflow.listen", running.openflowListen(), wanted.openflowListen());
            compare(problems, "openflow.tableMiss", running.tableMissNormal(), wanted.tableMissNormal());
            compare(problems, "rest.listen", running.restListen(), wanted.restListen());
        }
        if (!running.load().equals(wanted.load())) {
            problems.add("load: cannot change without a restart");
        }
        compare(problems, "statePath", running.statePath(), wanted.statePath());
        return problems;
    }

    private static void compare(List<String> problems, String key, Object now, Object wanted) {
        if (!now.equals(wanted)) {
            problems.add(key + ": is " + now + " and cannot become " + wanted + " without a restart");
        }
    }
}
