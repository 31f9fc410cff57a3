package dev.roost.loadbalancer.simulation;

import dev.roost.loadbalancer.BalancingConfig;
import dev.roost.loadbalancer.Decision;
import dev.roost.loadbalancer.Effect.SendDiscoveryReply;
import dev.roost.loadbalancer.HomeNetwork;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.loadbalancer.LoadSample;
import dev.roost.loadbalancer.PacketOrigin;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.HomeAgentAddressDiscoveryRequest;
import dev.roost.mobileip.HomeAgentInformation;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.PrefixInformation;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.mobileip.SequenceNumber;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The real decision core, told of the world by the messages that it would get: router advertisements, discovery requests,
 * binding updates with their acknowledgements, load samples.
 */
public final class CorePolicy implements BalancingPolicy {

    private static final Instant BEGINNING = Instant.EPOCH.plus(Duration.ofDays(10_000));
    private static final Ipv6Prefix PREFIX = Ipv6Prefix.parse("2001:db8:1::/64");
    private static final long CARE_OF_LINK = 0x2001_0db8_0002_0000L;
    private static final SwitchId SWITCH = new SwitchId(1);
    private static final SwitchPort ROUTER_PORT = new SwitchPort(SWITCH, 1000);
    private static final MacAddress ROUTER = new MacAddress(0x0200_0000_ffffL);
    private static final int FIRST_HOME_AGENT = 0x11;
    private static final int FIRST_MOBILE_NODE = 0x10000;

    private final HomeNetwork network;
    private final Map<Ipv6Address, Integer> byAddress = new HashMap<>();

    public CorePolicy(BalanceScenario scenario) {
        List<Integer> weights = scenario.weights();
        Map<Ipv6Address, Integer> weightOf = new TreeMap<>();
        for (int i = 0; i < weights.size(); i++) {
            weightOf.put(address(i), weights.get(i));
        }
        network = new HomeNetwork(
                HomeNetworkConfig.of(
                                "home",
                                PREFIX,
                                Ipv6Address.parse("2001:db8:1::fe"),
                                MacAddress.parse("02:00:5e:00:00:fe"))
                        .withBalancing(BalancingConfig.DEFAULTS.withWeights(weightOf)),
                scenario.seed());
        for (int i = 0; i < weights.size(); i++) {
            byAddress.put(address(i), i);
            advertise(i);
        }
    }

    @Override
    public int choose(long nowMillis, int mobileNode) {
        PacketOrigin origin = new PacketOrigin(
                ROUTER_PORT, ROUTER, careOf(mobileNode), network.config().anycastAddress());
        Decision decision = taken(network.onDiscoveryRequest(
                at(nowMillis), origin, new HomeAgentAddressDiscoveryRequest(mobileNode & 0xffff)));
        Ipv6Address first = decision.effects().stream()
                .filter(SendDiscoveryReply.class::isInstance)
                .map(effect ->
                        ((SendDiscoveryReply) effect).reply().homeAgents().get(0))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("mobile node " + mobileNode + " was not answered"));
        Integer homeAgent = byAddress.get(first);
        if (homeAgent == null) {
            throw new IllegalStateException("no home agent was named, but " + first);
        }
        return homeAgent;
    }

    @Override
    public void sampled(long nowMillis, long takenAtMillis, int homeAgent, int bindings) {
        taken(network.onLoadSample(
                at(nowMillis),
                new LoadSample(
                        address(homeAgent),
                        LoadSample.Source.SNMP,
                        at(takenAtMillis),
                        0,
                        0,
                        64,
                        OptionalInt.of(bindings))));
    }

    @Override
    public void registered(long nowMillis, int mobileNode, int homeAgent) {
        Instant now = at(nowMillis);
        Ipv6Address homeAddress = new Ipv6Address(PREFIX.address().high(), FIRST_MOBILE_NODE + mobileNode);
        SequenceNumber sequence = new SequenceNumber(mobileNode & 0xffff);
        BindingLifetime lifetime = BindingLifetime.atLeast(Duration.ofMinutes(10));
        taken(network.onBindingUpdate(
                now,
                new PacketOrigin(ROUTER_PORT, ROUTER, careOf(mobileNode), address(homeAgent)),
                homeAddress,
                BindingUpdate.of(
                        sequence, BindingUpdate.ACKNOWLEDGE | BindingUpdate.HOME_REGISTRATION, lifetime, List.of())));
        taken(network.onBindingAcknowledgement(
                now,
                new PacketOrigin(port(homeAgent), mac(homeAgent), address(homeAgent), careOf(mobileNode)),
                homeAddress,
                BindingAcknowledgement.of(new BindingStatus(0), 0, sequence, lifetime, List.of())));
    }

    private void advertise(int homeAgent) {
        RouterAdvertisement advertisement = new RouterAdvertisement(
                64,
                RouterAdvertisement.HOME_AGENT,
                1800,
                0,
                0,
                List.of(
                        new PrefixInformation(
                                64,
                                PrefixInformation.ON_LINK | PrefixInformation.ROUTER_ADDRESS,
                                86_400,
                                86_400,
                                address(homeAgent)),
                        new HomeAgentInformation(10, 1800)));
        Ipv6Address linkLocal = new Ipv6Address(0xfe80_0000_0000_0000L, FIRST_HOME_AGENT + homeAgent);
        taken(network.onRouterAdvertisement(
                at(0),
                new PacketOrigin(port(homeAgent), mac(homeAgent), linkLocal, Ipv6Address.ALL_NODES),
                advertisement));
    }

    private Decision taken(Decision decision) {
        decision.changes().forEach(network::apply);
        return decision;
    }

    private static Instant at(long millis) {
        return BEGINNING.plusMillis(millis);
    }

    private static Ipv6Address address(int homeAgent) {
        return new Ipv6Address(PREFIX.address().high(), FIRST_HOME_AGENT + homeAgent);
    }

    private static Ipv6Address careOf(int mobileNode) {
        return new Ipv6Address(CARE_OF_LINK, 1L + mobileNode);
    }

    private static SwitchPort port(int homeAgent) {
        return new SwitchPort(SWITCH, 1 + homeAgent);
    }

    private static MacAddress mac(int homeAgent) {
        return new MacAddress(0x0200_0000_0100L + homeAgent);
    }
}
