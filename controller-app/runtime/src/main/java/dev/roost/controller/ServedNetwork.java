package dev.roost.controller;

import dev.roost.loadbalancer.HomeNetwork;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.loadbalancer.SteeringPlan.ReverseTunnel;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.openflow.rules.Subject;

/**
 * A home network as the loop keeps it.
 *
 * @param index its place in the configuration, which stands in cookies and group numbers
 */
public record ServedNetwork(int index, HomeNetworkConfig config, HomeNetwork state) {

    public String name() {
        return config.name();
    }

    public Subject.Network subject() {
        return new Subject.Network(index);
    }

    public Subject.MobileNode subject(Ipv6Address homeAddress) {
        return new Subject.MobileNode(index, homeAddress);
    }

    public Subject.ReverseTunnel subject(ReverseTunnel tunnel) {
        return new Subject.ReverseTunnel(index, tunnel.careOfAddress(), tunnel.homeAgentAddress());
    }
}
