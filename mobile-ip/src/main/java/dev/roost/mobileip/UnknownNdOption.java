package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * A neighbor discovery option of a type that is not known here, kept as it came.
 *
 * @param body everything behind type and length: 8n + 6 octets
 */
public record UnknownNdOption(int type, OpaqueBytes body) implements NdOption {

    private static final int HEAD = 2;

    public UnknownNdOption {
        if (type < 0 || type > 255 || (body.length() + HEAD) % UNIT != 0 || body.length() + HEAD > 255 * UNIT) {
            throw new IllegalArgumentException("option " + type + " cannot carry " + body.length() + " octets");
        }
    }

    static UnknownNdOption parse(ByteBuffer in) {
        int type = in.get() & 0xff;
        int length = (in.get() & 0xff) * UNIT;
        return new UnknownNdOption(type, OpaqueBytes.take(in, length - HEAD));
    }

    @Override
    public int length() {
        return HEAD + body.length();
    }

    @Override
    public void writeTo(ByteBuffer out) {
        out.put((byte) type).put((byte) (length() / UNIT));
        body.writeTo(out);
    }
}
