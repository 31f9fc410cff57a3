package dev.roost.configuration;

import java.util.Optional;

/**
 * The key of a mobility security association as both of its ends have it in their configuration: {@code spi} and {@code keyFile}
 * (RFC 4285, 5.1).
 */
public final class SharedKey {
    /** 0 to 255 are reserved. */
    private static final long LOWEST_SPI = 256;

    private static final long HIGHEST_SPI = 0xffff_ffffL;

    private SharedKey() {}

    /**
     * What a reader makes of a key.
     *
     * @param <T> the type of the result
     */
    @FunctionalInterface
    public interface Use<T> {
        T of(long spi, byte[] key);
    }

    /** Reads both keys of a block; empty, with the problems told, when either is missing or wrong. */
    public static <T> Optional<T> read(Section section, Use<T> use) {
        Optional<Long> spi = section.required(
                "spi", ValueParser.integer(LOWEST_SPI, HIGHEST_SPI), "a security parameter index, as 256");
        Optional<byte[]> key = section.required("keyFile", SecretFile.secret(), "the path of a file with the key");
        return spi.flatMap(index -> key.map(secret -> use.of(index, secret)));
    }

    /**
     * The block {@code authentication}, which must be there: whoever wants none writes the word {@code none}. Nobody gets no
     * authentication by forgetting something.
     *
     * @param wanted what the block holds, as "a block with keys"
     * @return the block; empty for none, and when it is missing or wrong
     */
    public static Optional<Section> authentication(Section root, String wanted) {
        String either = wanted + ", or the word none";
        if (root.isScalar("authentication")) {
            root.optional("authentication", ValueParser.word("none", either));
            return Optional.empty();
        }
        Optional<Section> block = root.optionalSection("authentication");
        if (block.isEmpty()) {
            root.problem("authentication", "missing; wanted " + either + " written out");
        }
        return block;
    }
}
