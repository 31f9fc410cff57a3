package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is to be done about mobile nodes whose secondary failed, each once; soft, and no more than there are mobile nodes. */
final class Repairs {

    /** What has become of the secondary. */
    enum Kind {
        LOST,
        RESTARTED
    }

    record Repair(Kind kind, Ipv6Address homeAddress, Ipv6Address secondary) {}

    private final Map<Ipv6Address, Repair> repairs = new LinkedHashMap<>();

    boolean isEmpty() {
        return repairs.isEmpty();
    }

    void add(Kind kind, Ipv6Address secondary, Collection<Ipv6Address> homeAddresses) {
        for (Ipv6Address homeAddress : homeAddresses) {
            repairs.put(homeAddress, new Repair(kind, homeAddress, secondary));
        }
    }

    List<Repair> take(int atMost) {
        List<Repair> taken = new ArrayList<>();
        Iterator<Repair> waiting = repairs.values().iterator();
        while (taken.size() < atMost && waiting.hasNext()) {
            taken.add(waiting.next());
            waiting.remove();
        }
        return taken;
    }
}
