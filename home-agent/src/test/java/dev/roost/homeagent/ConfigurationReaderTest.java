package dev.roost.homeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.roost.configuration.ConfigurationException;
import dev.roost.configuration.ConfigurationFile;
import dev.roost.delegation.ForwardingKey;
import dev.roost.delegation.PrimarySettings;
import dev.roost.homeagent.snmp.SnmpSettings;
import dev.roost.mobileip.Ipv6Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigurationReaderTest {
    @TempDir
    private Path directory;

    @Test
    void readsTheDocumentedConfiguration() throws ConfigurationException, IOException {
        HomeAgentConfiguration configuration = read("""
                interface: eth0
                address: 2001:db8:1::11/64
                preference: 10
                lifetime: 900
                routerAdvertisementInterval: 0.5
                statePath: /tmp/state
                authentication:
                  keys:
                    - homeAddress: 2001:db8:1::100
                      spi: 256
                      keyFile: %s
                """.formatted(key("rw-------")));

        assertThat(configuration.interfaceName()).isEqualTo("eth0");
        assertThat(configuration.address()).isEqualTo(Ipv6Address.parse("2001:db8:1::11"));
        assertThat(configuration.prefix()).hasToString("2001:db8:1::/64");
        assertThat(configuration.preference()).isEqualTo(10);
        assertThat(configuration.advertised().homeAgentLifetime()).isEqualTo(900);
        assertThat(configuration.advertised().interval()).isEqualTo(Duration.ofMillis(500));
        assertThat(configuration.statePath()).isEqualTo(Path.of("/tmp/state"));
        assertThat(configuration.authentication().required()).isTrue();
        assertThat(configuration.authentication().keys()).hasToString("[key of 2001:db8:1::100 with spi 256]");
    }

    @Test
    void takesTheMinimumWithDefaults() throws ConfigurationException {
        HomeAgentConfiguration configuration =
                read("interface: eth0\naddress: 2001:db8:1::11/64\nauthentication: none\n");

        assertThat(configuration.authentication().required()).isFalse();
        assertThat(configuration.preference()).isZero();
        assertThat(configuration.advertised().homeAgentLifetime()).isEqualTo(1800);
        assertThat(configuration.advertised().interval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(configuration.statePath()).isEqualTo(Path.of("/var/lib/roost/home-agent"));
    }

    @Test
    void tellsAllThatIsWrongAtOnce() throws IOException {
        Path open = key("rw-r--r--");
        assertThatThrownBy(() -> read("""
                        interfaec: eth0
                        address: 2001:db8:1::11
                        preference: 65536
                        lifetime: 0
                        routerAdvertisementInterval: 0.05
                        prefixValidLifetime: 100
                        prefixPreferredLifetime: 200
                        authentication:
                          keys:
                            - homeAddress: 2001:db8:2::100
                              spi: 255
                              keyFile: %s
                            - homeAddress: 2001:db8:1::100
                        """.formatted(open)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("""
                        ha.yaml: 11 problems
                          line 1: interface: missing; wanted the interface on the home link, as eth0
                          line 1: interfaec: unknown key; did you mean 'interface'?
                          line 2: address: '2001:db8:1::11' found; wanted a unicast address with the length of its prefix, as 2001:db8:1::11/64
                          line 3: preference: '65536' found; wanted an integer from 0 to 65535
                          line 4: lifetime: '0' found; wanted an integer from 1 to 65535
                          line 5: routerAdvertisementInterval: '0.05' found; wanted seconds from 0.07 to 1800
                          line 7: prefixPreferredLifetime: '200' found; wanted no more than prefixValidLifetime, 100
                          line 11: authentication.keys[0].spi: '255' found; wanted an integer from 256 to 4294967295
                          line 12: authentication.keys[0].keyFile: '%s' found; wanted a file that only its owner can read (chmod 600), not rw-r--r--
                          line 13: authentication.keys[1].spi: missing; wanted a security parameter index, as 256
                          line 13: authentication.keys[1].keyFile: missing; wanted the path of a file with the key""".formatted(open));
    }

    @Test
    void wantsARouterLifetimeOfZeroOrNoLessThanTheIntervalOfAdvertisements() throws ConfigurationException {
        String rest = """
                interface: eth0
                address: 2001:db8:1::11/64
                authentication: none
                routerAdvertisementInterval: 600
                """;

        assertThat(read(rest + "routerLifetime: 0\n").advertised().routerLifetime())
                .isZero();
        assertThat(read(rest + "routerLifetime: 600\n").advertised().routerLifetime())
                .isEqualTo(600);
        assertThatThrownBy(() -> read(rest + "routerLifetime: 599\n"))
                .hasMessageContaining(
                        "line 5: routerLifetime: '599' found; wanted 0, or no less than routerAdvertisementInterval");
    }

    @Test
    void readsWhereAndForWhomSnmpIsServed() throws ConfigurationException, IOException {
        String rest = "interface: eth0\naddress: 2001:db8:1::11/64\nauthentication: none\nsnmp:\n";
        String user =
                "  user: roost\n  authenticationKeyFile: %1$s\n  privacyKeyFile: %1$s\n".formatted(key("rw-------"));
        SnmpSettings settings = read(rest + user
                        + "  listen: '[2001:db8:1::11]:161'\n  notify: ['192.0.2.1:162', '[::1]:1162']\n")
                .snmp()
                .orElseThrow();

        assertThat(settings.listen()).hasToString("/[2001:db8:1:0:0:0:0:11]:161");
        assertThat(settings.managers()).hasToString("[/192.0.2.1:162, /[0:0:0:0:0:0:0:1]:1162]");
        assertThat(settings.user().name()).isEqualTo("roost");
        assertThatThrownBy(() -> read(rest + user + "  listen: localhost:161\n  notify: ['1.2.3.4:99999']\n"))
                .hasMessageContaining("2 problems")
                .hasMessageContaining(
                        "snmp.listen: 'localhost:161' found; wanted ADDRESS:PORT, as in 127.0.0.1:161 or [2001:db8:1::11]:161")
                .hasMessageContaining("snmp.notify[0]: '1.2.3.4:99999' found; wanted ADDRESS:PORT");
    }

    @Test
    void readsWhoForwards() throws ConfigurationException, IOException {
        String rest = "interface: eth0\naddress: 2001:db8:1::11/64\nauthentication: none\n";
        Path key = key("rw-------");
        DelegationConfiguration least = read(rest + "delegation:\n  keys: [{id: 1, keyFile: " + key + "}]\n")
                .delegation()
                .orElseThrow();
        assertThat(least.port()).isEqualTo(5439);
        assertThat(least.mode()).isEqualTo(PrimarySettings.Mode.LATE);
        assertThat(least.policy()).isEqualTo(PrimarySettings.Policy.NONE);
        assertThat(least.representative()).isEmpty();
        assertThat(least.gracePeriod()).isEqualTo(Duration.ofSeconds(3));

        DelegationConfiguration all =
                read(rest + """
                delegation:
                  port: 6000
                  keys:
                    - {id: 2, keyFile: %1$s}
                    - {id: 1, keyFile: %1$s}
                  representative: 2001:db8:1::fe
                  mode: strict
                  secondaries: [2001:db8:1::12, 2001:db8:1::13]
                  policy: threshold
                  transmitThreshold: 250.5
                  outerSource: forwarder
                  gracePeriod: 0.5
                """.formatted(key)).delegation().orElseThrow();

        assertThat(all.port()).isEqualTo(6000);
        assertThat(all.keys()).extracting(ForwardingKey::identifier).containsExactly(2L, 1L);
        assertThat(all.representative()).hasToString("Optional[2001:db8:1::fe]");
        assertThat(all.secondaries()).hasToString("[2001:db8:1::12, 2001:db8:1::13]");
        assertThat(all.mode()).isEqualTo(PrimarySettings.Mode.STRICT);
        assertThat(all.policy()).isEqualTo(PrimarySettings.Policy.THRESHOLD);
        assertThat(all.transmitThreshold()).isEqualTo(250.5);
        assertThat(all.outerSource()).isEqualTo(PrimarySettings.OuterSource.FORWARDER);
        assertThat(all.gracePeriod()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void tellsAllThatIsWrongWithDelegationAtOnce() throws IOException {
        Path key = key("rw-------");
        assertThatThrownBy(() -> read("""
                        interface: eth0
                        address: 2001:db8:1::11/64
                        authentication: none
                        delegation:
                          port: 0
                          keys:
                            - {id: 1, keyFile: %1$s}
                            - {id: 1, keyFile: %1$s}
                            - {id: 4294967296}
                          representative: 2001:db8:1::12
                          mode: strickt
                          secondaries: [2001:db8:1::11, 2001:db8:2::1, 2001:db8:1::12, 2001:db8:1::12]
                          polcy: equal
                          outerSource: forwarder
                          gracePeriod: 601
                        """.formatted(key))).hasMessage("""
                        ha.yaml: 11 problems
                          line 5: delegation.port: '0' found; wanted an integer from 1 to 65535
                          line 8: delegation.keys[1].id: '1' found; wanted one that no other key has
                          line 9: delegation.keys[2].id: '4294967296' found; wanted an integer from 0 to 4294967295
                          line 9: delegation.keys[2].keyFile: missing; wanted the path of a file with the key
                          line 10: delegation.representative: '2001:db8:1::12' found; wanted none of the secondaries
                          line 11: delegation.mode: 'strickt' found; wanted one of late, strict; did you mean 'strict'?
                          line 12: delegation.secondaries[0]: '2001:db8:1::11' found; wanted another one's address, not this home agent's own
                          line 12: delegation.secondaries[1]: '2001:db8:2::1' found; wanted another home agent's address in 2001:db8:1::/64
                          line 12: delegation.secondaries: '2001:db8:1::12' found twice; wanted it once
                          line 13: delegation.polcy: unknown key; did you mean 'policy'?
                          line 15: delegation.gracePeriod: '601' found; wanted seconds from 0 to 600""");
        String rest = "interface: eth0\naddress: 2001:db8:1::11/64\nauthentication: none\ndelegation:\n";
        assertThatThrownBy(() -> read(rest + "  mode: strict\n  policy: even\n"))
                .hasMessageContaining("3 problems")
                .hasMessageContaining("delegation.keys: no key found; wanted at least one, with id and keyFile")
                .hasMessageContaining(
                        "delegation.mode: 'strict' found; wanted late, or secondaries that are to be asked")
                .hasMessageContaining("delegation.policy: 'even' found; wanted none, or secondaries to delegate to");
    }

    /** Every key that the parser knows has its row in the operations guide. */
    @Test
    void isDocumentedKeyByKey() throws IOException {
        String unknown = """
                interface: eth0
                address: 2001:db8:1::11/64
                zzzzzzzzz: 1
                authentication:
                  zzzzzzzzz: 1
                  keys:
                    - zzzzzzzzz: 1
                delegation:
                  zzzzzzzzz: 1
                  keys:
                    - zzzzzzzzz: 1
                snmp:
                  zzzzzzzzz: 1
                """;
        String problems = catchThrowableOfType(ConfigurationException.class, () -> read(unknown))
                .getMessage();
        String guide = Files.readString(Path.of("..", "docs", "operations.md"));
        int start = guide.indexOf("## The home agent's configuration");
        String table = guide.substring(start, guide.indexOf("\n## ", start));

        Matcher known = Pattern.compile("line \\d+: (.*)zzzzzzzzz: unknown key; known here: (.+)")
                .matcher(problems);
        int blocks = 0;
        for (; known.find(); blocks++) {
            String block = known.group(1).replaceAll("\\[\\d+]", "[]");
            for (String key : known.group(2).split(", ", -1)) {
                assertThat(table).contains("| `" + block + key);
            }
        }
        assertThat(blocks).isEqualTo(6);
    }

    @Test
    void wantsTheAbsenceOfAuthenticationWrittenOut() {
        String rest = "interface: eth0\naddress: 2001:db8:1::11/64\n";
        for (String forgotten : new String[] {"", "authentication:\n", "authentication: []\n"}) {
            assertThatThrownBy(() -> read(rest + forgotten))
                    .hasMessageContaining(
                            "authentication: missing; wanted a block with keys, or the word none written out");
        }
        assertThatThrownBy(() -> read(rest + "authentication: nono\n"))
                .hasMessageContaining("authentication: 'nono' found; wanted a block with keys, or the word none");
        assertThatThrownBy(() -> read(rest + "authentication:\n  keys: []\n"))
                .hasMessageContaining(
                        "authentication.keys: no key found; wanted at least one, or authentication: none");
    }

    @Test
    void refusesAddressesThatNoHomeAgentCanHave() {
        for (String address :
                new String[] {"fe80::1/64", "ff02::1/64", "2001:db8:1:0:fdff:ffff:ffff:fffe/64", "::/64"}) {
            assertThatThrownBy(() -> read("interface: eth0\nauthentication: none\naddress: " + address + "\n"))
                    .as(address)
                    .hasMessageContaining("1 problem")
                    .hasMessageContaining("address: '" + address + "' found; wanted");
        }
    }

    @Test
    void refusesAKeyOutsideTheHomeNetworkOrASecondOneOfTheSameName() throws IOException {
        Path key = key("rw-------");
        String entry = "    - {homeAddress: 2001:db8:%s::100, spi: 256, keyFile: " + key + "}\n";
        String rest = "interface: eth0\naddress: 2001:db8:1::11/64\nauthentication:\n  keys:\n";

        assertThatThrownBy(() -> read(rest + entry.formatted("2")))
                .hasMessageContaining("'2001:db8:2::100' found; wanted an address in 2001:db8:1::/64");
        assertThatThrownBy(() -> read(rest + entry.formatted("1") + entry.formatted("1")))
                .hasMessageContaining("'256' found; wanted one that 2001:db8:1::100 has no key for yet");
    }

    private static HomeAgentConfiguration read(String text) throws ConfigurationException {
        return ConfigurationReader.read(ConfigurationFile.ofText("ha.yaml", text));
    }

    private Path key(String permissions) throws IOException {
        Path file = Files.createTempFile(directory, "key", "");
        Files.writeString(file, "sixteen octets!!\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
