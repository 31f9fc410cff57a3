package dev.roost.mobileip;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * A message of the Mobility Header (RFC 6275, 6.1).
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  | Payload Proto |  Header Len   |   MH Type     |   Reserved    |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |           Checksum            |     Message Data ...          ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>The canonical constructors take options with the padding between them, as parsed, so that a message can be written as it came; the
 * {@code of} methods put in the padding that the options' alignment needs. Octets behind the header are ignored.
 */
public sealed interface MobilityMessage extends Payload
        permits BindingRefreshRequest, BindingUpdate, BindingAcknowledgement, BindingError, UnknownMobilityMessage {

    /** The Next Header value of the Mobility Header. */
    int PROTOCOL = 135;

    /** The MH Type. */
    int type();

    /** Padding included. */
    List<MobilityOption> options();

    @Override
    default int protocol() {
        return PROTOCOL;
    }

    /** The first option of this kind. */
    default <T extends MobilityOption> Optional<T> option(Class<T> kind) {
        for (MobilityOption option : options()) {
            if (kind.isInstance(option)) {
                return Optional.of(kind.cast(option));
            }
        }
        return Optional.empty();
    }

    /** Reads a message at the position; the checksum is not looked at, see {@link Ipv6Packet}. */
    static MobilityMessage parse(ByteBuffer in) throws MalformedPacketException {
        MobilityHead.requireLength(in);
        int type = in.get(in.position() + MobilityHead.MH_TYPE) & 0xff;
        return switch (type) {
            case BindingRefreshRequest.TYPE -> BindingRefreshRequest.parse(in);
            case BindingUpdate.TYPE -> BindingUpdate.parse(in);
            case BindingAcknowledgement.TYPE -> BindingAcknowledgement.parse(in);
            case BindingError.TYPE -> BindingError.parse(in);
            default -> UnknownMobilityMessage.parse(in);
        };
    }
}
