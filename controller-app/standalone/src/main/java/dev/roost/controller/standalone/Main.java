package dev.roost.controller.standalone;

import dev.roost.configuration.ConfigurationException;
import dev.roost.controller.config.ControllerConfig;
import dev.roost.controller.config.ControllerConfigParser;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The command line of the standalone controller. Exit status: 0 done, 1 failed, 2 wrong usage or configuration.
 */
@Command(
        name = "roost",
        description = "Load-balanced Mobile IP home agents on OpenFlow.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {Main.Controller.class, Main.CheckConfig.class},
        synopsisSubcommandLabel = "COMMAND")
public final class Main {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int WRONG_CONFIGURATION = 2;

    private Main() {}

    public static void main(String[] args) {
        int status = new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args);
        System.exit(status);
    }

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"roost " + (version == null ? "development" : version)};
        }
    }

    @Command(
            name = "controller",
            description = "Runs the controller until it is told to stop (SIGTERM or Ctrl-C).",
            mixinStandardHelpOptions = true)
    static final class Controller implements Callable<Integer> {
        @Option(names = "--config", required = true, paramLabel = "FILE", description = "The configuration, YAML.")
        private Path config = Path.of("");

        @Override
        public Integer call() throws InterruptedException {
            try {
                return StandaloneController.run(config, ControllerConfigParser.read(config));
            } catch (ConfigurationException e) {
                System.err.println(e.getMessage());
                return WRONG_CONFIGURATION;
            }
        }
    }

    @Command(
            name = "check-config",
            description = "Reads a controller's configuration and tells all that is wrong with it.",
            mixinStandardHelpOptions = true)
    static final class CheckConfig implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "The configuration, YAML.")
        private Path config = Path.of("");

        @Override
        public Integer call() {
            try {
                ControllerConfig checked = ControllerConfigParser.read(config);
                int networks = checked.homeNetworks().size();
                System.out.println(
                        config + " is good: " + networks + (networks == 1 ? " home network" : " home networks"));
                return DONE;
            } catch (ConfigurationException e) {
                System.err.println(e.getMessage());
                return WRONG_CONFIGURATION;
            }
        }
    }
}
