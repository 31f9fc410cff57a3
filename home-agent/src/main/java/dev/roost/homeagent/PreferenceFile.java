package dev.roost.homeagent;

import dev.roost.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The preference as the configuration file has it now: routine 80 reads it before every router advertisement, so that an operator
 * changes it without a restart. While the file is wrong the last good value counts, and that is told once.
 *
 * <p>The loop thread calls it. It reads a small file when that changed, and only looks at its times otherwise.
 */
final class PreferenceFile {
    private final Path configurationFile;
    private final Consumer<String> problems;
    private Optional<Stamp> lastRead = Optional.empty();
    private int preference;

    /** What changes when a file does. */
    private record Stamp(long size, long modifiedNanos, Object identity) {
        static Stamp of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            Object key = attributes.fileKey();
            return new Stamp(
                    attributes.size(),
                    attributes.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS),
                    key == null ? "" : key);
        }
    }

    PreferenceFile(Path configurationFile, int preference, Consumer<String> problems) {
        this.configurationFile = configurationFile;
        this.preference = preference;
        this.problems = problems;
    }

    int preference() {
        try {
            Optional<Stamp> stamp = Optional.of(Stamp.of(configurationFile));
            if (!stamp.equals(lastRead)) {
                lastRead = stamp;
                preference = ConfigurationReader.read(configurationFile).preference();
            }
        } catch (ConfigurationException e) {
            problems.accept(e.getMessage());
        } catch (IOException e) {
            if (lastRead.isPresent()) {
                lastRead = Optional.empty();
                problems.accept(configurationFile + ": " + e);
            }
        }
        return preference;
    }
}
