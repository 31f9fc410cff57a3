package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The options at the end of a mobility message, as a list; the single option is {@link MobilityOption}. */
final class MobilityOptions {

    private MobilityOptions() {}

    /** Reads options up to {@code end}, the end of their mobility header, and moves there. */
    static List<MobilityOption> parse(ByteBuffer in, int end) throws MalformedPacketException {
        if (in.position() == end) {
            return List.of();
        }
        List<MobilityOption> options = new ArrayList<>(4);
        while (in.position() < end) {
            int length = AlignedOptions.requireOption(in, in.position(), end, options.size());
            int next = in.position() + (length < 0 ? 1 : 2 + length);
            options.add(length < 0 ? new Pad1() : parseOne(in, length));
            in.position(next);
        }
        return options;
    }

    private static MobilityOption parseOne(ByteBuffer in, int length) throws MalformedPacketException {
        int type = in.get(in.position()) & 0xff;
        return switch (type) {
            case PadN.TYPE -> new PadN(2 + length);
            case BindingRefreshAdvice.TYPE -> BindingRefreshAdvice.parse(in, length);
            case AlternateCareOfAddress.TYPE -> AlternateCareOfAddress.parse(in, length);
            case NonceIndices.TYPE -> NonceIndices.parse(in, length);
            case BindingAuthorizationData.TYPE -> BindingAuthorizationData.parse(in, length);
            case MobileNodeIdentifier.TYPE -> MobileNodeIdentifier.parse(in, length);
            case MobilityAuthentication.TYPE -> MobilityAuthentication.parse(in, length);
            default -> {
                in.position(in.position() + 2);
                yield new UnknownMobilityOption(type, OpaqueBytes.take(in, length));
            }
        };
    }

    /** Refuses an option with a length field below what its fixed part needs. */
    static void requireAtLeast(ByteBuffer in, int length, int least, String expectation)
            throws MalformedPacketException {
        if (length < least) {
            throw new MalformedPacketException(Reason.BAD_LENGTH, expectation, length, in.position() + 1);
        }
    }

    /** Padding of so many octets. */
    static MobilityOption padding(int octets) {
        return octets == 1 ? new Pad1() : new PadN(octets);
    }
}
