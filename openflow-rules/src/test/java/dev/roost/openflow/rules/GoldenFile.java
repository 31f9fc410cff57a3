package dev.roost.openflow.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file under version control that must be what the code makes; {@code -Dgolden.rewrite=true} makes it so, to be read as a diff. */
final class GoldenFile {

    private static final Path DIRECTORY = Path.of("src/test/resources/golden");

    private GoldenFile() {}

    static void check(String name, String actual) {
        checkAt(DIRECTORY.resolve(name), actual);
    }

    static void checkAt(Path file, String actual) {
        try {
            if (Boolean.getBoolean("golden.rewrite")) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, actual);
            }
            assertThat(Files.exists(file) ? Files.readString(file) : "")
                    .as("%s is stale: run with -Dgolden.rewrite=true and read the diff", file)
                    .isEqualTo(actual);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
