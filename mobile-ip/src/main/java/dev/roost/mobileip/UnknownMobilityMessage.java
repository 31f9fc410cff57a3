package dev.roost.mobileip;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A Mobility Header of a type that is not interpreted here, kept as it came.
 *
 * @param data everything behind the checksum, options included: 8n + 2 octets
 */
public record UnknownMobilityMessage(int type, OpaqueBytes data) implements MobilityMessage {
    private static final int HOME_TEST_INIT = 1;
    private static final int CARE_OF_TEST = 4;

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

    /**
     * Whether it is a Home Test Init, Care-of Test Init, Home Test or Care-of Test (RFC 6275, 6.1.3 to 6.1.6). These types are known,
     * though nobody here optimizes routes: they must not be answered with a Binding Error (RFC 6275, 9.2).
     */
    public boolean isReturnRoutability() {
        return type >= HOME_TEST_INIT && type <= CARE_OF_TEST;
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
