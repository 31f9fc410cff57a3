package dev.roost.configuration;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The keys of the forwarding protocol as home agents and controller have them in their configuration: a list {@code keys} of {@code
 * id} and {@code keyFile}. The first one signs, all are accepted.
 */
public final class ForwardingKeys {
    private static final int MOST_KEYS = 8;
    private static final long HIGHEST_ID = 0xffff_ffffL;

    private ForwardingKeys() {}

    /**
     * What a reader makes of a key.
     *
     * @param <T> the type of the result
     */
    @FunctionalInterface
    public interface Use<T> {
        T of(long id, byte[] key);
    }

    /** Reads the list, which must have an entry; those that are wrong are left out, with the problems told. */
    public static <T> List<T> read(Section section, Use<T> use) {
        List<Section> entries = section.sections("keys");
        if (entries.isEmpty()) {
            section.problem("keys", "no key found; wanted at least one, with id and keyFile");
        } else if (entries.size() > MOST_KEYS) {
            section.problem("keys", entries.size() + " keys found; wanted at most " + MOST_KEYS);
        }
        List<T> keys = new ArrayList<>();
        Set<Long> ids = new HashSet<>();
        for (Section entry : entries) {
            Optional<Long> id = entry.required(
                    "id", ValueParser.integer(0, HIGHEST_ID), "the number of the key, the same everywhere");
            Optional<byte[]> key = entry.required("keyFile", SecretFile.secret(), "the path of a file with the key");
            if (id.isPresent() && !ids.add(id.get())) {
                entry.problem("id", "'" + id.get() + "' found; wanted one that no other key has");
            } else if (id.isPresent() && key.isPresent()) {
                keys.add(use.of(id.get(), key.get()));
            }
        }
        return keys;
    }
}
