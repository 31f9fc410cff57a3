package dev.roost.mobileip;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Binding Error (RFC 6275, 6.1.9).
 *
 * <pre>
 *                                  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *                                  |     Status    |   Reserved    |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  ~                        Home Address (16)                      ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  ~                        Mobility Options                       ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param status {@link #UNKNOWN_BINDING} or {@link #UNRECOGNIZED_MH_TYPE}, or another of 0 to 255 from the network
 * @param homeAddress of the Home Address option that was refused; unspecified if there was none
 * @param options padding included
 */
public record BindingError(int status, Ipv6Address homeAddress, List<MobilityOption> options)
        implements MobilityMessage {

    public static final int TYPE = 7;

    /** A Home Address option without a binding for it. */
    public static final int UNKNOWN_BINDING = 1;
    /** A Mobility Header of a type that the receiver does not know. */
    public static final int UNRECOGNIZED_MH_TYPE = 2;

    private static final int STATUS = 6;
    private static final int HOME_ADDRESS = 8;
    private static final int OPTIONS = 24;

    public BindingError {
        if (status >>> 8 != 0) {
            throw new IllegalArgumentException("status is 0 to 255, not " + status);
        }
        options = List.copyOf(options);
        MobilityHead.requireWhole(OPTIONS + AlignedOptions.length(options));
    }

    public BindingError(int status, Ipv6Address homeAddress) {
        this(status, homeAddress, List.of());
    }

    public static BindingError parse(ByteBuffer in) throws MalformedPacketException {
        int end = MobilityHead.require(in, TYPE, OPTIONS, "binding error < 24 octets");
        int status = in.get(in.position() + STATUS) & 0xff;
        in.position(in.position() + HOME_ADDRESS);
        Ipv6Address homeAddress = Ipv6Address.fromBytes(in);
        return new BindingError(status, homeAddress, MobilityOptions.parse(in, end));
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
        out.put((byte) status).put((byte) 0);
        homeAddress.writeTo(out);
        AlignedOptions.write(options, out);
    }
}
