package dev.roost.mobileip;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A Mobility Header of a type that is not interpreted here, kept as it came.
 *
 * @param data everything behind the checksum, options included: 8n + 2 octets
 */
public record UnknownMobilityMessage(int type, OpaqueBytes data) implements MobilityMessage {

    public UnknownMobilityMessage {
        if (type >>> 8 != 0) {
            throw new IllegalArgumentException("MH type is 0 to 255, not " + type);
        }
        MobilityHead.requireWhole(MobilityHead.DATA + data.length());
    }

    static UnknownMobilityMessage parse(ByteBuffer in) throws MalformedPacketException {
        int length = MobilityHead.requireLength(in);
        int type = in.get(in.position() + MobilityHead.MH_TYPE) & 0xff;
        in.position(in.position() + MobilityHead.DATA);
        return new UnknownMobilityMessage(type, OpaqueBytes.take(in, length - MobilityHead.DATA));
    }

    /** None: where they begin depends on the type. */
    @Override
    public List<MobilityOption> options() {
        return List.of();
    }

    @Override
    public int length() {
        return MobilityHead.DATA + data.length();
    }

    @Override
    public void writeTo(ByteBuffer out) {
        MobilityHead.write(out, type, length());
        data.writeTo(out);
    }
}
