package dev.roost.controller.config;

import dev.roost.loadbalancer.HomeNetworkConfig;
import java.nio.file.Path;
import java.util.List;

/**
 * What the operator decides about a controller.
 *
 * @param openflowListen where switches connect; only the standalone server reads it
 * @param tableMissNormal whether a switch is given a lowest-priority rule that forwards as a learning switch would
 * @param restListen where the REST API listens; only the standalone server reads it
 * @param statePath the directory of the journal
 * @param load where load is read from
 * @param homeNetworks at least one, with distinct names and prefixes that don't overlap
 */
public record ControllerConfig(
        ListenAddress openflowListen,
        boolean tableMissNormal,
        ListenAddress restListen,
        Path statePath,
        LoadConfig load,
        List<HomeNetworkConfig> homeNetworks) {
    public ControllerConfig {
        homeNetworks = List.copyOf(homeNetworks);
    }
}
