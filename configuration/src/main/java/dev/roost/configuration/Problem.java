package dev.roost.configuration;

/**
 * One thing wrong with a configuration file.
 *
 * @param line 1-based line in the file, 0 when the problem belongs to no line
 * @param path where, as {@code homeNetworks[0].representative.address}; empty for the file itself
 * @param message the value found and what was wanted
 */
public record Problem(int line, String path, String message) {
    @Override
    public String toString() {
        String place = path.isEmpty() ? "" : path + ": ";
        return line > 0 ? "line " + line + ": " + place + message : place + message;
    }
}
