package dev.roost.mobileip;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Binding Refresh Request (RFC 6275, 6.1.2).
 *
 * <pre>
 *                                  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *                                  |          Reserved             |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  ~                        Mobility Options                       ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param options padding included
 */
public record BindingRefreshRequest(List<MobilityOption> options) implements MobilityMessage {

    public static final int TYPE = 0;

    private static final int OPTIONS = 8;

    public BindingRefreshRequest {
        options = List.copyOf(options);
        MobilityHead.requireWhole(OPTIONS + AlignedOptions.length(options));
    }

    public static BindingRefreshRequest parse(ByteBuffer in) throws MalformedPacketException {
        int end = MobilityHead.require(in, TYPE, OPTIONS, "binding refresh request < 8 octets");
        in.position(in.position() + OPTIONS);
        return new BindingRefreshRequest(MobilityOptions.parse(in, end));
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
        out.putShort((short) 0);
        AlignedOptions.write(options, out);
    }
}
