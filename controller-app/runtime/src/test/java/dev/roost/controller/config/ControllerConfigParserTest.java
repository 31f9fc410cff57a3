package dev.roost.controller.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.roost.configuration.ConfigurationException;
import dev.roost.configuration.ConfigurationFile;
import dev.roost.loadbalancer.BalancingConfig;
import dev.roost.loadbalancer.DiscoveryLimits;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.loadbalancer.ProtectedUpdates;
import dev.roost.loadbalancer.StickinessConfig;
import dev.roost.loadbalancer.SwitchProtection;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.SwitchId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class ControllerConfigParserTest {
    private static final String MINIMAL = """
            openflow:
              listen: "127.0.0.1:6653"
            rest:
              listen: "127.0.0.1:8080"
            homeNetworks:
              - name: home
                prefix: 2001:db8:1::/64
                representative:
                  address: 2001:db8:1::fe
                  linkLayerAddress: 02:00:5e:00:00:fe
            """;

    private static ControllerConfig parse(String text) throws ConfigurationException {
        return ControllerConfigParser.parse(ConfigurationFile.ofText("roost.yaml", text));
    }

    @Test
    void takesTheMinimalFileAndDefaultsTheRest() throws ConfigurationException {
        ControllerConfig config = parse(MINIMAL);

        assertThat(config)
                .isEqualTo(new ControllerConfig(
                        new ListenAddress("127.0.0.1", 6653),
                        true,
                        new ListenAddress("127.0.0.1", 8080),
                        Path.of("/var/lib/roost/controller"),
                        LoadConfig.DEFAULTS,
                        java.util.List.of(HomeNetworkConfig.of(
                                "home",
                                Ipv6Prefix.parse("2001:db8:1::/64"),
                                Ipv6Address.parse("2001:db8:1::fe"),
                                MacAddress.parse("02:00:5e:00:00:fe")))));
    }

    @Test
    void takesEveryKey() throws ConfigurationException {
        HomeNetworkConfig home = parse(MINIMAL + """
                            switches: ["00:00:00:00:00:00:00:0a"]
                            homeAgents:
                              - linkLayerAddress: 02:00:50:00:00:10
                                address: 2001:db8:1::11
                                switch: 00:00:00:00:00:00:00:0a
                                port: 3
                            balancing:
                              maxListLength: 8
                              includeRepresentative: false
                              overloadPenalty: 100
                              recoverFraction: 0.5
                              inFlightCredit: 2.5
                              weights:
                                - {homeAgent: 2001:db8:1::11, weight: 4}
                                - {homeAgent: fe80::12, weight: 2}
                            admission: listed
                            protectedUpdates: claimed
                            limits: {discoveryRequestsPerSource: 100, discoveryRequests: 20000, discoveryRequestsPerSwitch: 30000}
                            raGuard: true
                            load:
                              thresholds: {bindings: 1000, transmitRate: 50000, receiveRate: 60000}
                              rateWindow: 3
                              staleAfter: 20
                            stickiness: {timeToLive: 0, mode: strict}
                            delegation: off
                          """.indent(2)).homeNetworks().get(0);

        assertThat(home.switches()).containsExactly(new SwitchId(10));
        assertThat(home.homeAgents()).singleElement().satisfies(homeAgent -> {
            assertThat(homeAgent.linkLayerAddress()).hasToString("02:00:50:00:00:10");
            assertThat(homeAgent.port()).isEqualTo(OptionalInt.of(3));
        });
        BalancingConfig balancing = home.balancing();
        assertThat(balancing.maxListLength()).isEqualTo(8);
        assertThat(balancing.includeRepresentative()).isFalse();
        assertThat(balancing.inFlightCredit()).isEqualTo(Duration.ofMillis(2500));
        assertThat(balancing.thresholds().receiveRate()).hasValue(60000);
        assertThat(balancing.weights())
                .isEqualTo(Map.of(Ipv6Address.parse("2001:db8:1::11"), 4, Ipv6Address.parse("fe80::12"), 2));
        assertThat(home.protectedUpdates()).isEqualTo(ProtectedUpdates.CLAIMED);
        assertThat(home.protection()).isEqualTo(new SwitchProtection(true, OptionalInt.of(30000)));
        assertThat(home.discoveryLimits()).isEqualTo(new DiscoveryLimits(OptionalInt.of(100), OptionalInt.of(20000)));
        assertThat(home.stickiness()).isEqualTo(new StickinessConfig(Duration.ZERO, StickinessConfig.Mode.STRICT));
    }

    @Test
    void tellsAllThatIsWrongAtOnce() {
        assertThatThrownBy(() -> parse("""
                                openflow:
                                  listen: localhost
                                rest:
                                  lisen: 127.0.0.1:99999
                                homeNetworks:
                                  - name: home
                                    prefix: 2001:db8:1::/64
                                    representative:
                                      address: 2001:db8:2::fe
                                      linkLayerAddress: 03:00:5e:00:00:fe
                                  - name: home
                                    prefix: 2001:db8:1::/48
                                    representative:
                                      address: 2001:db8:1::fe
                                      linkLayerAddress: 02:00:5e:00:00:fe
                                    homeAgents:
                                      - linkLayerAddress: 02:00:50:00:00:10
                                        address: 2001:db8:2::11
                                        port: 3
                                    balancing:
                                      maxListLength: 1
                                    delegation: balance
                                """)).hasMessage("""
                        roost.yaml: 8 problems
                          line 2: openflow.listen: 'localhost' found; wanted ADDRESS:PORT, as in 127.0.0.1:6653 or [::1]:6653
                          line 4: rest.lisen: unknown key; did you mean 'listen'?
                          line 9: homeNetworks[0].representative.address: '2001:db8:2::fe' found; wanted an address in the home network's prefix 2001:db8:1::/64
                          line 10: homeNetworks[0].representative.linkLayerAddress: '03:00:5e:00:00:fe' found; wanted a unicast MAC address: the first octet even, and not all zero
                          line 18: homeNetworks[1].homeAgents[0].address: '2001:db8:2::11' found; wanted an address in the prefix 2001:db8:1::/48
                          line 19: homeNetworks[1].homeAgents[0].port: a port without a switch; wanted both or only the switch
                          line 21: homeNetworks[1].balancing.maxListLength: '1' found; wanted an integer from 2 to 77
                          line 22: homeNetworks[1].delegation: 'balance' found; wanted off; this version doesn't delegate forwarding""".stripTrailing());
    }

    @Test
    void refusesWeightsLimitsAndAdmissionsThatMeanNothing() {
        String network = """
                admission: listed
                balancing:
                  weights:
                    - {homeAgent: 2001:db8:1::11, weight: 0}
                    - {homeAgent: 2001:db8:1::12, weight: 2}
                    - {homeAgent: 2001:db8:1::12, weight: 3}
                    - {weight: 3}
                limits: {discoveryRequests: 0, discoveryRequestsPerSource: many}
                protectedUpdates: always
                """;

        assertThatThrownBy(() -> parse(MINIMAL + network.indent(4)))
                .hasMessageContaining(
                        "homeNetworks[0].admission: 'listed' found, but nobody is; wanted homeAgents, too")
                .hasMessageContaining("balancing.weights[0].weight: '0' found; wanted an integer from 1 to 100")
                .hasMessageContaining(
                        "balancing.weights[2].homeAgent: '2001:db8:1::12' found; its weight is given already")
                .hasMessageContaining("balancing.weights[3].homeAgent: missing; wanted an address of a home agent")
                .hasMessageContaining("limits.discoveryRequests: '0' found; wanted an integer from 1 to 1000000")
                .hasMessageContaining("limits.discoveryRequestsPerSource: 'many' found")
                .hasMessageContaining("protectedUpdates: 'always' found; wanted");
        assertThatThrownBy(() -> parse(MINIMAL + """
                            admission: learn
                            homeAgents:
                              - linkLayerAddress: 02:00:50:00:00:10
                        """))
                .hasMessageContaining("'learn' found, but homeAgents admits nobody else");
    }

    /** Embodiments 4 to 6 of the patent differ in which home agents each network admits; 1 to 3 in these keys. */
    @Test
    void takesSeveralHomeNetworksEachWithItsOwnWayToAnswer() throws ConfigurationException {
        ControllerConfig config = parse(MINIMAL + """
                    stickiness: {timeToLive: 0}
                  - name: shared
                    prefix: 2001:db8:2::/64
                    representative: {address: 2001:db8:2::fe, linkLayerAddress: 02:00:5e:00:00:fd}
                    stickiness: {timeToLive: 120, mode: strict}
                  - name: one-server
                    prefix: 2001:db8:3::/64
                    representative: {address: 2001:db8:3::fe, linkLayerAddress: 02:00:5e:00:00:fc}
                    homeAgents:
                      - linkLayerAddress: 02:00:50:00:00:10
                """);

        assertThat(config.homeNetworks())
                .extracting(HomeNetworkConfig::name)
                .containsExactly("home", "shared", "one-server");
        assertThat(config.homeNetworks())
                .extracting(network -> network.stickiness().timeToLive().toSeconds())
                .containsExactly(0L, 120L, 60L);
        assertThat(config.homeNetworks())
                .extracting(network -> network.stickiness().mode())
                .containsExactly(
                        StickinessConfig.Mode.DEFAULT, StickinessConfig.Mode.STRICT, StickinessConfig.Mode.DEFAULT);
        assertThat(config.homeNetworks())
                .extracting(network -> network.homeAgents().size())
                .containsExactly(0, 0, 1);
    }

    @Test
    void refusesNetworksThatCannotBeToldApart() {
        String second = MINIMAL.substring(MINIMAL.indexOf("  - name"));

        assertThatThrownBy(() -> parse(MINIMAL + second))
                .hasMessageContaining("homeNetworks[1].name: 'home' found; another home network has this name")
                .hasMessageContaining("homeNetworks[1].prefix: '2001:db8:1::/64' found; it overlaps 2001:db8:1::/64");
    }

    @Test
    void refusesARepresentativeOutsideItsNetworkOrWithTheAnycastAddress() {
        assertThatThrownBy(() -> parse(MINIMAL.replace("2001:db8:1::fe", "2001:db8:2::fe")))
                .hasMessageContaining(
                        "representative.address: '2001:db8:2::fe' found; wanted an address in the home network's");
        assertThatThrownBy(() -> parse(MINIMAL.replace("2001:db8:1::fe", "2001:db8:1:0:fdff:ffff:ffff:fffe")))
                .hasMessageContaining("never a source");
    }

    @Test
    void refusesAFileWithoutAHomeNetwork() {
        assertThatThrownBy(() -> parse("rest:\n  listen: 127.0.0.1:80\n"))
                .hasMessageContaining("homeNetworks: missing; wanted a list of at least one home network");
        assertThatThrownBy(() -> parse("homeNetworks: []\n")).hasMessageContaining("wanted 1 to 255 home networks");
    }
}
