package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * An option of an extension header of a type that is not interpreted here, kept as it came.
 *
 * @param type 2 to 255
 * @param body what follows type and length, at most 255 octets
 */
public record UnknownDestinationOption(int type, OpaqueBytes body) implements DestinationOption {

    public UnknownDestinationOption {
        if (type <= PadN.TYPE || type > 255 || body.length() > 255) {
            throw new IllegalArgumentException("option " + type + " cannot carry " + body.length() + " octets");
        }
    }

    @Override
    public int length() {
        return 2 + body.length();
    }

    @Override
    public void writeTo(ByteBuffer out) {
        out.put((byte) type).put((byte) body.length());
        body.writeTo(out);
    }
}
