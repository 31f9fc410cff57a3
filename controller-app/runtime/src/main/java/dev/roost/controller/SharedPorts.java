package dev.roost.controller;

import dev.roost.loadbalancer.SteeredHomeAgent;
import dev.roost.mobileip.MacAddress;
import dev.roost.openflow.rules.Subject;
import dev.roost.topology.SwitchPort;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which ports lead to several home agents, so that the counters of the port say nothing of one of them. A machine that serves several
 * home networks is one.
 *
 * <p>Belongs to the loop.
 */
final class SharedPorts {

    private Set<Subject.SharedPort> machines = Set.of();

    /** Looks at all home agents again, and returns the machines that came or went. */
    Set<Subject.SharedPort> update(ServedNetworks networks) {
        Map<SwitchPort, Set<MacAddress>> byPort = new HashMap<>();
        for (ServedNetwork network : networks.all()) {
            for (SteeredHomeAgent homeAgent : network.state().steeringPlan().homeAgents()) {
                byPort.computeIfAbsent(homeAgent.attachment(), unused -> new LinkedHashSet<>())
                        .add(homeAgent.linkLayerAddress());
            }
        }
        Set<Subject.SharedPort> now = new LinkedHashSet<>();
        byPort.forEach((port, addresses) -> {
            if (addresses.size() > 1) {
                addresses.forEach(address -> now.add(new Subject.SharedPort(port, address)));
            }
        });
        Set<Subject.SharedPort> different = new HashSet<>(now);
        machines.forEach(machine -> {
            if (!different.remove(machine)) {
                different.add(machine);
            }
        });
        machines = now;
        return different;
    }

    Set<Subject.SharedPort> machines() {
        return machines;
    }

    boolean contains(SwitchPort port, MacAddress linkLayerAddress) {
        return machines.contains(new Subject.SharedPort(port, linkLayerAddress));
    }
}
