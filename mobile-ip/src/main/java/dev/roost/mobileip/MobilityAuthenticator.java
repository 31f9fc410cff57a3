package dev.roost.mobileip;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The shared-key mobility security association of one mobile node with its home agent (RFC 4285, 5.1): computes and verifies the MN-HA
 * authentication option with HMAC-SHA1-96.
 *
 * <p>Goals: a binding update or acknowledgement cannot be forged or altered without the key. It is not replay protection: the sequence
 * number, and the caller who remembers the last one, are.
 *
 * <p>Algorithm: {@code First(96, HMAC_SHA1(key, careOfAddress | homeAddress | MH data))}, where MH data is the Mobility Header up to and
 * including the SPI of the option, its checksum zero and its length the final one. The option stands last; what follows it would not
 * be covered, so a message with anything but padding behind it does not verify.
 *
 * <p>MH data is written anew from the parsed message, which gives the octets that came unless the sender set bits that are reserved or
 * put something into padding; such a message does not verify.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class MobilityAuthenticator {

    /** First(96, ...). */
    private static final int AUTHENTICATOR_LENGTH = 12;

    /** RFC 4285, 5.1: SPIs 0 to 255 are reserved. */
    private static final long FIRST_SPI = 256;

    private static final OpaqueBytes PLACEHOLDER = OpaqueBytes.zeros(AUTHENTICATOR_LENGTH);

    private static final String HMAC_SHA1 = "HmacSHA1";

    private final long securityParameterIndex;
    private final SecretKeySpec key;

    /**
     * Makes the association; the key is copied.
     *
     * @param securityParameterIndex 256 to 4294967295
     * @param key at least one octet; the RFC's default is 16
     */
    public MobilityAuthenticator(long securityParameterIndex, byte[] key) {
        if (securityParameterIndex < FIRST_SPI || securityParameterIndex >>> 32 != 0) {
            throw new IllegalArgumentException("SPI is 256 to 4294967295, not " + securityParameterIndex);
        }
        this.securityParameterIndex = securityParameterIndex;
        this.key = new SecretKeySpec(key, HMAC_SHA1);
    }

    public long securityParameterIndex() {
        return securityParameterIndex;
    }

    /** The binding update with the option at its end; one that is there already is replaced. */
    public BindingUpdate sign(BindingUpdate message, Ipv6Address careOfAddress, Ipv6Address homeAddress) {
        BindingUpdate unsigned = message.withOptions(with(message.options(), PLACEHOLDER));
        return message.withOptions(with(message.options(), compute(unsigned, careOfAddress, homeAddress)));
    }

    /** The binding acknowledgement with the option at its end; one that is there already is replaced. */
    public BindingAcknowledgement sign(
            BindingAcknowledgement message, Ipv6Address careOfAddress, Ipv6Address homeAddress) {
        BindingAcknowledgement unsigned = message.withOptions(with(message.options(), PLACEHOLDER));
        return message.withOptions(with(message.options(), compute(unsigned, careOfAddress, homeAddress)));
    }

    /**
     * Whether the message carries this association's option, last, with the right authenticator.
     *
     * @param careOfAddress what {@link BindingUpdate#careOfAddress} says of the binding update, or of the one that is acknowledged
     */
    public boolean verify(MobilityMessage message, Ipv6Address careOfAddress, Ipv6Address homeAddress) {
        int index = lastButPadding(message.options());
        return index >= 0
                && message.options().get(index) instanceof MobilityAuthentication option
                && option.subtype() == MobilityAuthentication.MN_HA
                && option.securityParameterIndex() == securityParameterIndex
                && MessageDigest.isEqual(
                        compute(message, careOfAddress, homeAddress).toBytes(),
                        option.authenticationData().toBytes());
    }

    private List<MobilityOption> with(List<MobilityOption> options, OpaqueBytes authenticator) {
        List<MobilityOption> with = new ArrayList<>(options);
        with.removeIf(option ->
                option instanceof MobilityAuthentication old && old.subtype() == MobilityAuthentication.MN_HA);
        with.add(new MobilityAuthentication(MobilityAuthentication.MN_HA, securityParameterIndex, authenticator));
        return with;
    }

    private static int lastButPadding(List<MobilityOption> options) {
        int index = options.size() - 1;
        while (index >= 0 && (options.get(index) instanceof Pad1 || options.get(index) instanceof PadN)) {
            index--;
        }
        return index;
    }

    /** Over a message whose last option but padding is an authentication option; what that one holds does not matter. */
    private OpaqueBytes compute(MobilityMessage message, Ipv6Address careOfAddress, Ipv6Address homeAddress) {
        ByteBuffer mobilityData = ByteBuffer.allocate(2 * Ipv6Address.LENGTH + message.length());
        careOfAddress.writeTo(mobilityData);
        homeAddress.writeTo(mobilityData);
        message.writeTo(mobilityData);
        List<MobilityOption> options = message.options();
        int last = lastButPadding(options);
        int uncovered = AlignedOptions.length(options.subList(last, options.size()))
                - MobilityAuthentication.AUTHENTICATION_DATA;
        try {
            Mac mac = Mac.getInstance(HMAC_SHA1);
            mac.init(key);
            mac.update(mobilityData.array(), 0, mobilityData.position() - uncovered);
            return OpaqueBytes.of(Arrays.copyOf(mac.doFinal(), AUTHENTICATOR_LENGTH));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + HMAC_SHA1, e);
        }
    }
}
