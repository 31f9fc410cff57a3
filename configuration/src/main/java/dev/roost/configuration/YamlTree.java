package dev.roost.configuration;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads YAML text into {@link Node}s. Anchors and aliases are refused: a configuration should read as it stands. */
final class YamlTree {
    private static final YAMLFactory YAML = YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final int MAX_DEPTH = 32;

    private YamlTree() {}

    /** @return the root of the only document; {@link Node.Empty} for an empty file; a problem is added where it is not YAML */
    static Node parse(String text, List<Problem> problems) {
        try (YAMLParser parser = YAML.createParser(text)) {
            if (parser.nextToken() == null) {
                return new Node.Empty(0);
            }
            Node root = value(parser, 0);
            if (parser.nextToken() != null) {
                problems.add(new Problem(line(parser), "", "a second YAML document; one is wanted"));
            }
            return root;
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            problems.add(new Problem(line, "", "not valid YAML: " + firstLine(e.getOriginalMessage())));
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
        return new Node.Empty(0);
    }

    private static Node value(YAMLParser parser, int depth) throws IOException {
        int line = line(parser);
        if (parser.isCurrentAlias() || parser.getObjectId() != null) {
            throw new JsonParseException(parser, "anchors and aliases are not supported");
        }
        if (depth > MAX_DEPTH) {
            throw new JsonParseException(parser, "nested deeper than " + MAX_DEPTH);
        }
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            return mapping(parser, line, depth);
        }
        if (token == JsonToken.START_ARRAY) {
            List<Node> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(value(parser, depth + 1));
            }
            return new Node.Sequence(line, items);
        }
        if (token == JsonToken.VALUE_NULL || parser.getText().isBlank()) {
            return new Node.Empty(line);
        }
        return new Node.Scalar(line, parser.getText().strip());
    }

    private static Node mapping(YAMLParser parser, int line, int depth) throws IOException {
        LinkedHashMap<String, Node> entries = new LinkedHashMap<>();
        Map<String, Integer> keyLines = new HashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            keyLines.put(key, line(parser));
            parser.nextToken();
            entries.put(key, value(parser, depth + 1));
        }
        return new Node.Mapping(line, entries, keyLines);
    }

    private static int line(YAMLParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse(message);
    }
}
