package dev.roost.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretFileTest {
    private static final String SECRET = "sixteen octets!!";

    @TempDir
    private Path directory;

    @Test
    void takesTheOctetsWithoutOneLineFeedAtTheEnd() throws IOException {
        assertThat(SecretFile.read(file(SECRET + "\n", "rw-------"))).asString().isEqualTo(SECRET);
        assertThat(SecretFile.read(file(SECRET, "r--------"))).asString().isEqualTo(SECRET);
        assertThat(SecretFile.read(file(SECRET + "\n\n", "r--------")))
                .asString()
                .isEqualTo(SECRET + "\n");
    }

    @Test
    void refusesWhatOthersCanReadOrGuess() throws IOException {
        Path open = file(SECRET, "rw-r-----");
        Path brief = file(SECRET.substring(1) + "\n", "rw-------");

        assertThatThrownBy(() -> SecretFile.read(open))
                .hasMessage("wanted a file that only its owner can read (chmod 600), not rw-r-----");
        assertThatThrownBy(() -> SecretFile.read(brief)).hasMessage("wanted a secret of at least 16 octets, not 15");
        assertThatThrownBy(() -> SecretFile.read(directory.resolve("absent"))).hasMessage("wanted a file that exists");
    }

    private Path file(String content, String permissions) throws IOException {
        Path file = Files.createTempFile(directory, "key", "");
        Files.writeString(file, content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
