package dev.roost.openflow.rules;

import dev.roost.loadbalancer.DelegationConfig;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.loadbalancer.ProtectedUpdates;
import dev.roost.loadbalancer.Router;
import dev.roost.loadbalancer.SteeredHomeAgent;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.Link;
import dev.roost.topology.LinkProbeCodec;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import dev.roost.topology.Topology;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Says which rules are wanted: a pure function of the subject and the topology.
 *
 * <p>One subject at a time, so that a binding that changes costs the two rules of its home address, the same object for every switch,
 * and a home agent that moves costs one group on each switch however many mobile nodes it forwards for. Called by the loop; has no
 * state of its own.
 */
public final class RuleCompiler {

    private static final int PACKET_TOO_BIG = 2;
    private static final int ECHO_REQUEST = 128;
    private static final int DISCOVERY_REQUEST = 144;

    private static final List<RuleAction> DROP = List.of();
    private static final List<RuleAction> TO_CONTROLLER = List.of(new RuleAction.ToController());
    private static final List<RuleAction> NORMAL = List.of(new RuleAction.Normal());
    private static final List<RuleAction> COPY = List.of(new RuleAction.ToController(), new RuleAction.Normal());

    private static final RuleMatch SOLICITATION = RuleMatch.ipv6().icmpv6(RuleMatch.NEIGHBOR_SOLICITATION);
    private static final RuleMatch ADVERTISEMENT = RuleMatch.ipv6().icmpv6(RuleMatch.ROUTER_ADVERTISEMENT);
    private static final RuleMatch PROTECTED = RuleMatch.ipv6().protocol(RuleMatch.ESP);
    private static final RuleMatch MOBILITY = RuleMatch.ipv6().protocol(RuleMatch.MOBILITY_HEADER);

    private final Options options;

    public RuleCompiler(Options options) {
        this.options = options;
    }

    /**
     * What depends on the host of the application.
     *
     * @param tableMissNormal whether packets that no rule wants are left to the switch
     * @param linkDiscovery whether our own probes find the links
     * @param routerPaths whether packets between home agents and routers have rules of their own, since what forwards all else needs
     *     the controller for each new flow
     */
    public record Options(boolean tableMissNormal, boolean linkDiscovery, boolean routerPaths) {

        /** For a controller that has the switches to itself. */
        public static final Options STANDALONE = standalone(true);

        /** Beside Floodlight's own applications: table miss and probes are theirs. */
        public static final Options FLOODLIGHT = new Options(false, false, true);

        public static Options standalone(boolean tableMissNormal) {
            return new Options(tableMissNormal, true, false);
        }
    }

    /**
     * The rules of a switch that do not belong to one network.
     *
     * @param served the switches that serve any network of ours; what comes from another over a link has not been looked at yet, nor has what
     *     comes from one that is not connected
     * @param guarded whether router advertisements wait for the controller's word
     */
    public SubjectRules forSwitch(SwitchId switchId, Topology topology, Predicate<SwitchId> served, boolean guarded) {
        List<FlowRule> flows = new ArrayList<>();
        if (options.linkDiscovery()) {
            RuleMatch probe = RuleMatch.ethernet(LinkProbeCodec.DESTINATION, LinkProbeCodec.ETHERTYPE);
            flows.add(switchRule(Pipeline.LINK_DISCOVERY, probe, TO_CONTROLLER));
        }
        flows.add(
                guarded
                        ? switchRule(Pipeline.ADVERTISEMENT_GUARD, ADVERTISEMENT, TO_CONTROLLER)
                        : switchRule(Pipeline.ADVERTISEMENT_COPY, ADVERTISEMENT, COPY));
        for (int port : linkPorts(switchId, topology, served.and(topology::isConnected))) {
            flows.add(switchRule(Pipeline.LINK_SOLICITATION, SOLICITATION.in(port), NORMAL));
            flows.add(switchRule(Pipeline.LINK_ADVERTISEMENT, ADVERTISEMENT.in(port), NORMAL));
        }
        if (options.tableMissNormal()) {
            flows.add(switchRule(Pipeline.TABLE_MISS, RuleMatch.everything(), NORMAL));
        }
        return new SubjectRules(flows, List.of());
    }

    /**
     * The rules around the two addresses of a network that the controller answers for.
     *
     * @param hasMeters whether the switch can limit discovery requests by itself, where that is wanted
     */
    public SubjectRules forNetwork(Subject.Network subject, HomeNetworkConfig config, boolean hasMeters) {
        int network = subject.network();
        Ipv6Address anycast = config.anycastAddress();
        Ipv6Address representative = config.representativeAddress();
        List<FlowRule> flows = new ArrayList<>();
        for (Ipv6Address address : List.of(anycast, representative)) {
            RuleMatch advertised =
                    RuleMatch.ipv6().icmpv6(RuleMatch.NEIGHBOR_ADVERTISEMENT).target(address);
            flows.add(rule(network, Pipeline.ADVERTISEMENT_SHIELD, 0, advertised, DROP));
            flows.add(rule(network, Pipeline.SOLICITATION_INTERCEPT, 0, SOLICITATION.target(address), TO_CONTROLLER));
            flows.add(rule(
                    network,
                    Pipeline.VIRTUAL_ADDRESS_SHIELD,
                    0,
                    RuleMatch.ipv6().to(address),
                    DROP));
        }
        RuleMatch discovery = RuleMatch.ipv6().to(anycast).icmpv6(DISCOVERY_REQUEST);
        RuleMatch echo = RuleMatch.ipv6().to(representative).icmpv6(ECHO_REQUEST);
        OptionalInt rate = hasMeters ? config.protection().discoveryMeter() : OptionalInt.empty();
        List<MeterRule> meters = new ArrayList<>();
        List<RuleAction> discovered = TO_CONTROLLER;
        if (rate.isPresent()) {
            MeterRule meter = new MeterRule(Meters.of(network), rate.getAsInt());
            meters.add(meter);
            discovered = List.of(new RuleAction.ThroughMeter(meter.id()), new RuleAction.ToController());
        }
        flows.add(rule(network, Pipeline.DISCOVERY_INTERCEPT, 0, discovery, discovered));
        flows.add(rule(network, Pipeline.REPRESENTATIVE_INTERCEPT, 0, echo, TO_CONTROLLER));
        flows.add(rule(network, Pipeline.REPRESENTATIVE_INTERCEPT, 0, MOBILITY.to(representative), TO_CONTROLLER));
        RuleMatch answer = RuleMatch.ipv6().to(representative).icmpv6(RuleMatch.NEIGHBOR_ADVERTISEMENT);
        flows.add(rule(network, Pipeline.REPRESENTATIVE_INTERCEPT, 0, answer, TO_CONTROLLER));
        if (config.delegation().representative() == DelegationConfig.Representative.SERVE) {
            RuleMatch tooBig = RuleMatch.ipv6().to(representative).icmpv6(PACKET_TOO_BIG);
            flows.add(rule(network, Pipeline.REPRESENTATIVE_INTERCEPT, 0, tooBig, TO_CONTROLLER));
        }
        if (config.delegation().isSpoken()) {
            RuleMatch spoken =
                    RuleMatch.ipv6().to(representative).udp(config.delegation().port());
            flows.add(rule(network, Pipeline.FORWARDING_INTERCEPT, 0, spoken, TO_CONTROLLER));
        }
        return new SubjectRules(flows, List.of(), meters);
    }

    /**
     * A home agent's group on a switch, what points at it whoever the packet is for, the copies of mobility messages, and the ways to
     * routers and back.
     */
    public SubjectRules forHomeAgent(
            int network,
            HomeNetworkConfig config,
            SteeredHomeAgent homeAgent,
            Collection<Router> routers,
            SwitchId switchId,
            Topology topology) {
        List<FlowRule> flows = new ArrayList<>();
        Predicate<SwitchId> served = peer -> serves(config, peer);
        Set<Integer> linkPorts = linkPorts(switchId, topology, served);
        Set<Integer> seenPorts = linkPorts(switchId, topology, served.and(topology::isConnected));
        for (Ipv6Address address : homeAgent.globalAddresses()) {
            // Its address in another home network is that network's affair.
            if (!config.prefix().contains(address)) {
                continue;
            }
            for (RuleMatch match : List.of(MOBILITY.from(address), MOBILITY.to(address))) {
                flows.add(rule(network, Pipeline.MOBILITY_COPY, homeAgent.index(), match, COPY));
                for (int port : seenPorts) {
                    flows.add(rule(network, Pipeline.LINK_MOBILITY, homeAgent.index(), match.in(port), NORMAL));
                }
            }
            if (config.protectedUpdates() == ProtectedUpdates.IGNORED) {
                continue;
            }
            for (RuleMatch match : List.of(PROTECTED.from(address), PROTECTED.to(address))) {
                flows.add(rule(network, Pipeline.PROTECTED_COPY, homeAgent.index(), match, COPY));
                for (int port : seenPorts) {
                    flows.add(rule(network, Pipeline.LINK_PROTECTED, homeAgent.index(), match.in(port), NORMAL));
                }
            }
        }
        if (config.protection().advertisementGuard() && isOwnAdvertiser(config, homeAgent, switchId)) {
            RuleMatch own = ADVERTISEMENT
                    .in(homeAgent.attachment().port())
                    .ethernetFrom(homeAgent.linkLayerAddress())
                    .from(homeAgent.linkLocalAddress());
            flows.add(rule(network, Pipeline.ADVERTISEMENT_OWNER, homeAgent.index(), own, COPY));
        }
        int group = GroupIds.of(network, homeAgent.index());
        for (int port : linkPorts) {
            RuleMatch steered = RuleMatch.ipv6().in(port).ethernetTo(homeAgent.linkLayerAddress());
            flows.add(rule(
                    network,
                    Pipeline.LINK_STEERED,
                    homeAgent.index(),
                    steered,
                    List.of(new RuleAction.ToGroup(group))));
        }
        if (options.routerPaths()) {
            routers.forEach(router -> addPaths(network, homeAgent, router, switchId, topology, flows));
        }
        List<RuleAction> bucket = List.of(
                new RuleAction.SetEthernetDestination(homeAgent.linkLayerAddress()),
                towards(homeAgent.attachment(), switchId, topology));
        return new SubjectRules(flows, List.of(new GroupRule(group, bucket)));
    }

    private static void addPaths(
            int network,
            SteeredHomeAgent homeAgent,
            Router router,
            SwitchId switchId,
            Topology topology,
            List<FlowRule> flows) {
        MacAddress address = homeAgent.linkLayerAddress();
        if (address.equals(router.linkLayerAddress())) {
            return;
        }
        RuleMatch sent = RuleMatch.ipv6().ethernetFrom(address).ethernetTo(router.linkLayerAddress());
        List<RuleAction> away = List.of(towards(router.attachment(), switchId, topology));
        flows.add(rule(network, Pipeline.TO_ROUTER, homeAgent.index(), sent, away));
        RuleMatch received =
                RuleMatch.ipv6().ethernetFrom(router.linkLayerAddress()).ethernetTo(address);
        boolean isHere = router.attachment().switchId().equals(switchId);
        List<RuleAction> back = List.of(towards(homeAgent.attachment(), switchId, topology));
        flows.add(rule(
                network,
                Pipeline.FROM_ROUTER,
                homeAgent.index(),
                isHere ? received.in(router.attachment().port()) : received,
                back));
    }

    /** Whether the switch lets router advertisements of a home agent pass by itself where they are guarded. */
    public static boolean isOwnAdvertiser(HomeNetworkConfig config, SteeredHomeAgent homeAgent, SwitchId switchId) {
        return homeAgent.attachment().switchId().equals(switchId)
                && config.admits(homeAgent.linkLayerAddress(), homeAgent.attachment());
    }

    /**
     * The counters of a home agent that shares its port. They end in what the table-miss rule does, so where that is not ours they
     * would forward what somebody else means to handle, and there are none.
     */
    public SubjectRules forSharedPort(Subject.SharedPort subject, SwitchId switchId) {
        if (!options.tableMissNormal() || !subject.port().switchId().equals(switchId)) {
            return SubjectRules.NONE;
        }
        RuleMatch sent = RuleMatch.everything().in(subject.port().port()).ethernetFrom(subject.linkLayerAddress());
        RuleMatch received = RuleMatch.everything().ethernetTo(subject.linkLayerAddress());
        return new SubjectRules(
                List.of(
                        switchRule(Pipeline.LOAD_SENT, sent, NORMAL),
                        switchRule(Pipeline.LOAD_RECEIVED, received, NORMAL)),
                List.of());
    }

    /** Whether packets of home agents that share a port are counted apart. */
    public boolean countsSharedPorts() {
        return options.tableMissNormal();
    }

    /** Whether a switch carries the rules of a network. */
    public static boolean serves(HomeNetworkConfig config, SwitchId switchId) {
        return config.switches().isEmpty() || config.switches().contains(switchId);
    }

    /**
     * The two rules of a bound home address; the same on every switch.
     *
     * @param homeAgentIndex of the home agent that forwards for it
     */
    public SubjectRules forMobileNode(Subject.MobileNode mobileNode, int homeAgentIndex) {
        Ipv6Address homeAddress = mobileNode.homeAddress();
        int network = mobileNode.network();
        int subject = (int) homeAddress.low();
        List<RuleAction> steer = List.of(new RuleAction.ToGroup(GroupIds.of(network, homeAgentIndex)));
        RuleMatch asked = SOLICITATION.to(homeAddress.solicitedNode()).target(homeAddress);
        RuleMatch sentTo = RuleMatch.ipv6().to(homeAddress);
        return new SubjectRules(
                List.of(
                        rule(network, Pipeline.BOUND_SOLICITATION, subject, asked, TO_CONTROLLER),
                        rule(network, Pipeline.STEERING, subject, sentTo, steer)),
                List.of());
    }

    /** The two rules of a reverse tunnel whose forwarder is another home agent; the same on every switch. */
    public SubjectRules forReverseTunnel(Subject.ReverseTunnel tunnel, HomeNetworkConfig config, int homeAgentIndex) {
        int network = tunnel.network();
        Pipeline kind = tunnel.homeAgentAddress().equals(config.representativeAddress())
                ? Pipeline.REPRESENTATIVE_TUNNEL
                : Pipeline.REVERSE_STEERING;
        List<RuleAction> steer = List.of(new RuleAction.ToGroup(GroupIds.of(network, homeAgentIndex)));
        RuleMatch sent = RuleMatch.ipv6().from(tunnel.careOfAddress()).to(tunnel.homeAgentAddress());
        int subject = (int) tunnel.careOfAddress().low();
        return new SubjectRules(
                List.of(
                        rule(network, kind, subject, sent.protocol(RuleMatch.IPV6_IN_IPV6), steer),
                        rule(network, kind, subject, sent.protocol(RuleMatch.FRAGMENT), steer)),
                List.of());
    }

    /** Keeps what is tunnelled under ESP from being copied; the same on every switch. */
    public SubjectRules forProtectedTunnel(Subject.ProtectedTunnel tunnel) {
        RuleMatch match = PROTECTED.from(tunnel.source()).to(tunnel.destination());
        return new SubjectRules(List.of(rule(tunnel.network(), Pipeline.PROTECTED_QUIET, 0, match, NORMAL)), List.of());
    }

    private static RuleAction towards(SwitchPort attachment, SwitchId switchId, Topology topology) {
        if (attachment.switchId().equals(switchId)) {
            return new RuleAction.Output(attachment.port());
        }
        OptionalInt nextHop = topology.nextHop(switchId, attachment.switchId());
        return nextHop.isPresent() ? new RuleAction.Output(nextHop.getAsInt()) : new RuleAction.Normal();
    }

    private static Set<Integer> linkPorts(SwitchId switchId, Topology topology, Predicate<SwitchId> served) {
        Set<Integer> ports = new TreeSet<>(Integer::compareUnsigned);
        for (Link link : topology.links()) {
            if (link.from().switchId().equals(switchId) && served.test(link.to().switchId())) {
                ports.add(link.from().port());
            } else if (link.to().switchId().equals(switchId)
                    && served.test(link.from().switchId())) {
                ports.add(link.to().port());
            }
        }
        return ports;
    }

    private static FlowRule switchRule(Pipeline kind, RuleMatch match, List<RuleAction> actions) {
        return rule(Cookies.NO_NETWORK, kind, 0, match, actions);
    }

    private static FlowRule rule(int network, Pipeline kind, int subject, RuleMatch match, List<RuleAction> actions) {
        return new FlowRule(new FlowKey(kind.priority(), match), Cookies.of(network, kind, subject), actions);
    }
}
