package dev.roost.configuration;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns the text of a scalar into a value.
 *
 * @param <T> the type of the value, never null
 */
@FunctionalInterface
public interface ValueParser<T> {
    /**
     * Parses one scalar.
     *
     * @param text the scalar, without surrounding white space
     * @return the value
     * @throws IllegalArgumentException when the text is none; its message says what was wanted, as in "wanted an IPv6 address"
     */
    T parse(String text);

    /** The text itself. */
    static ValueParser<String> text() {
        return text -> text;
    }

    /** A decimal integer within {@code min..max}. */
    static ValueParser<Integer> integer(int min, int max) {
        ValueParser<Long> integer = integer((long) min, max);
        return text -> Math.toIntExact(integer.parse(text));
    }

    /** A decimal integer within {@code min..max}. */
    static ValueParser<Long> integer(long min, long max) {
        return text -> {
            String wanted = "wanted an integer from " + min + " to " + max;
            try {
                long value = Long.parseLong(text);
                if (value >= min && value <= max) {
                    return value;
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(wanted, e);
            }
            throw new IllegalArgumentException(wanted);
        };
    }

    /** The name of a network interface, as Linux allows it. */
    static ValueParser<String> interfaceName() {
        return text -> {
            if (!text.matches("[^\\s/]{1,15}")) {
                throw new IllegalArgumentException("wanted the name of an interface, at most 15 characters");
            }
            return text;
        };
    }

    /** An address and a port, as {@code 127.0.0.1:161} or {@code [2001:db8:1::11]:161}; no name is looked up. */
    static ValueParser<InetSocketAddress> socketAddress() {
        return text -> {
            Matcher parts = Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([0-9]+(?:\\.[0-9]+){3})):([0-9]{1,5})")
                    .matcher(text);
            String wanted = "wanted ADDRESS:PORT, as in 127.0.0.1:161 or [2001:db8:1::11]:161";
            if (!parts.matches() || Integer.parseInt(parts.group(3)) > 0xffff) {
                throw new IllegalArgumentException(wanted);
            }
            String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
            try {
                return new InetSocketAddress(InetAddress.getByName(host), Integer.parseInt(parts.group(3)));
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(wanted, e);
            }
        };
    }

    /** The one word that may stand where otherwise a block does; {@code wanted} names both. */
    static ValueParser<String> word(String word, String wanted) {
        return text -> {
            if (!text.equals(word)) {
                throw new IllegalArgumentException("wanted " + wanted);
            }
            return text;
        };
    }

    /** A decimal number within {@code min..max}. */
    static ValueParser<Double> number(double min, double max) {
        return text -> {
            String wanted = "wanted a number from " + trim(min) + " to " + trim(max);
            try {
                double value = Double.parseDouble(text);
                if (value >= min && value <= max) {
                    return value;
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(wanted, e);
            }
            throw new IllegalArgumentException(wanted);
        };
    }

    /** A number of seconds within {@code min..max}, fractions allowed down to a millisecond. */
    static ValueParser<Duration> seconds(double min, double max) {
        ValueParser<Double> number = number(min, max);
        return text -> {
            try {
                return Duration.ofMillis(Math.round(number.parse(text) * 1000));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("wanted seconds from " + trim(min) + " to " + trim(max), e);
            }
        };
    }

    /** {@code true} or {@code false}. */
    static ValueParser<Boolean> bool() {
        return text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("wanted true or false");
        };
    }

    /** One of an enum's constants, written in lower case. */
    static <E extends Enum<E>> ValueParser<E> oneOf(Class<E> type) {
        List<String> words = Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList();
        return text -> {
            int index = words.indexOf(text);
            if (index < 0) {
                String hint = NearMiss.of(text, words)
                        .map(word -> "; did you mean '" + word + "'?")
                        .orElse("");
                throw new IllegalArgumentException("wanted one of " + String.join(", ", words) + hint);
            }
            return type.getEnumConstants()[index];
        };
    }

    private static String trim(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
