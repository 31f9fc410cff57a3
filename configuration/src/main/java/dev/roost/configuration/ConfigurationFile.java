package dev.roost.configuration;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One reading of one configuration file. Use: {@link #read} it, ask its {@link #root} for every key, then {@link #finish}, which
 * throws if anything was wrong. Not for more than one thread, not for more than one reading.
 */
public final class ConfigurationFile {
    private static final long MAX_BYTES = 16 << 20;

    private final String name;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Section> opened = new ArrayList<>();
    private final Section root;

    private ConfigurationFile(String name, String text) {
        this.name = name;
        Node tree = YamlTree.parse(text, problems);
        if (tree instanceof Node.Mapping mapping) {
            root = new Section(this, "", mapping);
        } else {
            if (problems.isEmpty()) {
                problems.add(new Problem(tree.line(), "", tree.describe() + " found; wanted a block of keys"));
            }
            root = Section.empty(discarding(), "", 0);
        }
    }

    private ConfigurationFile() {
        name = "";
        root = Section.empty(this, "", 0);
    }

    /** A reading whose problems nobody wants to hear, because the reason for all of them has been told already. */
    static ConfigurationFile discarding() {
        return new ConfigurationFile();
    }

    /**
     * Opens a file.
     *
     * @throws ConfigurationException when it can't be read at all
     */
    public static ConfigurationFile read(Path file) throws ConfigurationException {
        try {
            if (Files.exists(file) && Files.size(file) > MAX_BYTES) {
                throw unreadable(file, "larger than " + (MAX_BYTES >> 20) + " MiB");
            }
            return ofText(file.toString(), Files.readString(file));
        } catch (NoSuchFileException e) {
            throw unreadable(file, "no such file");
        } catch (CharacterCodingException e) {
            throw unreadable(file, "not UTF-8 text");
        } catch (IOException e) {
            throw unreadable(file, "cannot be read: " + e.getMessage());
        }
    }

    /** The same for text that is at hand; {@code name} stands in messages where a file's name would. */
    public static ConfigurationFile ofText(String name, String text) {
        return new ConfigurationFile(name, text);
    }

    /** The top level of the file. */
    public Section root() {
        return root;
    }

    /**
     * Ends the reading.
     *
     * @throws ConfigurationException with every problem found, unknown keys among them
     */
    public void finish() throws ConfigurationException {
        opened.forEach(Section::reportUnknownKeys);
        opened.clear();
        if (!problems.isEmpty()) {
            problems.sort(Comparator.comparingInt(Problem::line));
            throw new ConfigurationException(name, problems);
        }
    }

    void opened(Section section) {
        opened.add(section);
    }

    void problem(int line, String path, String message) {
        problems.add(new Problem(line, path, message));
    }

    private static ConfigurationException unreadable(Path file, String why) {
        return new ConfigurationException(file.toString(), List.of(new Problem(0, "", why)));
    }
}
