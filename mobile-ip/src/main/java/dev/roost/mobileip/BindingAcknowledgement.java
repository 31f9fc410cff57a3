package dev.roost.mobileip;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Binding Acknowledgement (RFC 6275, 6.1.8).
 *
 * <pre>
 *                                  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *                                  |    Status     |K|R|P|Reserved |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |           Sequence #          |           Lifetime            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  ~                        Mobility Options                       ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param flags all 8 bits as they came
 * @param sequenceNumber that of the binding update; with status 135 the last one accepted
 * @param lifetime what is granted
 * @param options padding included
 */
public record BindingAcknowledgement(
        BindingStatus status,
        int flags,
        SequenceNumber sequenceNumber,
        BindingLifetime lifetime,
        List<MobilityOption> options)
        implements MobilityMessage {

    public static final int TYPE = 6;

    /** K: the IPsec security associations survive movement. */
    public static final int KEY_MANAGEMENT_MOBILITY_CAPABILITY = 0x80;
    /** R: accepted as a mobile router's (RFC 3963). */
    public static final int MOBILE_ROUTER = 0x40;
    /** P: accepted as a proxy registration (RFC 5213). */
    public static final int PROXY_REGISTRATION = 0x20;

    private static final int STATUS = 6;
    private static final int FLAGS = 7;
    private static final int SEQUENCE = 8;
    private static final int LIFETIME = 10;
    private static final int OPTIONS = 12;

    public BindingAcknowledgement {
        if (flags >>> 8 != 0) {
            throw new IllegalArgumentException("flags are 8 bits, not " + Integer.toHexString(flags));
        }
        options = List.copyOf(options);
        MobilityHead.requireWhole(OPTIONS + AlignedOptions.length(options));
    }

    /** With padding as the options' alignment needs it. */
    public static BindingAcknowledgement of(
            BindingStatus status,
            int flags,
            SequenceNumber sequenceNumber,
            BindingLifetime lifetime,
            List<? extends MobilityOption> options) {
        return new BindingAcknowledgement(
                status, flags, sequenceNumber, lifetime, MobilityHead.align(OPTIONS, options));
    }

    public static BindingAcknowledgement parse(ByteBuffer in) throws MalformedPacketException {
        int end = MobilityHead.require(in, TYPE, OPTIONS, "binding acknowledgement < 12 octets");
        int start = in.position();
        in.position(start + OPTIONS);
        return new BindingAcknowledgement(
                new BindingStatus(in.get(start + STATUS) & 0xff),
                in.get(start + FLAGS) & 0xff,
                new SequenceNumber(in.getShort(start + SEQUENCE) & 0xffff),
                new BindingLifetime(in.getShort(start + LIFETIME) & 0xffff),
                MobilityOptions.parse(in, end));
    }

    /** The same with these options, padded anew. */
    public BindingAcknowledgement withOptions(List<? extends MobilityOption> newOptions) {
        return of(status, flags, sequenceNumber, lifetime, newOptions);
    }

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public int length() {
        return OPTIONS + AlignedOptions.length(options);
    }

    @Override
    public void writeTo(ByteBuffer out) {
        MobilityHead.write(out, TYPE, length());
        out.put((byte) status.value()).put((byte) flags);
        out.putShort((short) sequenceNumber.value()).putShort((short) lifetime.units());
        AlignedOptions.write(options, out);
    }
}
