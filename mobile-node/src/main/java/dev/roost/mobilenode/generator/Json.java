package dev.roost.mobilenode.generator;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Builds one JSON object on one line. Names are ours and need no escaping; values are numbers, truths and addresses. */
final class Json {
    private final StringBuilder out = new StringBuilder("{");
    private boolean first = true;

    void object(String name) {
        key(name);
        out.append('{');
        first = true;
    }

    void end() {
        out.append('}');
        first = false;
    }

    void number(String name, long value) {
        key(name);
        out.append(value);
    }

    void number(String name, double value) {
        key(name);
        out.append(BigDecimal.valueOf(value)
                .setScale(3, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString());
    }

    void truth(String name, boolean value) {
        key(name);
        out.append(value);
    }

    void text(String name, String value) {
        key(name);
        out.append('"')
                .append(value.replace("\\", "\\\\").replace("\"", "\\\""))
                .append('"');
    }

    /** The whole object; nothing may be added afterwards. */
    String finish() {
        return out.append('}').toString();
    }

    private void key(String name) {
        if (!first) {
            out.append(',');
        }
        first = false;
        out.append('"').append(name).append("\":");
    }
}
