package dev.roost.controller;

import dev.roost.loadbalancer.HomeNetwork;
import dev.roost.loadbalancer.HomeNetworkConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Goes over to another list of home networks between two events: takes out, changes and puts in, and has the rules follow. Home
 * networks whose configuration is the same are not touched in any way.
 *
 * <p>Belongs to the loop.
 */
final class NetworkChanger {

    private final ServedNetworks networks;
    private final FlowReconciler reconciler;
    private final Turn turn;
    private final EventLog eventLog;
    private final LoopAccess loop;
    private final long seed;

    NetworkChanger(
            ServedNetworks networks,
            FlowReconciler reconciler,
            Turn turn,
            EventLog eventLog,
            LoopAccess loop,
            long seed) {
        this.networks = networks;
        this.reconciler = reconciler;
        this.turn = turn;
        this.eventLog = eventLog;
        this.loop = loop;
        this.seed = seed;
    }

    Reloaded change(List<HomeNetworkConfig> wanted) {
        NetworkPlan plan = NetworkPlan.of(networks.all(), wanted);
        for (ServedNetwork network : plan.removed()) {
            reconciler.compileAgain(network, false);
            turn.forget(network);
        }
        Map<String, ServedNetwork> kept = new HashMap<>();
        plan.untouched().forEach(network -> kept.put(network.name(), network));
        plan.changed()
                .forEach((network, config) ->
                        kept.put(network.name(), new ServedNetwork(network.index(), config, network.state())));
        Set<Integer> taken = new HashSet<>();
        kept.values().forEach(network -> taken.add(network.index()));
        List<ServedNetwork> added = new ArrayList<>();
        List<ServedNetwork> all = new ArrayList<>();
        for (HomeNetworkConfig config : wanted) {
            ServedNetwork network = kept.get(config.name());
            if (network == null) {
                int index = networks.newIndex(taken);
                taken.add(index);
                network = new ServedNetwork(index, config, new HomeNetwork(config, seed + index));
                added.add(network);
            }
            all.add(network);
        }
        networks.serve(all);
        plan.changed().keySet().forEach(before -> reconfigure(kept, before));
        added.forEach(network -> reconciler.compileAgain(network, true));
        tell(plan.summary());
        return plan.summary();
    }

    private void reconfigure(Map<String, ServedNetwork> kept, ServedNetwork before) {
        ServedNetwork network = kept.get(before.name());
        if (network != null) {
            turn.take(network, network.state().reconfigure(loop.now(), network.config()));
            reconciler.compileAgain(network, true);
        }
    }

    private void tell(Reloaded reloaded) {
        reloaded.removed().forEach(name -> tell(name, "home-network-removed"));
        reloaded.added().forEach(name -> tell(name, "home-network-added"));
        reloaded.changed().forEach(name -> tell(name, "home-network-changed"));
    }

    private void tell(String homeNetwork, String kind) {
        eventLog.tell(loop.nowNanos(), loop.now(), homeNetwork, false, kind, Map.of());
    }
}
