package dev.roost.mobileip;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The Hop-by-Hop Options header (RFC 8200, 4.3); it may only be the first.
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Next Header  |  Hdr Ext Len  |   Options ...                 ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param options with the padding between them, so that a parsed header is written as it came; {@link #of} adds what is missing
 */
public record HopByHop(List<DestinationOption> options) implements ExtensionHeader {

    public static final int PROTOCOL = 0;

    private static final int OPTIONS = 2;

    public HopByHop {
        options = List.copyOf(options);
        int length = OPTIONS + AlignedOptions.length(options);
        if (length % AlignedOptions.UNIT != 0) {
            throw new IllegalArgumentException("hop-by-hop options without padding: " + length + " octets; use of()");
        }
    }

    /** With padding as the options' alignment needs it. */
    public static HopByHop of(DestinationOption... options) {
        return new HopByHop(AlignedOptions.align(OPTIONS, List.of(options), DestinationOptionList::padding));
    }

    static HopByHop parse(ByteBuffer in, int end) throws MalformedPacketException {
        in.position(in.position() + OPTIONS);
        return new HopByHop(DestinationOptionList.parse(in, end));
    }

    @Override
    public int protocol() {
        return PROTOCOL;
    }

    @Override
    public int length() {
        return OPTIONS + AlignedOptions.length(options);
    }

    @Override
    public void writeTo(ByteBuffer out, int nextHeader) {
        out.put((byte) nextHeader).put((byte) (length() / AlignedOptions.UNIT - 1));
        AlignedOptions.write(options, out);
    }
}
