package dev.roost.mobileip;

import java.nio.ByteBuffer;

/**
 * An IPv6 extension header (RFC 8200, 4).
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Next Header  |  Hdr Ext Len  |              ...              ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Hdr Ext Len counts units of 8 octets behind the first. A header does not hold the Next Header value, which is what stands behind
 * it in the list of its {@link Ipv6Packet}. The Mobility Header ends the chain and is a {@link Payload} here; so is ESP, which hides
 * what it carries.
 */
public sealed interface ExtensionHeader
        permits HopByHop,
                DestinationOptions,
                Type2RoutingHeader,
                OtherRoutingHeader,
                FragmentHeader,
                UnknownExtensionHeader {

    /** The Next Header value that announces this header. */
    int protocol();

    /** Octets on the wire. */
    int length();

    void writeTo(ByteBuffer out, int nextHeader);
}
