package dev.roost.mobileip;

import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;

/** Reading one extension header after another; the header itself is {@link ExtensionHeader}. */
final class ExtensionHeaders {

    /** More than one of each kind serves nothing; the limit keeps a packet of empty headers cheap. */
    static final int MAX_EXTENSION_HEADERS = 8;

    private ExtensionHeaders() {}

    /** Number and order: RFC 8200, 4.1 allows hop-by-hop options in front of all others only. */
    static void requireAllowed(int protocol, int already, int at) throws MalformedPacketException {
        if (already == MAX_EXTENSION_HEADERS) {
            throw new MalformedPacketException(Reason.TOO_MANY_HEADERS, "extension headers > 8", already + 1, at);
        }
        if (protocol == HopByHop.PROTOCOL && already > 0) {
            throw new MalformedPacketException(Reason.BAD_ORDER, "hop-by-hop options not first but", already, at);
        }
    }

    /** Whether a Next Header value announces a header that {@link #parse} reads, rather than a payload. */
    static boolean isExtensionHeader(int protocol) {
        return switch (protocol) {
            case HopByHop.PROTOCOL,
                    DestinationOptions.PROTOCOL,
                    OtherRoutingHeader.PROTOCOL,
                    FragmentHeader.PROTOCOL,
                    UnknownExtensionHeader.AUTHENTICATION,
                    UnknownExtensionHeader.HOST_IDENTITY,
                    UnknownExtensionHeader.SHIM6 -> true;
            default -> false;
        };
    }

    /**
     * Length of the header at an index, which is checked to end before {@code end}. Static and on an index, since the walk that
     * allocates nothing uses it too.
     */
    static int requireLength(ByteBuffer in, int start, int end, int protocol) throws MalformedPacketException {
        if (end - start < 8) {
            throw new MalformedPacketException(Reason.TRUNCATED, "extension header < 8 octets", end - start, start);
        }
        int units = in.get(start + 1) & 0xff;
        int length = switch (protocol) {
            case FragmentHeader.PROTOCOL -> FragmentHeader.LENGTH;
            case UnknownExtensionHeader.AUTHENTICATION -> (units + 2) * 4;
            default -> (units + 1) * 8;
        };
        if (end - start < length) {
            throw new MalformedPacketException(
                    Reason.TRUNCATED, "extension header longer than the packet by", length - (end - start), start);
        }
        return length;
    }

    /** Reads the header at the position, announced by {@code protocol}, and moves behind it. */
    static ExtensionHeader parse(ByteBuffer in, int protocol) throws MalformedPacketException {
        int start = in.position();
        int end = start + requireLength(in, start, in.limit(), protocol);
        ExtensionHeader header = switch (protocol) {
            case HopByHop.PROTOCOL -> HopByHop.parse(in, end);
            case DestinationOptions.PROTOCOL -> DestinationOptions.parse(in, end);
            case FragmentHeader.PROTOCOL -> FragmentHeader.parse(in);
            case OtherRoutingHeader.PROTOCOL ->
                in.get(start + Type2RoutingHeader.ROUTING_TYPE) == Type2RoutingHeader.TYPE
                        ? Type2RoutingHeader.parse(in)
                        : OtherRoutingHeader.parse(in, end);
            default -> UnknownExtensionHeader.parse(in, protocol, end);
        };
        in.position(end);
        return header;
    }
}
