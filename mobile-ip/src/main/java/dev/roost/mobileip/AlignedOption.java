package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * A type-length-value option that wants to stand at an offset of xn + y octets from the start of its header: the options of extension
 * headers (RFC 8200, 4.2) and of mobility headers (RFC 6275, 6.2). Parsing accepts any alignment; builders put padding in between.
 */
public sealed interface AlignedOption permits DestinationOption, MobilityOption {

    int type();

    /** Octets on the wire, type and length included. */
    int length();

    void writeTo(ByteBuffer out);

    /** The x of xn + y. */
    default int alignment() {
        return 1;
    }

    /** The y of xn + y. */
    default int alignmentOffset() {
        return 0;
    }
}
