package dev.roost.mobileip;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** Octets that are carried but not interpreted: an immutable copy with value equality, printed as hexadecimal. */
public final class OpaqueBytes {

    public static final OpaqueBytes EMPTY = new OpaqueBytes(new byte[0]);

    private final byte[] octets;

    private OpaqueBytes(byte[] octets) {
        this.octets = octets;
    }

    public static OpaqueBytes of(byte[] octets) {
        return octets.length == 0 ? EMPTY : new OpaqueBytes(octets.clone());
    }

    public static OpaqueBytes zeros(int length) {
        return new OpaqueBytes(new byte[length]);
    }

    /** Takes everything from the position to the limit. */
    public static OpaqueBytes rest(ByteBuffer in) {
        return take(in, in.remaining());
    }

    /** Takes {@code length} octets at the position; the caller has checked that they are there. */
    static OpaqueBytes take(ByteBuffer in, int length) {
        if (length == 0) {
            return EMPTY;
        }
        byte[] octets = new byte[length];
        in.get(octets);
        return new OpaqueBytes(octets);
    }

    public int length() {
        return octets.length;
    }

    /** The first {@code length} octets, or all if there are fewer. */
    public OpaqueBytes first(int length) {
        return octets.length <= length ? this : new OpaqueBytes(Arrays.copyOf(octets, length));
    }

    public void writeTo(ByteBuffer out) {
        out.put(octets);
    }

    public byte[] toBytes() {
        return octets.clone();
    }

    /** A read-only, big-endian buffer over the octets, for whoever parses them after all. */
    public ByteBuffer asBuffer() {
        return ByteBuffer.wrap(octets).asReadOnlyBuffer();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OpaqueBytes bytes && Arrays.equals(octets, bytes.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(octets);
    }
}
