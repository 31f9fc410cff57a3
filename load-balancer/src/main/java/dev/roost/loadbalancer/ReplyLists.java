package dev.roost.loadbalancer;

import dev.roost.mobileip.Ipv6Address;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that a reply carries for an order of home agents: those in the home prefix, up to the longest list
 * allowed, the representative's own last.
 *
 * <p>Few orders are sent over and over, so both the order and its addresses are remembered and shared; a miss only costs
 * making them. Nothing that is decided depends on what is remembered here.
 */
final class ReplyLists {

    private static final int PLACES = 1 << 10;

    private final Tables tables;
    private final @Nullable ReplyList[] remembered = new ReplyList[PLACES];
    private int version;

    ReplyLists(Tables tables) {
        this.tables = tables;
    }

    /** An order, and what a reply says for it. */
    record ReplyList(HomeAgentOrder order, List<Ipv6Address> addresses) {}

    /** How many addresses there is room for before the representative's. */
    int room() {
        BalancingConfig balancing = tables.config.balancing();
        return balancing.maxListLength() - (balancing.includeRepresentative() ? 1 : 0);
    }

    /** For the first {@code size} of the given indexes. */
    ReplyList of(char[] indexes, int size) {
        if (version != tables.homeAgents.version()) {
            Arrays.fill(remembered, null);
            version = tables.homeAgents.version();
        }
        int place = (int) (Mixing.mix(HomeAgentOrder.hash(indexes, size)) & (PLACES - 1));
        ReplyList known = remembered[place];
        if (known != null && known.order().matches(indexes, size)) {
            return known;
        }
        HomeAgentOrder order = HomeAgentOrder.of(indexes, size);
        ReplyList made = new ReplyList(order, addresses(order));
        remembered[place] = made;
        return made;
    }

    List<Ipv6Address> addresses(HomeAgentOrder order) {
        List<Ipv6Address> addresses = new ArrayList<>();
        for (int i = 0; i < order.size(); i++) {
            HomeAgent homeAgent = tables.homeAgents.at(order.index(i));
            if (homeAgent != null) {
                addresses.addAll(homeAgent.namedAddresses());
            }
        }
        if (addresses.size() > room()) {
            addresses.subList(room(), addresses.size()).clear();
        }
        if (tables.config.balancing().includeRepresentative()) {
            addresses.add(tables.config.representativeAddress());
        }
        return List.copyOf(addresses);
    }
}
