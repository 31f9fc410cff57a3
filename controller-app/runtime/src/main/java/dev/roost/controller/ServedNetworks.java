package dev.roost.controller;

import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.openflow.rules.Cookies;
import dev.roost.openflow.rules.RuleCompiler;
import dev.roost.topology.SwitchId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The home networks that are served, which a new configuration may replace between two events. Each keeps its number, which
 * stands in cookies and groups, for as long as it is served; a number that became free is used again as late as possible, since
 * rules that carry it may still be on their way out.
 *
 * <p>Belongs to the loop.
 */
final class ServedNetworks {

    static final int MOST = Cookies.MAX_NETWORK + 1;

    private final @Nullable ServedNetwork[] byIndex = new ServedNetwork[MOST];
    private final Map<Ipv6Address, ServedNetwork> byOwnAddress = new HashMap<>();
    private List<ServedNetwork> all = List.of();
    private int newestIndex = -1;

    /** In the order of the configuration. Another list after each {@link #serve}, so that it may be kept for a loop. */
    List<ServedNetwork> all() {
        return all;
    }

    /** Serves exactly these from here on. */
    void serve(List<ServedNetwork> networks) {
        all = List.copyOf(networks);
        byOwnAddress.clear();
        Arrays.fill(byIndex, null);
        for (ServedNetwork network : all) {
            HomeNetworkConfig config = network.config();
            byIndex[network.index()] = network;
            byOwnAddress.put(config.anycastAddress(), network);
            byOwnAddress.put(config.representativeAddress(), network);
        }
    }

    /** A number for one more beside those with the numbers {@code taken}; one that nobody has now, if there is any. */
    int newIndex(Set<Integer> taken) {
        int spare = -1;
        for (int i = 1; i <= MOST; i++) {
            int index = (newestIndex + i) % MOST;
            if (taken.contains(index)) {
                continue;
            }
            if (byIndex[index] == null) {
                spare = index;
                break;
            }
            spare = spare < 0 ? index : spare;
        }
        if (spare < 0) {
            throw new IllegalStateException("more than " + MOST + " home networks");
        }
        newestIndex = spare;
        return spare;
    }

    /** The one with this number; null when it is no longer there. */
    @Nullable
    ServedNetwork at(int index) {
        return byIndex[index];
    }

    /** Whether it is still there: what was begun for it some time ago may come back later. */
    boolean serves(ServedNetwork network) {
        ServedNetwork now = byIndex[network.index()];
        return now != null && now.state() == network.state();
    }

    /** Whether a switch carries a home network that wants router advertisements guarded; all others there are guarded with it. */
    boolean guardsAdvertisements(SwitchId switchId) {
        for (ServedNetwork network : all) {
            HomeNetworkConfig config = network.config();
            if (config.protection().advertisementGuard() && RuleCompiler.serves(config, switchId)) {
                return true;
            }
        }
        return false;
    }

    /** The one whose anycast or representative address this is. */
    @Nullable
    ServedNetwork ofOwnAddress(Ipv6Address address) {
        return byOwnAddress.get(address);
    }

    /** The one whose prefix an address has. */
    @Nullable
    ServedNetwork ofHomeAddress(Ipv6Address address) {
        for (ServedNetwork network : all) {
            if (network.config().prefix().contains(address)) {
                return network;
            }
        }
        return null;
    }
}
