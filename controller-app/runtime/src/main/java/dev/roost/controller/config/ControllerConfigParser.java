package dev.roost.controller.config;

import dev.roost.configuration.ConfigurationException;
import dev.roost.configuration.ConfigurationFile;
import dev.roost.configuration.Section;
import dev.roost.configuration.ValueParser;
import dev.roost.loadbalancer.HomeNetworkConfig;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the controller's configuration file, and finds all that is wrong with it in one reading. */
public final class ControllerConfigParser {
    private static final ListenAddress DEFAULT_OPENFLOW = new ListenAddress("127.0.0.1", 6653);
    private static final ListenAddress DEFAULT_REST = new ListenAddress("127.0.0.1", 8080);
    private static final String DEFAULT_STATE_PATH = "/var/lib/roost/controller";
    private static final int MAX_HOME_NETWORKS = 255;

    private enum TableMiss {
        NORMAL,
        NONE
    }

    private ControllerConfigParser() {}

    /**
     * Reads a file.
     *
     * @throws ConfigurationException with every problem of the file
     */
    public static ControllerConfig read(Path file) throws ConfigurationException {
        return parse(ConfigurationFile.read(file));
    }

    static ControllerConfig parse(ConfigurationFile file) throws ConfigurationException {
        Section root = file.root();
        Section openflow = root.section("openflow");
        ControllerConfig config = new ControllerConfig(
                openflow.value("listen", ListenAddress::parse, DEFAULT_OPENFLOW),
                openflow.value("tableMiss", ValueParser.oneOf(TableMiss.class), TableMiss.NORMAL) == TableMiss.NORMAL,
                root.section("rest").value("listen", ListenAddress::parse, DEFAULT_REST),
                root.value("statePath", ControllerConfigParser::path, Path.of(DEFAULT_STATE_PATH)),
                LoadParser.parse(root.section("load")),
                homeNetworks(root));
        file.finish();
        return config;
    }

    private static List<HomeNetworkConfig> homeNetworks(Section root) {
        List<HomeNetworkConfig> homeNetworks = new ArrayList<>();
        Set<String> names = new HashSet<>();
        List<Section> sections = root.sections("homeNetworks");
        for (Section section : sections) {
            HomeNetworkParser.parse(section).ifPresent(homeNetwork -> {
                if (!names.add(homeNetwork.name())) {
                    section.problem("name", "'" + homeNetwork.name() + "' found; another home network has this name");
                }
                homeNetworks.stream()
                        .filter(other -> overlap(other, homeNetwork))
                        .findFirst()
                        .ifPresent(other -> section.problem(
                                "prefix",
                                "'" + homeNetwork.prefix() + "' found; it overlaps " + other.prefix()
                                        + " of home network " + other.name()));
                homeNetworks.add(homeNetwork);
            });
        }
        if (sections.isEmpty() && !root.has("homeNetworks")) {
            root.problem("homeNetworks", "missing; wanted a list of at least one home network");
        } else if (sections.isEmpty() || sections.size() > MAX_HOME_NETWORKS) {
            root.problem(
                    "homeNetworks", sections.size() + " found; wanted 1 to " + MAX_HOME_NETWORKS + " home networks");
        }
        return homeNetworks;
    }

    private static boolean overlap(HomeNetworkConfig one, HomeNetworkConfig other) {
        return one.prefix().contains(other.prefix().address())
                || other.prefix().contains(one.prefix().address());
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("wanted a path", e);
        }
    }
}
