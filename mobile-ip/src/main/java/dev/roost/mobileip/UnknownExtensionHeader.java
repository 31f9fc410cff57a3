package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * An extension header that can be stepped over but is not interpreted: {@link #AUTHENTICATION}, {@link #HOST_IDENTITY},
 * {@link #SHIM6}.
 *
 * @param body everything behind Next Header and the length field
 */
public record UnknownExtensionHeader(int protocol, OpaqueBytes body) implements ExtensionHeader {

    /** AH (RFC 4302), whose length field counts units of 4 octets and leaves out two. */
    public static final int AUTHENTICATION = 51;
    /** HIP (RFC 7401). */
    public static final int HOST_IDENTITY = 139;
    /** RFC 5533. */
    public static final int SHIM6 = 140;

    private static final int HEAD = 2;

    public UnknownExtensionHeader {
        int unit = protocol == AUTHENTICATION ? 4 : 8;
        int length = HEAD + body.length();
        if (!ExtensionHeaders.isExtensionHeader(protocol) || length < 8 || length % unit != 0 || length > 256 * unit) {
            throw new IllegalArgumentException("extension header " + protocol + " of " + length + " octets");
        }
    }

    static UnknownExtensionHeader parse(ByteBuffer in, int protocol, int end) {
        in.position(in.position() + HEAD);
        return new UnknownExtensionHeader(protocol, OpaqueBytes.take(in, end - in.position()));
    }

    @Override
    public int length() {
        return HEAD + body.length();
    }

    @Override
    public void writeTo(ByteBuffer out, int nextHeader) {
        int lengthField = protocol == AUTHENTICATION ? length() / 4 - 2 : length() / 8 - 1;
        out.put((byte) nextHeader).put((byte) lengthField);
        body.writeTo(out);
    }
}
