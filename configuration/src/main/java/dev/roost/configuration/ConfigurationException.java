package dev.roost.configuration;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that can't be used, with all that is wrong with it; its message is ready to be shown to an operator. */
public final class ConfigurationException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    ConfigurationException(String file, List<Problem> problems) {
        super(file + ": " + (problems.size() == 1 ? "1 problem" : problems.size() + " problems")
                + problems.stream().map(problem -> "\n  " + problem).collect(Collectors.joining()));
        this.problems = List.copyOf(problems);
    }

    /** All problems, in the order of the file. */
    public List<Problem> problems() {
        return problems;
    }
}
