package dev.roost.mobilenode;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Options of the form {@code --name VALUE} or {@code --name}. Small and without reflection, since the start of the process is part of
 * what its users wait for.
 */
final class CommandLine {
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Set<String> flags = new TreeSet<>();

    /** What was typed makes no sense: one line for the user, exit status 2. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1;

        UsageException(String message) {
            super(message);
        }
    }

    /**
     * An option.
     *
     * @param value the word for its value in the help; empty for one without
     */
    record Option(String name, String value, String help) {}

    private CommandLine() {}

    static CommandLine parse(List<String> arguments, List<Option> options) throws UsageException {
        CommandLine parsed = new CommandLine();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            int equals = argument.indexOf('=');
            String name = equals > 0 ? argument.substring(0, equals) : argument;
            Option option = options.stream()
                    .filter(known -> known.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new UsageException("unknown option '" + name + "'" + hint(name, options)));
            if (option.value().isEmpty()) {
                if (equals > 0) {
                    throw new UsageException(name + " takes no value");
                }
                parsed.flags.add(name);
            } else if (equals > 0) {
                parsed.values.put(name, argument.substring(equals + 1));
            } else if (i + 1 < arguments.size()) {
                parsed.values.put(name, arguments.get(++i));
            } else {
                throw new UsageException(name + " wants " + option.value());
            }
        }
        return parsed;
    }

    boolean has(String name) {
        return flags.contains(name) || values.containsKey(name);
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** @param parser may throw an IllegalArgumentException that says what was wanted */
    <T> Optional<T> value(String name, Function<String, T> parser) throws UsageException {
        String text = values.get(name);
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(parser.apply(text));
        } catch (IllegalArgumentException e) {
            throw new UsageException(name + ": '" + text + "' found; " + e.getMessage());
        }
    }

    <T> T required(String name, Function<String, T> parser) throws UsageException {
        return value(name, parser).orElseThrow(() -> new UsageException(name + " is missing"));
    }

    static String help(List<Option> options) {
        StringBuilder help = new StringBuilder();
        for (Option option : options) {
            String left = option.name() + (option.value().isEmpty() ? "" : " " + option.value());
            help.append(String.format("  %-30s %s%n", left, option.help()));
        }
        return help.toString();
    }

    /** A prefix of at least half of the option, or all but its last letters. */
    private static String hint(String typed, List<Option> options) {
        return options.stream()
                .map(Option::name)
                .filter(name -> differsLittle(typed, name))
                .findFirst()
                .map(name -> "; did you mean " + name + "?")
                .orElse("; see --help");
    }

    private static boolean differsLittle(String a, String b) {
        int common = 0;
        while (common < Math.min(a.length(), b.length()) && a.charAt(common) == b.charAt(common)) {
            common++;
        }
        int fromEnd = 0;
        while (fromEnd < Math.min(a.length(), b.length()) - common
                && a.charAt(a.length() - 1 - fromEnd) == b.charAt(b.length() - 1 - fromEnd)) {
            fromEnd++;
        }
        return Math.max(a.length(), b.length()) - common - fromEnd <= 2;
    }
}
