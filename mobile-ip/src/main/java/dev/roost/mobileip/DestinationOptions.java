package dev.roost.mobileip;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * The Destination Options header (RFC 8200, 4.6).
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Next Header  |  Hdr Ext Len  |   Options ...                 ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param options with the padding between them, so that a parsed header is written as it came; {@link #of} adds what is missing
 */
public record DestinationOptions(List<DestinationOption> options) implements ExtensionHeader {

    public static final int PROTOCOL = 60;

    private static final int OPTIONS = 2;

    public DestinationOptions {
        options = List.copyOf(options);
        int length = OPTIONS + AlignedOptions.length(options);
        if (length % AlignedOptions.UNIT != 0) {
            throw new IllegalArgumentException("destination options without padding: " + length + " octets; use of()");
        }
    }

    /** With padding as the options' alignment needs it. */
    public static DestinationOptions of(DestinationOption... options) {
        return new DestinationOptions(AlignedOptions.align(OPTIONS, List.of(options), DestinationOptionList::padding));
    }

    static DestinationOptions parse(ByteBuffer in, int end) throws MalformedPacketException {
        in.position(in.position() + OPTIONS);
        return new DestinationOptions(DestinationOptionList.parse(in, end));
    }

    /** The Home Address option, of which a packet has at most one (RFC 6275, 6.3). */
    public Optional<HomeAddressOption> homeAddressOption() {
        for (DestinationOption option : options) {
            if (option instanceof HomeAddressOption homeAddress) {
                return Optional.of(homeAddress);
            }
        }
        return Optional.empty();
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
