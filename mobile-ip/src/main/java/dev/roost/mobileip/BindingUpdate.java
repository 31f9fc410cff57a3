package dev.roost.mobileip;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Binding Update (RFC 6275, 6.1.7).
 *
 * <pre>
 *                                  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *                                  |          Sequence #           |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |A|H|L|K|M|R|P|    Reserved     |           Lifetime            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  ~                        Mobility Options                       ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param flags all 16 bits as they came, since later RFCs gave most of the reserved ones a meaning that a home agent may have to refuse
 * @param lifetime zero asks to delete the binding
 * @param options padding included
 */
public record BindingUpdate(
        SequenceNumber sequenceNumber, int flags, BindingLifetime lifetime, List<MobilityOption> options)
        implements MobilityMessage {

    public static final int TYPE = 5;

    /** A: an acknowledgement is wanted. */
    public static final int ACKNOWLEDGE = 0x8000;
    /** H: the receiver shall act as the sender's home agent. */
    public static final int HOME_REGISTRATION = 0x4000;
    /** L: the home address has the interface identifier of the link-local address. */
    public static final int LINK_LOCAL_ADDRESS_COMPATIBILITY = 0x2000;
    /** K: the IPsec security associations survive movement. */
    public static final int KEY_MANAGEMENT_MOBILITY_CAPABILITY = 0x1000;
    /** R: the sender is a mobile router (RFC 3963). */
    public static final int MOBILE_ROUTER = 0x0400;
    /** P: a proxy registration (RFC 5213). */
    public static final int PROXY_REGISTRATION = 0x0200;

    private static final int SEQUENCE = 6;
    private static final int FLAGS = 8;
    private static final int LIFETIME = 10;
    private static final int OPTIONS = 12;

    public BindingUpdate {
        if (flags >>> 16 != 0) {
            throw new IllegalArgumentException("flags are 16 bits, not " + Integer.toHexString(flags));
        }
        options = List.copyOf(options);
        MobilityHead.requireWhole(OPTIONS + AlignedOptions.length(options));
    }

    /** With padding as the options' alignment needs it. */
    public static BindingUpdate of(
            SequenceNumber sequenceNumber,
            int flags,
            BindingLifetime lifetime,
            List<? extends MobilityOption> options) {
        return new BindingUpdate(sequenceNumber, flags, lifetime, MobilityHead.align(OPTIONS, options));
    }

    public static BindingUpdate parse(ByteBuffer in) throws MalformedPacketException {
        int end = MobilityHead.require(in, TYPE, OPTIONS, "binding update < 12 octets");
        int start = in.position();
        in.position(start + OPTIONS);
        return new BindingUpdate(
                new SequenceNumber(in.getShort(start + SEQUENCE) & 0xffff),
                in.getShort(start + FLAGS) & 0xffff,
                new BindingLifetime(in.getShort(start + LIFETIME) & 0xffff),
                MobilityOptions.parse(in, end));
    }

    /** The same with these options, padded anew. */
    public BindingUpdate withOptions(List<? extends MobilityOption> newOptions) {
        return of(sequenceNumber, flags, lifetime, newOptions);
    }

    public boolean acknowledge() {
        return (flags & ACKNOWLEDGE) != 0;
    }

    public boolean homeRegistration() {
        return (flags & HOME_REGISTRATION) != 0;
    }

    public boolean linkLocalAddressCompatibility() {
        return (flags & LINK_LOCAL_ADDRESS_COMPATIBILITY) != 0;
    }

    public boolean keyManagementMobilityCapability() {
        return (flags & KEY_MANAGEMENT_MOBILITY_CAPABILITY) != 0;
    }

    public boolean mobileRouter() {
        return (flags & MOBILE_ROUTER) != 0;
    }

    public boolean proxyRegistration() {
        return (flags & PROXY_REGISTRATION) != 0;
    }

    /**
     * Where the mobile node wants to be reached: the Alternate Care-of Address option, else the source address of the IPv6 header
     * (RFC 6275, 9.5.1).
     */
    public Ipv6Address careOfAddress(Ipv6Header header) {
        return option(AlternateCareOfAddress.class)
                .map(AlternateCareOfAddress::careOfAddress)
                .orElse(header.source());
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
        out.putShort((short) sequenceNumber.value()).putShort((short) flags).putShort((short) lifetime.units());
        AlignedOptions.write(options, out);
    }
}
