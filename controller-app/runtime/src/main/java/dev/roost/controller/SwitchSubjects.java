package dev.roost.controller;

import dev.roost.loadbalancer.SteeringPlan;
import dev.roost.openflow.rules.RuleCompiler;
import dev.roost.openflow.rules.Subject;
import dev.roost.openflow.rules.SubjectRules;
import dev.roost.topology.SwitchId;
import dev.roost.topology.Topology;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which subjects have rules on a switch, and which rules: the state of all home networks as the {@link RuleCompiler} wants to
 * see it. A subject of a home network that is no longer served, or not on this switch, has none.
 *
 * <p>Belongs to the loop.
 */
final class SwitchSubjects {

    private static final SubjectRules NONE = new SubjectRules(List.of(), List.of());

    private final RuleCompiler compiler;
    private final ServedNetworks networks;
    private final SharedPorts sharedPorts;
    private final ProtectedTunnels protectedTunnels;
    private final Topology topology;
    /** Kept while they are away, since most come back as they were. */
    private final Set<SwitchId> withMeters = new HashSet<>();

    SwitchSubjects(
            RuleCompiler compiler,
            ServedNetworks networks,
            SharedPorts sharedPorts,
            ProtectedTunnels protectedTunnels,
            Topology topology) {
        this.compiler = compiler;
        this.networks = networks;
        this.sharedPorts = sharedPorts;
        this.protectedTunnels = protectedTunnels;
        this.topology = topology;
    }

    /** Notes whether a switch has meters; returns the subjects that may want others rules for that. */
    List<Subject> hasMeters(SwitchId id, boolean has) {
        boolean different = has ? withMeters.add(id) : withMeters.remove(id);
        List<Subject> subjects = new ArrayList<>();
        if (different) {
            networks.all().forEach(network -> subjects.add(network.subject()));
        }
        return subjects;
    }

    /** Whether some home network on a switch wants discovery requests limited there. */
    boolean wantsMeter(SwitchId id) {
        return networks.all().stream()
                .anyMatch(network ->
                        network.config().protection().discoveryMeter().isPresent() && isServed(network.subject(), id));
    }

    /** All that may have rules on a switch. */
    List<Subject> of(SwitchId id) {
        List<Subject> subjects = new ArrayList<>();
        subjects.add(new Subject.WholeSwitch());
        subjects.addAll(sharedPorts.machines());
        subjects.addAll(protectedTunnels.quiet());
        for (ServedNetwork network : networks.all()) {
            if (RuleCompiler.serves(network.config(), id)) {
                subjects.addAll(of(network));
            }
        }
        return subjects;
    }

    /** All of a home network, those with groups before those whose rules point at them. */
    List<Subject> of(ServedNetwork network) {
        SteeringPlan plan = network.state().steeringPlan();
        List<Subject> subjects = new ArrayList<>();
        subjects.add(network.subject());
        plan.homeAgents().forEach(homeAgent -> subjects.add(new Subject.HomeAgent(network.index(), homeAgent.index())));
        plan.forEachPin(pin -> subjects.add(new Subject.MobileNode(network.index(), pin.homeAddress())));
        plan.forEachReverseTunnel(tunnel -> subjects.add(network.subject(tunnel)));
        return subjects;
    }

    boolean isServed(Subject subject, SwitchId id) {
        if (subject instanceof Subject.WholeSwitch) {
            return true;
        } else if (subject instanceof Subject.SharedPort machine) {
            return machine.port().switchId().equals(id);
        }
        ServedNetwork network = networks.at(networkOf(subject));
        return network != null && RuleCompiler.serves(network.config(), id);
    }

    SubjectRules compile(Subject subject, SwitchId id) {
        if (subject instanceof Subject.WholeSwitch) {
            return compiler.forSwitch(id, topology, this::servesAny, networks.guardsAdvertisements(id));
        } else if (subject instanceof Subject.SharedPort machine) {
            return sharedPorts.contains(machine.port(), machine.linkLayerAddress())
                    ? compiler.forSharedPort(machine, id)
                    : NONE;
        }
        ServedNetwork network = networks.at(networkOf(subject));
        if (network == null || !RuleCompiler.serves(network.config(), id)) {
            return NONE;
        }
        SteeringPlan plan = network.state().steeringPlan();
        if (subject instanceof Subject.MobileNode mobileNode) {
            return plan.forwarderOf(mobileNode.homeAddress())
                    .map(forwarder -> compiler.forMobileNode(mobileNode, forwarder.index()))
                    .orElse(NONE);
        } else if (subject instanceof Subject.ReverseTunnel tunnel) {
            return plan.forwarderOf(new SteeringPlan.ReverseTunnel(tunnel.careOfAddress(), tunnel.homeAgentAddress()))
                    .map(forwarder -> compiler.forReverseTunnel(tunnel, network.config(), forwarder.index()))
                    .orElse(NONE);
        } else if (subject instanceof Subject.HomeAgent homeAgent) {
            return plan.homeAgent(homeAgent.index())
                    .map(known -> compiler.forHomeAgent(
                            network.index(), network.config(), known, plan.routers(), id, topology))
                    .orElse(NONE);
        }
        if (subject instanceof Subject.ProtectedTunnel tunnel) {
            return protectedTunnels.isQuiet(tunnel) ? compiler.forProtectedTunnel(tunnel) : NONE;
        }
        return compiler.forNetwork(network.subject(), network.config(), withMeters.contains(id));
    }

    private static int networkOf(Subject subject) {
        if (subject instanceof Subject.MobileNode mobileNode) {
            return mobileNode.network();
        } else if (subject instanceof Subject.ReverseTunnel tunnel) {
            return tunnel.network();
        } else if (subject instanceof Subject.HomeAgent homeAgent) {
            return homeAgent.network();
        } else if (subject instanceof Subject.Network network) {
            return network.network();
        } else if (subject instanceof Subject.ProtectedTunnel tunnel) {
            return tunnel.network();
        }
        throw new IllegalStateException("belongs to no home network: " + subject);
    }

    private boolean servesAny(SwitchId id) {
        return networks.all().stream().anyMatch(network -> RuleCompiler.serves(network.config(), id));
    }
}
