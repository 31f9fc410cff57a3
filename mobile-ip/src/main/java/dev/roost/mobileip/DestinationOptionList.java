package dev.roost.mobileip;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The options in a hop-by-hop or destination options header, as a list; the single option is {@link DestinationOption}. */
final class DestinationOptionList {

    private DestinationOptionList() {}

    /** Reads the options of one extension header, which ends at {@code end}, and moves there. */
    static List<DestinationOption> parse(ByteBuffer in, int end) throws MalformedPacketException {
        List<DestinationOption> options = new ArrayList<>(2);
        while (in.position() < end) {
            options.add(parseOne(in, AlignedOptions.requireOption(in, in.position(), end, options.size())));
        }
        return options;
    }

    private static DestinationOption parseOne(ByteBuffer in, int length) throws MalformedPacketException {
        if (length < 0) {
            in.get();
            return new Pad1();
        }
        int start = in.position();
        int type = in.get(start) & 0xff;
        if (type == HomeAddressOption.TYPE) {
            AlignedOptions.requireLength(start, length, Ipv6Address.LENGTH, HomeAddressOption.LENGTH_RULE);
        }
        in.position(start + 2);
        if (type == PadN.TYPE) {
            in.position(start + 2 + length);
            return new PadN(2 + length);
        }
        return type == HomeAddressOption.TYPE
                ? new HomeAddressOption(Ipv6Address.fromBytes(in))
                : new UnknownDestinationOption(type, OpaqueBytes.take(in, length));
    }

    /** Padding of so many octets. */
    static DestinationOption padding(int octets) {
        return octets == 1 ? new Pad1() : new PadN(octets);
    }
}
