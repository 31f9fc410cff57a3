package dev.roost.openflow.rules;

import dev.roost.loadbalancer.DelegationConfig;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.loadbalancer.SteeredHomeAgent;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.topology.PortDescription;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import dev.roost.topology.Topology;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The home link that the tests share.
 *
 * <pre>
 *   ha1 - 1 +----+ 8       8 +----+ 1 - ha3
 *   ha2 - 2 | s1 |-----------| s2 |
 *     r - 3 +----+           +----+ 2 - host
 * </pre>
 *
 * ::100 is bound at ha1, ::101 at ha3. ::102 is bound at ha1 from 2001:db8:3::a, and ha3 forwards for it. ::103 is bound at the
 * representative from 2001:db8:3::b, and ha2 forwards for it. The forwarding protocol is spoken.
 */
final class HomeLink {

    static final SwitchId S1 = new SwitchId(1);
    static final SwitchId S2 = new SwitchId(2);

    static final HomeNetworkConfig CONFIG = HomeNetworkConfig.of(
                    "home",
                    Ipv6Prefix.parse("2001:db8:1::/64"),
                    Ipv6Address.parse("2001:db8:1::fe"),
                    MacAddress.parse("02:00:5e:00:00:fe"))
            .withDelegation(new DelegationConfig(
                    DelegationConfig.Mode.DRAIN,
                    DelegationConfig.DEFAULT_PORT,
                    List.of(new DelegationConfig.Key(1, OpaqueBytes.zeros(16))),
                    32,
                    600,
                    Duration.ofMinutes(10),
                    1.1,
                    DelegationConfig.UnmodifiedHomeAgents.LEAVE,
                    DelegationConfig.Representative.REFUSE,
                    DelegationConfig.Authentication.NONE));

    static final Ipv6Address ANYCAST = CONFIG.anycastAddress();
    static final Ipv6Address REPRESENTATIVE = CONFIG.representativeAddress();
    static final Ipv6Address BOUND_AT_HA1 = Ipv6Address.parse("2001:db8:1::100");
    static final Ipv6Address BOUND_AT_HA3 = Ipv6Address.parse("2001:db8:1::101");

    static final Ipv6Address DELEGATED = Ipv6Address.parse("2001:db8:1::102");
    static final Ipv6Address DELEGATED_CARE_OF = Ipv6Address.parse("2001:db8:3::a");

    static final Ipv6Address AT_REPRESENTATIVE = Ipv6Address.parse("2001:db8:1::103");
    static final Ipv6Address CARE_OF_AT_REPRESENTATIVE = Ipv6Address.parse("2001:db8:3::b");

    static final SteeredHomeAgent HA1 = homeAgent(0, 0x11, new SwitchPort(S1, 1));
    static final SteeredHomeAgent HA2 = homeAgent(1, 0x12, new SwitchPort(S1, 2));
    static final SteeredHomeAgent HA3 = homeAgent(2, 0x13, new SwitchPort(S2, 1));

    static final RuleCompiler COMPILER = new RuleCompiler(RuleCompiler.Options.STANDALONE);

    private HomeLink() {}

    static SteeredHomeAgent homeAgent(int index, int host, SwitchPort attachment) {
        return new SteeredHomeAgent(
                index,
                new Ipv6Address(0xfe80_0000_0000_0000L, host),
                new MacAddress(0x0200_0000_0000L + host),
                attachment,
                List.of(new Ipv6Address(CONFIG.prefix().address().high(), host)));
    }

    /** With the link between the switches found. */
    static Topology topology() {
        Topology topology = unlinkedTopology();
        SwitchPort one = new SwitchPort(S1, 8);
        SwitchPort other = new SwitchPort(S2, 8);
        topology.onLinkSeen(Instant.EPOCH, one, other);
        topology.onLinkSeen(Instant.EPOCH, other, one);
        return topology;
    }

    static Topology unlinkedTopology() {
        Topology topology = new Topology();
        for (SwitchId id : List.of(S1, S2)) {
            topology.onSwitchConnected(
                    Instant.EPOCH,
                    id,
                    IntStream.rangeClosed(1, 8)
                            .mapToObj(port -> new PortDescription(
                                    port, "port" + port, new MacAddress(0x0200_0000_0000L + port), true))
                            .toList());
        }
        return topology;
    }

    /** Everything that one switch should have. */
    static Map<Subject, SubjectRules> wanted(SwitchId switchId, Topology topology) {
        Map<Subject, SubjectRules> wanted = new LinkedHashMap<>();
        Subject.Network network = new Subject.Network(0);
        wanted.put(new Subject.WholeSwitch(), COMPILER.forSwitch(switchId, topology, id -> true, false));
        wanted.put(network, COMPILER.forNetwork(network, CONFIG, false));
        for (SteeredHomeAgent homeAgent : List.of(HA1, HA2, HA3)) {
            wanted.put(
                    new Subject.HomeAgent(0, homeAgent.index()),
                    COMPILER.forHomeAgent(0, CONFIG, homeAgent, List.of(), switchId, topology));
        }
        bind(wanted, BOUND_AT_HA1, HA1);
        bind(wanted, BOUND_AT_HA3, HA3);
        bind(wanted, DELEGATED, HA3);
        Subject.ReverseTunnel tunnel = new Subject.ReverseTunnel(
                0, DELEGATED_CARE_OF, HA1.globalAddresses().get(0));
        wanted.put(tunnel, COMPILER.forReverseTunnel(tunnel, CONFIG, HA3.index()));
        bind(wanted, AT_REPRESENTATIVE, HA2);
        Subject.ReverseTunnel lastResort = new Subject.ReverseTunnel(0, CARE_OF_AT_REPRESENTATIVE, REPRESENTATIVE);
        wanted.put(lastResort, COMPILER.forReverseTunnel(lastResort, CONFIG, HA2.index()));
        return wanted;
    }

    static void bind(Map<Subject, SubjectRules> wanted, Ipv6Address homeAddress, SteeredHomeAgent homeAgent) {
        Subject.MobileNode mobileNode = new Subject.MobileNode(0, homeAddress);
        wanted.put(mobileNode, COMPILER.forMobileNode(mobileNode, homeAgent.index()));
    }
}
