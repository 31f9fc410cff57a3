package dev.roost.controller.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.roost.configuration.ConfigurationException;
import dev.roost.configuration.ConfigurationFile;
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

final class LoadParserTest {
    @TempDir
    private Path directory;

    @Test
    void readsTheSwitchesEachSecondUnlessToldOtherwise() throws ConfigurationException {
        assertThat(parse("")).isEqualTo(LoadConfig.DEFAULTS);
        assertThat(parse("load: {source: openflow, period: 5}").period()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void takesEveryKey() throws ConfigurationException, IOException {
        LoadConfig.Snmp snmp = parse("""
                load:
                  source: snmp
                  period: 2
                  snmp:
                    user: roost
                    authenticationKeyFile: %1$s
                    privacyKeyFile: %1$s
                    port: 1161
                    timeout: 0.5
                    tablePeriod: 30
                    notifications: '[::]:162'
                    agents:
                      - {homeAgent: 2001:db8:1::11, address: '192.0.2.11:161'}
                """.formatted(key())).snmp().orElseThrow();

        assertThat(snmp.user().name()).isEqualTo("roost");
        assertThat(snmp.port()).isEqualTo(1161);
        assertThat(snmp.timeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(snmp.tablePeriod()).isEqualTo(Duration.ofSeconds(30));
        assertThat(snmp.notifications().orElseThrow().getPort()).isEqualTo(162);
        assertThat(snmp.agents()).singleElement().satisfies(agent -> {
            assertThat(agent.homeAgent()).isEqualTo(Ipv6Address.parse("2001:db8:1::11"));
            assertThat(agent.address()).hasToString("/192.0.2.11:161");
        });
        String same = "load: {source: snmp, snmp: {user: roost, authenticationKeyFile: %1$s, privacyKeyFile: %1$s}}";
        assertThat(parse(same.formatted(key()))).isEqualTo(parse(same.formatted(key())));
    }

    @Test
    void wantsSourceAndBlockToAgree() throws IOException {
        assertThatThrownBy(() -> parse("load: {source: snmp}"))
                .hasMessageContaining(
                        "load.snmp: missing; wanted a block with user, authenticationKeyFile and privacyKeyFile");
        String block =
                "load: {snmp: {user: roost, authenticationKeyFile: %1$s, privacyKeyFile: %1$s}}".formatted(key());
        assertThatThrownBy(() -> parse(block)).hasMessageContaining("wanted source: snmp, or no such block");
        assertThatThrownBy(() -> parse("load: {source: snnp}"))
                .hasMessageContaining("load.source: 'snnp' found; wanted one of openflow, snmp; did you mean 'snmp'?");
    }

    /** Every key that the parser knows has its row in the operations guide. */
    @Test
    void isDocumentedKeyByKey() throws IOException {
        String unknown = """
                load:
                  zzzzzzzzz: 1
                  snmp:
                    zzzzzzzzz: 1
                    agents:
                      - zzzzzzzzz: 1
                """;
        String problems = catchThrowableOfType(ConfigurationException.class, () -> parse(unknown))
                .getMessage();
        String guide = Files.readString(Path.of("..", "..", "docs", "operations.md"));

        Matcher known = Pattern.compile("line \\d+: (.*)zzzzzzzzz: unknown key; known here: (.+)")
                .matcher(problems);
        int blocks = 0;
        for (; known.find(); blocks++) {
            String block = known.group(1).replaceAll("\\[\\d+]", "[]");
            for (String key : known.group(2).split(", ", -1)) {
                assertThat(guide).contains("| `" + block + key);
            }
        }
        assertThat(blocks).isEqualTo(3);
    }

    private static LoadConfig parse(String load) throws ConfigurationException {
        ConfigurationFile file = ConfigurationFile.ofText("roost.yaml", load.isEmpty() ? "{}" : load);
        LoadConfig config = LoadParser.parse(file.root().section("load"));
        file.finish();
        return config;
    }

    private Path key() throws IOException {
        Path file = directory.resolve("key");
        Files.writeString(file, "sixteen octets!!\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
}
