package dev.roost.homeagent.binding;

import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MobilityAuthentication;
import dev.roost.mobileip.MobilityAuthenticator;
import dev.roost.mobileip.MobilityOption;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.mobileip.UnknownMobilityOption;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which binding updates are genuine: the MN-HA authentication option and the replay protection option of RFC 4285, with the keys of
 * the configuration. Or none, where the operator wrote that out: then every binding update is believed.
 *
 * <p>A timestamp in the replay protection option must lie within {@link #TOLERANCE} of this clock and be newer than the last one
 * taken (RFC 4285, 6). Without the option the sequence number is the protection, which outlives the binding, see {@link
 * BindingUpdateProcessor}.
 */
public final class BindingAuthenticator {
    /** RFC 4285, 6 takes this from RFC 5944, 5.7.1. */
    static final Duration TOLERANCE = Duration.ofSeconds(7);

    /** MESG-ID-OPTION-TYPE: 64 bits of NTP time. */
    private static final int MESG_ID_OPTION_TYPE = 10;

    private static final long SECONDS_FROM_1900_TO_1970 = 2_208_988_800L;
    private static final long LOW_ORDER_32_BITS = 0xffff_ffffL;

    enum Verdict {
        ACCEPTED,
        /** No authentication option, or one of an association that does not exist here: nobody of ours. */
        UNKNOWN,
        /** It claims an association that exists, and does not verify. */
        FAILED,
        IDENTIFIER_MISMATCH,
        IDENTIFIER_REQUIRED
    }

    private final boolean required;
    private final boolean timestampRequired;
    /** By home address, then by security parameter index. */
    private final Map<Ipv6Address, Map<Long, MobilityAuthenticator>> associations = new HashMap<>();
    /** The newest accepted one of each home address that has a key. */
    private final Map<Ipv6Address, Long> timestamps = new HashMap<>();

    private BindingAuthenticator(boolean required, boolean timestampRequired, List<MobileNodeKey> keys) {
        this.required = required;
        this.timestampRequired = timestampRequired;
        for (MobileNodeKey key : keys) {
            associations
                    .computeIfAbsent(key.homeAddress(), homeAddress -> new HashMap<>())
                    .put(key.spi(), new MobilityAuthenticator(key.spi(), key.key()));
        }
    }

    /** Believes every binding update. */
    public static BindingAuthenticator none() {
        return new BindingAuthenticator(false, false, List.of());
    }

    /**
     * Believes what is authenticated by one of these keys.
     *
     * @param timestampRequired whether a binding update without the replay protection option is refused, with status 145
     */
    public static BindingAuthenticator of(List<MobileNodeKey> keys, boolean timestampRequired) {
        return new BindingAuthenticator(true, timestampRequired, keys);
    }

    boolean isRequired() {
        return required;
    }

    Verdict verify(Instant now, BindingRequest request) {
        if (!required) {
            return Verdict.ACCEPTED;
        }
        BindingUpdate update = request.update();
        Optional<MobilityAuthenticator> association = association(request);
        if (association.isEmpty()) {
            return Verdict.UNKNOWN;
        }
        if (!association.orElseThrow().verify(update, request.source(), request.homeAddress())) {
            return Verdict.FAILED;
        }
        Optional<Long> timestamp = timestamp(request);
        if (timestamp.isEmpty()) {
            return timestampRequired ? Verdict.IDENTIFIER_REQUIRED : Verdict.ACCEPTED;
        }
        return isFresh(now, request.homeAddress(), timestamp.orElseThrow())
                ? Verdict.ACCEPTED
                : Verdict.IDENTIFIER_MISMATCH;
    }

    private boolean isFresh(Instant now, Ipv6Address homeAddress, long timestamp) {
        Long last = timestamps.get(homeAddress);
        // NTP time wraps in 2036: differences, not values, are compared.
        boolean newer = last == null || timestamp - last > 0;
        long tolerance = TOLERANCE.toSeconds() << 32;
        return newer && Math.abs(timestamp - ntpTimestamp(now)) <= tolerance;
    }

    void rememberTimestamp(Ipv6Address homeAddress, long timestamp) {
        timestamps.put(homeAddress, timestamp);
    }

    /** What the replay protection option of an authenticated binding update says. */
    Optional<Long> timestamp(BindingRequest request) {
        if (!required) {
            return Optional.empty();
        }
        for (MobilityOption option : request.update().options()) {
            if (option instanceof UnknownMobilityOption unknown
                    && unknown.type() == MESG_ID_OPTION_TYPE
                    && unknown.body().length() == Long.BYTES) {
                return Optional.of(unknown.body().asBuffer().getLong());
            }
        }
        return Optional.empty();
    }

    /**
     * The acknowledgement of a verified binding update as it may leave: with the timestamp that came, and authenticated by the same
     * association. Nothing else is ever signed: whoever has a status signed without a key could play it to the mobile node later.
     */
    BindingAcknowledgement sign(BindingRequest request, BindingAcknowledgement bare) {
        return sign(request, bare, timestamp(request));
    }

    /**
     * The acknowledgement that tells the right time: the low-order half of the timestamp is the mobile node's own, so that it can tell
     * which binding update is meant, the high-order half this clock's (RFC 4285, 6).
     */
    BindingAcknowledgement signWithTime(Instant now, BindingRequest request, BindingAcknowledgement bare) {
        long own = ntpTimestamp(now) & ~LOW_ORDER_32_BITS;
        return sign(request, bare, timestamp(request).map(theirs -> own | (theirs & LOW_ORDER_32_BITS)));
    }

    private BindingAcknowledgement sign(BindingRequest request, BindingAcknowledgement bare, Optional<Long> timestamp) {
        if (!required) {
            return bare;
        }
        BindingAcknowledgement stamped = timestamp
                .map(value -> bare.withOptions(List.of(timestampOption(value))))
                .orElse(bare);
        return association(request)
                .orElseThrow(() -> new IllegalStateException("not verified: " + request))
                .sign(stamped, request.source(), request.homeAddress());
    }

    private Optional<MobilityAuthenticator> association(BindingRequest request) {
        for (MobilityOption option : request.update().options()) {
            if (option instanceof MobilityAuthentication authentication
                    && authentication.subtype() == MobilityAuthentication.MN_HA) {
                return Optional.ofNullable(associations.get(request.homeAddress()))
                        .map(bySpi -> bySpi.get(authentication.securityParameterIndex()));
            }
        }
        return Optional.empty();
    }

    private static MobilityOption timestampOption(long timestamp) {
        return new UnknownMobilityOption(
                MESG_ID_OPTION_TYPE,
                OpaqueBytes.of(
                        ByteBuffer.allocate(Long.BYTES).putLong(timestamp).array()));
    }

    static long ntpTimestamp(Instant instant) {
        long seconds = instant.getEpochSecond() + SECONDS_FROM_1900_TO_1970;
        long fraction = ((long) instant.getNano() << 32) / 1_000_000_000L;
        return (seconds << 32) | fraction;
    }
}
