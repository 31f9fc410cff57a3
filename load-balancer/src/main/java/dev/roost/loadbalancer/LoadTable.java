package dev.roost.loadbalancer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The load of all home agents, by index. Soft: lost with the process, and never needed to be right; {@link
 * HomeAgentSelector} says how an unknown load counts.
 */
final class LoadTable {

    private BalancingConfig config;

    @Nullable
    private HomeAgentLoad[] loads = new HomeAgentLoad[16];

    LoadTable(BalancingConfig config) {
        this.config = config;
    }

    void reconfigure(BalancingConfig value) {
        config = value;
        for (HomeAgentLoad load : loads) {
            if (load != null) {
                load.reconfigure(value);
            }
        }
    }

    HomeAgentLoad of(int index) {
        if (index >= loads.length) {
            loads = Arrays.copyOf(loads, Integer.highestOneBit(index) * 2);
        }
        HomeAgentLoad load = loads[index];
        if (load == null) {
            load = new HomeAgentLoad(config);
            loads[index] = load;
        }
        return load;
    }

    void forget(int index) {
        if (index < loads.length) {
            loads[index] = null;
        }
    }
}
