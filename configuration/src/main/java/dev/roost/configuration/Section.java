package dev.roost.configuration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A block of keys being read. Each key is asked for once; what was never asked for is unknown and becomes a problem when the
 * file's {@link ConfigurationFile#finish} is called. Problems are collected, not thrown, so one reading finds them all: a value
 * that is missing or wrong comes back empty (or as its default) and the reader goes on.
 */
public final class Section {
    private final ConfigurationFile file;
    private final String path;
    private final int line;
    private final Map<String, Node> entries;
    private final Map<String, Integer> keyLines;
    private final Set<String> asked = new LinkedHashSet<>();

    Section(ConfigurationFile file, String path, Node.Mapping mapping) {
        this.file = file;
        this.path = path;
        this.line = mapping.line();
        this.entries = mapping.entries();
        this.keyLines = mapping.keyLines();
        file.opened(this);
    }

    static Section empty(ConfigurationFile file, String path, int line) {
        return new Section(file, path, new Node.Mapping(line, new LinkedHashMap<>(), Map.of()));
    }

    /** Where this block stands, as {@code homeNetworks[0].representative}. */
    public String path() {
        return path;
    }

    /** The value of a key that may be absent. A wrong value is a problem, and empty. */
    public <T> Optional<T> optional(String key, ValueParser<T> parser) {
        Node node = take(key);
        return node == null || node instanceof Node.Empty ? Optional.empty() : scalar(pathOf(key), node, parser);
    }

    /** The value of a key, or its default. A wrong value is a problem, and the default is returned. */
    public <T> T value(String key, ValueParser<T> parser, T whenAbsent) {
        return optional(key, parser).orElse(whenAbsent);
    }

    /** The value of a key that must be there. Absence is a problem that says what was wanted. */
    public <T> Optional<T> required(String key, ValueParser<T> parser, String wanted) {
        Node node = take(key);
        if (node == null || node instanceof Node.Empty) {
            file.problem(node == null ? line : node.line(), pathOf(key), "missing; wanted " + wanted);
            return Optional.empty();
        }
        return scalar(pathOf(key), node, parser);
    }

    /** Whether the key is written in the file, with or without a value. */
    public boolean has(String key) {
        return entries.containsKey(key);
    }

    /** Whether the key holds a single value rather than a block or a list; for keys that take either. */
    public boolean isScalar(String key) {
        return entries.get(key) instanceof Node.Scalar;
    }

    /** A nested block that may be absent; it is then empty, so that its defaults apply. */
    public Section section(String key) {
        return optionalSection(key).orElseGet(() -> Section.empty(file, pathOf(key), line));
    }

    /** A nested block, when the key is there. */
    public Optional<Section> optionalSection(String key) {
        Node node = take(key);
        if (node == null || node instanceof Node.Empty) {
            return Optional.empty();
        }
        if (node instanceof Node.Mapping mapping) {
            return Optional.of(new Section(file, pathOf(key), mapping));
        }
        file.problem(node.line(), pathOf(key), node.describe() + " found; wanted a block of keys");
        return Optional.empty();
    }

    /** A nested block that must be there. */
    public Section requiredSection(String key) {
        Node node = entries.get(key);
        if (node == null || node instanceof Node.Empty) {
            asked.add(key);
            file.problem(line, pathOf(key), "missing; wanted a block of keys");
            return Section.empty(ConfigurationFile.discarding(), pathOf(key), line);
        }
        return section(key);
    }

    /** The blocks of a list; empty when the key is absent. */
    public List<Section> sections(String key) {
        List<Section> sections = new ArrayList<>();
        List<Node> items = items(key);
        for (int i = 0; i < items.size(); i++) {
            String itemPath = pathOf(key) + "[" + i + "]";
            if (items.get(i) instanceof Node.Mapping mapping) {
                sections.add(new Section(file, itemPath, mapping));
            } else {
                file.problem(items.get(i).line(), itemPath, items.get(i).describe() + " found; wanted a block of keys");
            }
        }
        return sections;
    }

    /** The values of a list; empty when the key is absent. */
    public <T> List<T> values(String key, ValueParser<T> parser) {
        List<T> values = new ArrayList<>();
        List<Node> items = items(key);
        for (int i = 0; i < items.size(); i++) {
            scalar(pathOf(key) + "[" + i + "]", items.get(i), parser).ifPresent(values::add);
        }
        return values;
    }

    /** Tells a problem that takes more than one value to see, at the line of {@code key}. */
    public void problem(String key, String message) {
        file.problem(keyLines.getOrDefault(key, line), pathOf(key), message);
    }

    void reportUnknownKeys() {
        for (String key : entries.keySet()) {
            if (!asked.contains(key)) {
                String hint = NearMiss.of(key, asked)
                        .map(near -> "; did you mean '" + near + "'?")
                        .orElseGet(() -> "; known here: " + String.join(", ", asked));
                file.problem(keyLines.getOrDefault(key, line), pathOf(key), "unknown key" + hint);
            }
        }
    }

    private List<Node> items(String key) {
        Node node = take(key);
        if (node == null || node instanceof Node.Empty) {
            return List.of();
        }
        if (node instanceof Node.Sequence sequence) {
            return sequence.items();
        }
        file.problem(node.line(), pathOf(key), node.describe() + " found; wanted a list");
        return List.of();
    }

    private <T> Optional<T> scalar(String valuePath, Node node, ValueParser<T> parser) {
        if (node instanceof Node.Scalar scalar) {
            try {
                return Optional.of(parser.parse(scalar.text()));
            } catch (IllegalArgumentException e) {
                file.problem(scalar.line(), valuePath, scalar.describe() + " found; " + e.getMessage());
            }
        } else {
            file.problem(node.line(), valuePath, node.describe() + " found; wanted a single value");
        }
        return Optional.empty();
    }

    private @Nullable Node take(String key) {
        asked.add(key);
        return entries.get(key);
    }

    private String pathOf(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
