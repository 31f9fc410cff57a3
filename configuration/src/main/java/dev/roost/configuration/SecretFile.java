package dev.roost.configuration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * A shared secret in a file of its own, as {@code keyFile} names it: never in the configuration, and for its owner's eyes only.
 *
 * <p>The secret is the file's octets without one line feed at the end, if there is one, so that a text editor can make it. Both ends
 * read it the same way: the home agent and the mobile node.
 */
public final class SecretFile {
    /** Shorter ones can be guessed (RFC 4285, 9: at least the 128 bits of a random key). */
    private static final int MIN_OCTETS = 16;

    private static final int MAX_OCTETS = 4096;
    private static final Set<PosixFilePermission> FOR_OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private SecretFile() {}

    /** A {@link ValueParser} of the path of such a file, which gives what is in it. */
    public static ValueParser<byte[]> secret() {
        return text -> read(Path.of(text));
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException when it can't be used; the message says what was wanted
     */
    public static byte[] read(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.stream().anyMatch(FOR_OTHERS::contains)) {
                throw new IllegalArgumentException("wanted a file that only its owner can read (chmod 600), not "
                        + PosixFilePermissions.toString(permissions));
            }
            if (Files.size(file) > MAX_OCTETS) {
                throw new IllegalArgumentException("wanted a file of at most " + MAX_OCTETS + " octets");
            }
            return withoutLineFeed(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("wanted a file that exists", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("wanted a readable file: " + e.getMessage(), e);
        }
    }

    private static byte[] withoutLineFeed(byte[] octets) {
        int length = octets.length;
        if (length > 0 && octets[length - 1] == '\n') {
            length--;
        }
        if (length < MIN_OCTETS) {
            throw new IllegalArgumentException("wanted a secret of at least " + MIN_OCTETS + " octets, not " + length);
        }
        return Arrays.copyOf(octets, length);
    }
}
