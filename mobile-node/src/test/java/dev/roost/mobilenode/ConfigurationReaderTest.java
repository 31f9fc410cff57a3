package dev.roost.mobilenode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.roost.configuration.ConfigurationException;
import dev.roost.configuration.ConfigurationFile;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
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
    @Test
    void readsTheSmallestFile() throws ConfigurationException {
        MobileNodeConfiguration configuration = read("""
                interface: eth0
                homeAddress: 2001:db8:1::100/64
                authentication: none
                """);

        assertThat(configuration.interfaceName()).isEqualTo("eth0");
        assertThat(configuration.homeAddress()).isEqualTo(Ipv6Address.parse("2001:db8:1::100"));
        assertThat(configuration.homePrefix()).isEqualTo(Ipv6Prefix.parse("2001:db8:1::/64"));
        assertThat(configuration.homeAgent()).isEmpty();
        assertThat(configuration.lifetime()).isEqualTo(Duration.ofMinutes(10));
        assertThat(configuration.authentication()).isEmpty();
    }

    @Test
    void readsAHomeAgentAndAKey(@TempDir Path directory) throws ConfigurationException, IOException {
        Path key = directory.resolve("key");
        Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(key, "0123456789abcdef\n");

        MobileNodeConfiguration configuration = read("""
                interface: eth0
                homeAddress: 2001:db8:1::100/64
                homeAgent: 2001:db8:1::11
                lifetime: 60
                authentication:
                  spi: 256
                  keyFile: %s
                """.formatted(key));

        assertThat(configuration.homeAgent()).contains(Ipv6Address.parse("2001:db8:1::11"));
        assertThat(configuration.authentication().orElseThrow().securityParameterIndex())
                .isEqualTo(256);
    }

    @Test
    void tellsAllThatIsWrongAtOnce() {
        assertThatThrownBy(() -> read("""
                        interfase: eth0
                        homeAddress: 2001:db8:1::100
                        homeAgent: ff02::1
                        lifetime: 2
                        authentication: nine
                        """)).hasMessage("""
                        mn.yaml: 6 problems
                          line 1: interface: missing; wanted the interface that moves, as eth0
                          line 1: interfase: unknown key; did you mean 'interface'?
                          line 2: homeAddress: '2001:db8:1::100' found; wanted a unicast address with the length of the home prefix, as 2001:db8:1::100/64
                          line 3: homeAgent: 'ff02::1' found; wanted the unicast address of a home agent, as 2001:db8:1::11
                          line 4: lifetime: '2' found; wanted seconds from 4 to 262140
                          line 5: authentication: 'nine' found; wanted a block with spi and keyFile, or the word none""".stripTrailing());
    }

    @Test
    void wantsTheAbsenceOfAuthenticationWrittenOut() {
        assertThatThrownBy(() -> read("interface: eth0\nhomeAddress: 2001:db8:1::100/64\n"))
                .hasMessageContaining(
                        "authentication: missing; wanted a block with spi and keyFile, or the word none written out");
    }

    /** Every key that the parser knows has its row in the operations guide. */
    @Test
    void isDocumentedKeyByKey() throws IOException {
        String unknown = """
                interface: eth0
                homeAddress: 2001:db8:1::100/64
                zzzzzzzzz: 1
                authentication:
                  zzzzzzzzz: 1
                """;
        String problems = catchThrowableOfType(ConfigurationException.class, () -> read(unknown))
                .getMessage();
        String guide = Files.readString(Path.of("..", "docs", "operations.md"));
        int start = guide.indexOf("## The mobile node's configuration");
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
        assertThat(blocks).isEqualTo(2);
    }

    @Test
    void refusesTheAnycastAddressOfHomeAgents() {
        assertThatThrownBy(() -> read("""
                        interface: eth0
                        homeAddress: 2001:db8:1:0:fdff:ffff:ffff:fffe/64
                        authentication: none
                        """)).hasMessageContaining("not the anycast one of home agents");
    }

    private static MobileNodeConfiguration read(String text) throws ConfigurationException {
        return ConfigurationReader.read(ConfigurationFile.ofText("mn.yaml", text));
    }
}
