package dev.roost.controller;

import dev.roost.loadbalancer.HomeNetworkConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a new configuration means for the home networks that are served. They are told apart by their names. One whose prefix or
 * representative is another one is removed, with all that is known of it, and added anew, since neither its home addresses nor
 * what neighbors remember of it hold any longer.
 *
 * @param changed those that are served on, with their new configuration
 */
record NetworkPlan(
        List<ServedNetwork> untouched,
        Map<ServedNetwork, HomeNetworkConfig> changed,
        List<ServedNetwork> removed,
        List<HomeNetworkConfig> added) {

    static NetworkPlan of(List<ServedNetwork> served, List<HomeNetworkConfig> wanted) {
        Map<String, HomeNetworkConfig> left = new LinkedHashMap<>();
        wanted.forEach(config -> left.put(config.name(), config));
        List<ServedNetwork> untouched = new ArrayList<>();
        Map<ServedNetwork, HomeNetworkConfig> changed = new LinkedHashMap<>();
        List<ServedNetwork> removed = new ArrayList<>();
        for (ServedNetwork network : served) {
            HomeNetworkConfig config = left.get(network.name());
            if (config == null || !network.config().canBecome(config)) {
                removed.add(network);
                continue;
            }
            left.remove(network.name());
            if (network.config().equals(config)) {
                untouched.add(network);
            } else {
                changed.put(network, config);
            }
        }
        return new NetworkPlan(untouched, changed, removed, List.copyOf(left.values()));
    }

    /** What came of it, for who asked. */
    Reloaded summary() {
        return new Reloaded(
                added.stream().map(HomeNetworkConfig::name).toList(),
                changed.keySet().stream().map(ServedNetwork::name).toList(),
                removed.stream().map(ServedNetwork::name).toList(),
                untouched.stream().map(ServedNetwork::name).toList());
    }
}
