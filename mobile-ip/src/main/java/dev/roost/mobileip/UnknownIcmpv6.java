package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * An ICMPv6 message of a type that is not interpreted here, such as multicast listener discovery, kept as it came.
 *
 * @param body everything behind the checksum
 */
public record UnknownIcmpv6(int type, int code, OpaqueBytes body) implements Icmpv6Message {

    private static final int CODE = 1;

    public UnknownIcmpv6 {
        if (type >>> 8 != 0 || code >>> 8 != 0) {
            throw new IllegalArgumentException("type and code are 8 bits, not " + type + " and " + code);
        }
    }

    static UnknownIcmpv6 parse(ByteBuffer in) {
        int start = in.position();
        in.position(start + Icmpv6Head.LENGTH);
        return new UnknownIcmpv6(in.get(start) & 0xff, in.get(start + CODE) & 0xff, OpaqueBytes.rest(in));
    }

    @Override
    public int length() {
        return Icmpv6Head.LENGTH + body.length();
    }

    @Override
    public void writeTo(ByteBuffer out) {
        Icmpv6Head.write(out, type, code);
        body.writeTo(out);
    }
}
