package dev.roost.mobileip;

import java.nio.ByteBuffer;

/** What an IPv6 packet carries behind its extension headers. */
public sealed interface Payload permits Icmpv6Message, MobilityMessage, OpaquePayload {

    /** The Next Header value that announces it. */
    int protocol();

    /** Octets that {@link #writeTo} writes. */
    int length();

    /** Writes it with a checksum field of zero; {@link Ipv6Packet} fills that in, knowing the pseudo-header. */
    void writeTo(ByteBuffer out);
}
