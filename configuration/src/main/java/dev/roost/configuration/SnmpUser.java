package dev.roost.configuration;

import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A user of SNMPv3 with keys for authentication (SHA-256) and privacy (AES-128), as an agent and a manager both have it in their
 * configuration: {@code user}, {@code authenticationKeyFile} and {@code privacyKeyFile}. The files hold passphrases (RFC 3414, A.2).
 */
public final class SnmpUser {
    private static final int LONGEST_NAME = 32;

    private final String name;
    private final byte[] authenticationKey;
    private final byte[] privacyKey;

    public SnmpUser(String name, byte[] authenticationKey, byte[] privacyKey) {
        this.name = name;
        this.authenticationKey = authenticationKey.clone();
        this.privacyKey = privacyKey.clone();
    }

    /** Reads the three keys of a block; empty, with the problems told, when one is missing or wrong. */
    public static Optional<SnmpUser> read(Section section) {
        Optional<String> name = section.required("user", userName(), "the name of an SNMPv3 user");
        Optional<byte[]> authentication = section.required(
                "authenticationKeyFile", SecretFile.secret(), "the path of a file with the passphrase for SHA-256");
        Optional<byte[]> privacy = section.required(
                "privacyKeyFile", SecretFile.secret(), "the path of a file with the passphrase for AES-128");
        return name.isPresent() && authentication.isPresent() && privacy.isPresent()
                ? Optional.of(new SnmpUser(name.get(), authentication.get(), privacy.get()))
                : Optional.empty();
    }

    private static ValueParser<String> userName() {
        return text -> {
            if (!text.matches("[!-~]{1," + LONGEST_NAME + "}")) {
                throw new IllegalArgumentException("wanted 1 to 32 printable characters without a space");
            }
            return text;
        };
    }

    public String name() {
        return name;
    }

    public byte[] authenticationKey() {
        return authenticationKey.clone();
    }

    public byte[] privacyKey() {
        return privacyKey.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SnmpUser user
                && name.equals(user.name)
                && MessageDigest.isEqual(authenticationKey, user.authenticationKey)
                && MessageDigest.isEqual(privacyKey, user.privacyKey);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return "SNMP user " + name;
    }
}
