package dev.roost.mobilenode.generator;

import dev.roost.mobileip.Ipv6Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The home agents that were seen, by a small number, and how many nodes are registered with each. */
final class HomeAgents {
    static final int NONE = 0xffff;
    /** More are not told apart; far more than one discovery reply holds. */
    static final int LIMIT = 4096;

    private final List<Ipv6Address> addresses = new ArrayList<>();
    private final Map<Ipv6Address, Integer> numbers = new HashMap<>();
    private final long[] registered = new long[LIMIT];

    /** The number of a home agent, or {@link #NONE} when there are too many. */
    int numberOf(Ipv6Address address) {
        Integer known = numbers.get(address);
        if (known != null) {
            return known;
        }
        if (addresses.size() == LIMIT) {
            return NONE;
        }
        addresses.add(address);
        numbers.put(address, addresses.size() - 1);
        return addresses.size() - 1;
    }

    Ipv6Address address(int number) {
        return addresses.get(number);
    }

    void onRegistered(int number) {
        registered[number]++;
    }

    void onReleased(int number) {
        registered[number]--;
    }

    void writeTo(Json json) {
        json.object("homeAgents");
        for (int i = 0; i < addresses.size(); i++) {
            json.number(addresses.get(i).toString(), registered[i]);
        }
        json.end();
    }
}
