package dev.roost.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class ConfigurationFileTest {
    @Test
    void tellsEveryProblemOfAFileAtOnceInTheFilesOrder() {
        ConfigurationFile file = ConfigurationFile.ofText("roost.yaml", """
                prefrence: 10
                lifetime: 70000
                keys:
                  - spi: 256
                  - spi: many
                  - 12
                """);
        Section root = file.root();
        root.value("preference", ValueParser.integer(0, 65535), 0);
        root.value("lifetime", ValueParser.integer(1, 65535), 1800);
        root.required("interface", ValueParser.text(), "the name of an interface");
        root.sections("keys").forEach(key -> key.required("spi", ValueParser.integer(256, 1 << 30), "an index"));

        ConfigurationException problems = catchThrowableOfType(ConfigurationException.class, file::finish);

        assertThat(problems).hasMessage("""
                        roost.yaml: 5 problems
                          line 1: interface: missing; wanted the name of an interface
                          line 1: prefrence: unknown key; did you mean 'preference'?
                          line 2: lifetime: '70000' found; wanted an integer from 1 to 65535
                          line 5: keys[1].spi: 'many' found; wanted an integer from 256 to 1073741824
                          line 6: keys[2]: '12' found; wanted a block of keys""".stripTrailing());
    }

    @Test
    void keepsTheTextOfScalarsThatYamlWouldTakeForNumbers() throws ConfigurationException {
        ConfigurationFile file = ConfigurationFile.ofText("x", "mac: 02:00:50:00:00:10\nid: 0012\n");

        assertThat(file.root().optional("mac", ValueParser.text())).contains("02:00:50:00:00:10");
        assertThat(file.root().optional("id", ValueParser.text())).contains("0012");
        file.finish();
    }

    @Test
    void refusesWhatIsNotABlockOfKeys() {
        assertThatThrownBy(() -> ConfigurationFile.ofText("x", "").finish()).hasMessageContaining("nothing found");
        assertThatThrownBy(() -> ConfigurationFile.ofText("x", "- a\n").finish())
                .hasMessageContaining("a list found");
        assertThatThrownBy(() -> ConfigurationFile.ofText("x", "a: [\n").finish())
                .hasMessageContaining("not valid YAML");
        assertThatThrownBy(() -> ConfigurationFile.ofText("x", "a: 1\na: 2\n").finish())
                .hasMessageContaining("Duplicate field 'a'");
        assertThatThrownBy(
                        () -> ConfigurationFile.ofText("x", "a: &b 1\nc: *b\n").finish())
                .hasMessageContaining("anchors");
        assertThatThrownBy(() -> ConfigurationFile.read(Path.of("/nonexistent/x.yaml")))
                .hasMessageContaining("no such file");
    }

    @Test
    void doesNotAskForTheKeysOfAMissingBlockOneByOne() {
        ConfigurationFile file = ConfigurationFile.ofText("x", "a: 1\n");
        file.root().value("a", ValueParser.integer(0, 9), 0);
        file.root().requiredSection("openflow").required("listen", ValueParser.text(), "host:port");

        assertThatThrownBy(file::finish)
                .hasMessage("x: 1 problem\n  line 1: openflow: missing; wanted a block of keys");
    }
}
