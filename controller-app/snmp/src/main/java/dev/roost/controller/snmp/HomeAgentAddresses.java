package dev.roost.controller.snmp;

import dev.roost.controller.ControllerView;
import dev.roost.controller.ServedNetwork;
import dev.roost.controller.config.LoadConfig;
import dev.roost.loadbalancer.SteeredHomeAgent;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where each home agent of the lists is asked: at its address in the home prefix, unless the configuration names another. Who has no
 * such address yet is not asked.
 */
final class HomeAgentAddresses {
    private final int port;
    private final Map<Ipv6Address, InetSocketAddress> configured = new HashMap<>();

    HomeAgentAddresses(LoadConfig.Snmp config) {
        port = config.port();
        config.agents().forEach(agent -> configured.put(agent.homeAgent(), agent.address()));
    }

    List<PolledHomeAgent> of(ControllerView view) {
        List<PolledHomeAgent> polled = new ArrayList<>();
        for (ServedNetwork network : view.networks()) {
            for (SteeredHomeAgent homeAgent : network.state().steeringPlan().homeAgents()) {
                addressOf(homeAgent, network.config().prefix())
                        .ifPresent(address ->
                                polled.add(new PolledHomeAgent(network.name(), homeAgent.linkLocalAddress(), address)));
            }
        }
        return polled;
    }

    private Optional<InetSocketAddress> addressOf(SteeredHomeAgent homeAgent, Ipv6Prefix prefix) {
        for (Ipv6Address address : homeAgent.globalAddresses()) {
            InetSocketAddress other = configured.get(address);
            if (other != null) {
                return Optional.of(other);
            }
        }
        InetSocketAddress other = configured.get(homeAgent.linkLocalAddress());
        return other != null
                ? Optional.of(other)
                : homeAgent.globalAddresses().stream()
                        .filter(prefix::contains)
                        .findFirst()
                        .map(address -> new InetSocketAddress(inet(address), port));
    }

    private static InetAddress inet(Ipv6Address address) {
        try {
            return InetAddress.getByAddress(address.toBytes());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("sixteen octets are an address", e);
        }
    }
}
