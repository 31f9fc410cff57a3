package dev.roost.openflow.rules;

import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.SwitchPort;

/** What rules are compiled for at a time: when it changes, its rules are compiled anew and no others. */
public sealed interface Subject {

    /** The switch as a whole: rules that all networks share. */
    record WholeSwitch() implements Subject {}

    /** One home network; the number is its index in the configuration. */
    record Network(int network) implements Subject {}

    /** One home agent by its index in its network. */
    record HomeAgent(int network, int index) implements Subject {}

    /** One machine on a port that several home agents share; its packets are counted apart. */
    record SharedPort(SwitchPort port, MacAddress linkLayerAddress) implements Subject {}

    /** What is sent from one address to another under ESP and is no registration. */
    record ProtectedTunnel(int network, Ipv6Address source, Ipv6Address destination) implements Subject {}

    /**
     * What mobile nodes at a care-of address tunnel to the home agent address where they are bound, while another home agent
     * forwards for them; one subject however many home addresses share it.
     */
    record ReverseTunnel(int network, Ipv6Address careOfAddress, Ipv6Address homeAgentAddress) implements Subject {}

    /** One bound home address. */
    record MobileNode(int network, Ipv6Address homeAddress) implements Subject {}
}
