package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;

/**
 * A neighbor discovery option (RFC 4861, 4.6); also the options of mobile prefix discovery (RFC 6275, 6.7 and 6.8).
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |     Type      |    Length     |              ...              ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Length counts units of 8 octets, this head included, and is never zero.
 */
public sealed interface NdOption
        permits SourceLinkLayerAddress,
                TargetLinkLayerAddress,
                PrefixInformation,
                Mtu,
                AdvertisementInterval,
                HomeAgentInformation,
                UnknownNdOption {

    /** Octets in one unit of the length field. */
    int UNIT = 8;

    int type();

    /** Octets on the wire, a multiple of 8. */
    int length();

    void writeTo(ByteBuffer out);

    /** Reads one option and moves behind it. */
    static NdOption parse(ByteBuffer in) throws MalformedPacketException {
        MalformedPacketException.requireRemaining(in, 2, "option head < 2 octets");
        int start = in.position();
        int length = (in.get(start + 1) & 0xff) * UNIT;
        if (length == 0) {
            throw new MalformedPacketException(Reason.ZERO_LENGTH_OPTION, "option length == 0", 0, start + 1);
        }
        MalformedPacketException.requireRemaining(in, length, "fewer octets than the option's length");
        int type = in.get(start) & 0xff;
        NdOption option = switch (type) {
            case SourceLinkLayerAddress.TYPE -> SourceLinkLayerAddress.parse(in);
            case TargetLinkLayerAddress.TYPE -> TargetLinkLayerAddress.parse(in);
            case PrefixInformation.TYPE -> PrefixInformation.parse(in);
            case Mtu.TYPE -> Mtu.parse(in);
            case AdvertisementInterval.TYPE -> AdvertisementInterval.parse(in);
            case HomeAgentInformation.TYPE -> HomeAgentInformation.parse(in);
            default -> UnknownNdOption.parse(in);
        };
        in.position(start + length);
        return option;
    }
}
