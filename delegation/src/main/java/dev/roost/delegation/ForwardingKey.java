package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key that home agents and controller share, with the HMAC-SHA-256 made for it once. Not safe for two threads at a time: the loop
 * that owns the {@link MessageProtection} uses it.
 */
public final class ForwardingKey {
    /** RFC 2104, 3 discourages keys shorter than the hash; this is the least that is taken. */
    public static final int MIN_OCTETS = 16;

    /** Octets of the authenticator. */
    static final int AUTHENTICATOR = 32;

    private static final String HMAC_SHA256 = "HmacSHA256";

    private final long identifier;
    private final Mac mac;
    private final byte[] addresses = new byte[2 * Ipv6Address.LENGTH];
    private final ByteBuffer addressBuffer = ByteBuffer.wrap(addresses);

    /**
     * Takes a key; the octets are copied.
     *
     * @param identifier 0 to 4294967295, the same wherever the key is configured
     * @param secret at least {@link #MIN_OCTETS} octets
     */
    public ForwardingKey(long identifier, byte[] secret) {
        if (identifier >>> 32 != 0) {
            throw new IllegalArgumentException("key identifier is 0 to 4294967295, not " + identifier);
        }
        if (secret.length < MIN_OCTETS) {
            throw new IllegalArgumentException("a key has at least " + MIN_OCTETS + " octets, not " + secret.length);
        }
        this.identifier = identifier;
        try {
            mac = Mac.getInstance(HMAC_SHA256);
            mac.init(new SecretKeySpec(secret, HMAC_SHA256));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + HMAC_SHA256, e);
        }
    }

    public long identifier() {
        return identifier;
    }

    /** The authenticator over both addresses and what lies between position and limit, which stay as they are. */
    void authenticate(Ipv6Address source, Ipv6Address destination, ByteBuffer message, byte[] out) {
        addressBuffer.clear();
        source.writeTo(addressBuffer);
        destination.writeTo(addressBuffer);
        mac.update(addresses);
        mac.update(message.duplicate());
        try {
            mac.doFinal(out, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("an authenticator has " + AUTHENTICATOR + " octets", e);
        }
    }
}
