package dev.roost.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.loadbalancer.Effect.SendDiscoveryReply;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.HomeAgentAddressDiscoveryRequest;
import dev.roost.mobileip.HomeAgentInformation;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.NdOption;
import dev.roost.mobileip.PrefixInformation;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.mobileip.SequenceNumber;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each way to answer (by load, the same list again, the home agent that holds the binding) inside each way to build several
 * home networks. Every packet is shown to all home networks, as on one link; which takes it is up to them.
 */
final class EmbodimentMatrixTest {

    /** How several home networks are built: two here. */
    enum Structure {
        /** One controller for all; every home agent is in each of them. */
        SHARED_HOME_AGENTS {
            @Override
            List<Integer> homeAgentsOf(int network) {
                return List.of(1, 2, 3);
            }
        },
        /** Each has a representative and home agents of its own. */
        OWN_GROUPS {
            @Override
            List<Integer> homeAgentsOf(int network) {
                return network == 1 ? List.of(1, 2, 3) : List.of(4, 5, 6);
            }
        },
        /** Each has one home agent. */
        ONE_SERVER_EACH {
            @Override
            List<Integer> homeAgentsOf(int network) {
                return List.of(network);
            }
        };

        abstract List<Integer> homeAgentsOf(int network);
    }

    private static final List<Integer> NETWORKS = List.of(1, 2);

    private final List<HomeNetwork> networks = new ArrayList<>();
    private final Instant now = Scene.BEGINNING;
    private int sequence;

    private static Ipv6Prefix prefix(int network) {
        return Ipv6Prefix.parse("2001:db8:" + network + "::/64");
    }

    private static Ipv6Address representative(int network) {
        return new Ipv6Address(prefix(network).address().high(), 0xfe);
    }

    private static Ipv6Address address(int network, int homeAgent) {
        return new Ipv6Address(prefix(network).address().high(), 0x10 + homeAgent);
    }

    private void build(Structure structure) {
        for (int network : NETWORKS) {
            networks.add(new HomeNetwork(
                    HomeNetworkConfig.of(
                            "home-" + network,
                            prefix(network),
                            representative(network),
                            new MacAddress(0x0200_5e00_00f0L + network)),
                    Scene.SEED + network));
        }
        for (int homeAgent = 1; homeAgent <= 6; homeAgent++) {
            int n = homeAgent;
            List<NdOption> options = new ArrayList<>(List.of(new HomeAgentInformation(10, 1800)));
            NETWORKS.stream()
                    .filter(network -> structure.homeAgentsOf(network).contains(n))
                    .forEach(network -> options.add(new PrefixInformation(
                            64,
                            PrefixInformation.ON_LINK | PrefixInformation.ROUTER_ADDRESS,
                            86_400,
                            86_400,
                            address(network, n))));
            if (options.size() > 1) {
                RouterAdvertisement advertisement =
                        new RouterAdvertisement(64, RouterAdvertisement.HOME_AGENT, 1800, 0, 0, options);
                PacketOrigin origin =
                        new PacketOrigin(Scene.port(n), Scene.mac(n), Scene.linkLocal(n), Ipv6Address.ALL_NODES);
                networks.forEach(network -> taken(network, network.onRouterAdvertisement(now, origin, advertisement)));
            }
        }
    }

    private static Decision taken(HomeNetwork network, Decision decision) {
        decision.changes().forEach(network::apply);
        return decision;
    }

    /** What a request to the anycast address of a home network is answered with: by that one, and by no other. */
    private List<Ipv6Address> ask(int network, Ipv6Address careOfAddress) {
        PacketOrigin origin = new PacketOrigin(
                Scene.ROUTER_PORT,
                Scene.ROUTER_MAC,
                careOfAddress,
                prefix(network).homeAgentsAnycast());
        List<SendDiscoveryReply> replies = new ArrayList<>();
        for (HomeNetwork each : networks) {
            taken(each, each.onDiscoveryRequest(now, origin, new HomeAgentAddressDiscoveryRequest(7)))
                    .effects()
                    .stream()
                    .filter(SendDiscoveryReply.class::isInstance)
                    .forEach(effect -> replies.add((SendDiscoveryReply) effect));
        }
        assertThat(replies).hasSize(1);
        assertThat(replies.get(0).source()).isEqualTo(representative(network));
        return replies.get(0).reply().homeAgents();
    }

    private void bind(int network, int mobileNode, int homeAgent) {
        sequence++;
        Ipv6Address homeAddress = new Ipv6Address(prefix(network).address().high(), 0x100 + mobileNode);
        Ipv6Address careOfAddress = Scene.careOf(mobileNode);
        for (HomeNetwork each : networks) {
            taken(
                    each,
                    each.onBindingUpdate(
                            now,
                            new PacketOrigin(
                                    Scene.ROUTER_PORT, Scene.ROUTER_MAC, careOfAddress, address(network, homeAgent)),
                            homeAddress,
                            BindingUpdate.of(
                                    new SequenceNumber(sequence),
                                    BindingUpdate.ACKNOWLEDGE | BindingUpdate.HOME_REGISTRATION,
                                    BindingLifetime.MAX,
                                    List.of())));
            taken(
                    each,
                    each.onBindingAcknowledgement(
                            now,
                            new PacketOrigin(
                                    Scene.port(homeAgent),
                                    Scene.mac(homeAgent),
                                    address(network, homeAgent),
                                    careOfAddress),
                            homeAddress,
                            BindingAcknowledgement.of(
                                    new BindingStatus(0),
                                    0,
                                    new SequenceNumber(sequence),
                                    BindingLifetime.MAX,
                                    List.of())));
        }
    }

    private static void namesAllOf(Structure structure, int network, List<Ipv6Address> named) {
        List<Ipv6Address> expected = new ArrayList<>(structure.homeAgentsOf(network).stream()
                .map(homeAgent -> address(network, homeAgent))
                .toList());
        expected.add(representative(network));
        assertThat(named).containsExactlyInAnyOrderElementsOf(expected).endsWith(representative(network));
    }

    @ParameterizedTest
    @EnumSource
    void namesTheLeastLoadedFirst(Structure structure) {
        build(structure);
        for (int network : NETWORKS) {
            List<Integer> homeAgents = structure.homeAgentsOf(network);
            int leastLoaded = homeAgents.get(homeAgents.size() - 1);
            for (int homeAgent : homeAgents) {
                IntStream.range(0, homeAgent == leastLoaded ? 2 : 5)
                        .forEach(i -> bind(network, 100 * network + 10 * homeAgent + i, homeAgent));
            }

            List<Ipv6Address> named = ask(network, Scene.careOf(9000));

            assertThat(named).startsWith(address(network, leastLoaded));
            namesAllOf(structure, network, named);
        }
    }

    @ParameterizedTest
    @EnumSource
    void givesTheSameListAgain(Structure structure) {
        build(structure);
        for (int network : NETWORKS) {
            List<Ipv6Address> named = ask(network, Scene.careOf(1));
            int first = (int) (named.get(0).low() - 0x10);
            IntStream.range(0, 5).forEach(i -> bind(network, 100 * network + i, first));

            assertThat(ask(network, Scene.careOf(1))).isEqualTo(named);
            namesAllOf(structure, network, named);
            if (structure != Structure.ONE_SERVER_EACH) {
                assertThat(ask(network, Scene.careOf(2)).get(0)).as("of others").isNotEqualTo(named.get(0));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void namesTheHomeAgentThatHoldsTheBindingFirst(Structure structure) {
        build(structure);
        for (int network : NETWORKS) {
            int holder = structure.homeAgentsOf(network).get(0);
            IntStream.range(0, 5).forEach(i -> bind(network, 100 * network + i, holder));

            List<Ipv6Address> named = ask(network, Scene.careOf(100 * network + 3));

            assertThat(named).startsWith(address(network, holder));
            namesAllOf(structure, network, named);
        }
    }
}
