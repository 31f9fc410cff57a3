package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * The Binding Authorization Data option (RFC 6275, 6.2.7) between a mobile node and a correspondent node; a home agent only has to notice
 * it. The last option of its message.
 *
 * <pre>
 *                                  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *                                  |   Type = 5    | Option Length |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  ~                         Authenticator                         ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param authenticator 12 octets, by the RFC; other lengths are kept
 */
public record BindingAuthorizationData(OpaqueBytes authenticator) implements MobilityOption {

    public static final int TYPE = 5;

    public BindingAuthorizationData {
        if (authenticator.length() > 255) {
            throw new IllegalArgumentException("authenticator of " + authenticator.length() + " octets");
        }
    }

    static BindingAuthorizationData parse(ByteBuffer in, int length) {
        in.position(in.position() + 2);
        return new BindingAuthorizationData(OpaqueBytes.take(in, length));
    }

    @Override
    public int type() {
        return TYPE;
    }

    @Override
    public int length() {
        return 2 + authenticator.length();
    }

    @Override
    public int alignment() {
        return 8;
    }

    @Override
    public int alignmentOffset() {
        return 2;
    }

    @Override
    public void writeTo(ByteBuffer out) {
        out.put((byte) TYPE).put((byte) authenticator.length());
        authenticator.writeTo(out);
    }
}
