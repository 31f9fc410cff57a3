package dev.roost.controller.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.roost.configuration.ConfigurationException;
import dev.roost.configuration.ConfigurationFile;
import dev.roost.loadbalancer.BalancingConfig;
import dev.roost.loadbalancer.DelegationConfig;
import dev.roost.loadbalancer.DiscoveryLimits;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.loadbalancer.ProtectedUpdates;
import dev.roost.loadbalancer.StickinessConfig;
import dev.roost.loadbalancer.SwitchProtection;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.topology.SwitchId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
                        List.of(HomeNetworkConfig.of(
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
                          line 22: homeNetworks[1].delegation: 'balance' found; wanted a block of keys, or the word off""".stripTrailing());
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

    private static Path secret(Path directory, String name, String content) throws IOException {
        Path file = Files.writeString(directory.resolve(name), content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    @Test
    void takesEveryKeyOfDelegation(@TempDir Path directory) throws Exception {
        Path first = secret(directory, "first", "a secret of sixteen octets\n");
        Path second = secret(directory, "second", "another secret, as long");
        HomeNetworkConfig home = parse(
                        MINIMAL + """
                            delegation:
                              mode: balance
                              port: 5440
                              keys:
                                - {id: 7, keyFile: %s}
                                - {id: 1, keyFile: %s}
                              movesAtOnce: 8
                              movesPerMinute: 60
                              moveAgainAfter: 30.5
                              imbalance: 1.25
                              unmodifiedHomeAgents: reregister
                              representative: serve
                              authentication:
                                requireTimestamp: true
                                keys:
                                  - {homeAddress: 2001:db8:1::100, spi: 256, keyFile: %s}
                          """.formatted(first, second, first).indent(2))
                .homeNetworks()
                .get(0);

        OpaqueBytes secret = OpaqueBytes.of("a secret of sixteen octets".getBytes(StandardCharsets.UTF_8));
        assertThat(home.delegation())
                .isEqualTo(new DelegationConfig(
                        DelegationConfig.Mode.BALANCE,
                        5440,
                        List.of(
                                new DelegationConfig.Key(7, secret),
                                new DelegationConfig.Key(
                                        1, OpaqueBytes.of("another secret, as long".getBytes(StandardCharsets.UTF_8)))),
                        8,
                        60,
                        Duration.ofMillis(30_500),
                        1.25,
                        DelegationConfig.UnmodifiedHomeAgents.REREGISTER,
                        DelegationConfig.Representative.SERVE,
                        new DelegationConfig.Authentication(
                                true,
                                true,
                                List.of(new DelegationConfig.RegistrationKey(
                                        Ipv6Address.parse("2001:db8:1::100"), 256, secret)))));
        assertThat(home.toString()).as("in a log").doesNotContain(secret.toString());
    }

    @Test
    void tellsAllThatIsWrongWithDelegationAtOnce() {
        String delegation = """
                delegation:
                  mode: balanced
                  port: 0
                  keys:
                    - {id: 1, keyFile: /nowhere/at/all}
                    - {id: -1, keyFile: /nowhere/at/all}
                    - {id: 1, keyfile: /nowhere}
                  movesAtOnce: 1001
                  moves_per_minute: 4
                  imbalance: 0.9
                  unmodifiedHomeAgents: ignore
                  representative: serve
                """;

        assertThatThrownBy(() -> parse(MINIMAL + delegation.indent(4)))
                .hasMessageContaining(
                        "delegation.mode: 'balanced' found; wanted one of off, drain, balance; did you mean 'balance'?")
                .hasMessageContaining("delegation.port: '0' found; wanted an integer from 1 to 65535")
                .hasMessageContaining("delegation.keys[0].keyFile: '/nowhere/at/all' found; wanted a file that exists")
                .hasMessageContaining("delegation.keys[1].id: '-1' found; wanted an integer from 0 to 4294967295")
                .hasMessageContaining("delegation.keys[2].keyfile: unknown key; did you mean 'keyFile'?")
                .hasMessageContaining("delegation.movesAtOnce: '1001' found; wanted an integer from 1 to 1000")
                .hasMessageContaining("delegation.moves_per_minute: unknown key; did you mean 'movesPerMinute'?")
                .hasMessageContaining("delegation.imbalance: '0.9' found; wanted a number from 1 to 100")
                .hasMessageContaining("unmodifiedHomeAgents: 'ignore' found; wanted one of leave, reregister")
                .hasMessageContaining("delegation.authentication: missing; wanted a block with keys, or the word none");
        assertThatThrownBy(() -> parse(MINIMAL + "    delegation: {mode: drain}\n"))
                .hasMessageContaining(
                        "delegation.keys: missing; wanted at least one key, unless mode is off and representative refuse");
        assertThatThrownBy(() -> parse(MINIMAL + "    delegation: {keys: []}\n"))
                .hasMessageContaining("delegation.keys: no key found; wanted at least one");
    }

    @Test
    void speaksNoForwardingProtocolUnlessToldTo() throws ConfigurationException {
        assertThat(parse(MINIMAL).homeNetworks().get(0).delegation()).isEqualTo(DelegationConfig.OFF);
        assertThat(parse(MINIMAL + "    delegation: {mode: off}\n")
                        .homeNetworks()
                        .get(0)
                        .delegation())
                .isEqualTo(DelegationConfig.OFF);
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
