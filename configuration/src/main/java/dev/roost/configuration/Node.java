package dev.roost.configuration;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A YAML value with the line it begins on. Scalars keep their text: 02:00:50:00:00:10 is not a base-60 number here. */
sealed interface Node {
    int line();

    /** What an operator would call it in an error. */
    String describe();

    record Scalar(int line, String text) implements Node {
        @Override
        public String describe() {
            return "'" + text + "'";
        }
    }

    record Empty(int line) implements Node {
        @Override
        public String describe() {
            return "nothing";
        }
    }

    record Sequence(int line, List<Node> items) implements Node {
        @Override
        public String describe() {
            return "a list";
        }
    }

    record Mapping(int line, LinkedHashMap<String, Node> entries, Map<String, Integer> keyLines) implements Node {
        @Override
        public String describe() {
            return "a block of keys";
        }
    }
}
