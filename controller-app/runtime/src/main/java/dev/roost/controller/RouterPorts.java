package dev.roost.controller;

import dev.roost.loadbalancer.Router;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.Link;
import dev.roost.topology.SwitchPort;
import dev.roost.topology.Topology;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Where the routers are that registrations come through, for whoever sees packets: one from another port says that the router has moved, and
 * that the rules which lead to it are wrong.
 *
 * <p>The loop {@linkplain #update replaces} what is known as a whole; any thread asks.
 */
public final class RouterPorts {

    private record Known(Map<MacAddress, SwitchPort> routers, Set<SwitchPort> linkPorts) {}

    private volatile Known known = new Known(Map.of(), Set.of());

    void update(ServedNetworks networks, Topology topology) {
        Map<MacAddress, SwitchPort> routers = new HashMap<>();
        for (ServedNetwork network : networks.all()) {
            for (Router router : network.state().steeringPlan().routers()) {
                routers.put(router.linkLayerAddress(), router.attachment());
            }
        }
        Set<SwitchPort> linkPorts = new HashSet<>();
        for (Link link : topology.links()) {
            linkPorts.add(link.from());
            linkPorts.add(link.to());
        }
        known = new Known(routers, linkPorts);
    }

    /** Whether a frame is a router's that should be at another port; what comes over a link to another switch is not asked. */
    public boolean isElsewhere(MacAddress source, SwitchPort port) {
        Known present = known;
        SwitchPort attachment = present.routers().get(source);
        return attachment != null
                && !attachment.equals(port)
                && !present.linkPorts().contains(port);
    }
}
