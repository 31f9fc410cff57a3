package dev.roost.controller.standalone;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/**
 * The OpenFlow 1.3 messages that are read or written as bytes: those before the version is agreed, echoes, and packet-ins; for
 * packet-outs see {@link dev.roost.controller.PacketOutFormat}. Everything else goes through openflowj.
 *
 * <pre>
 *   header (7.1):     version(1) type(1) length(2) xid(4)
 *   HELLO (7.5.1):    header, elements: type(2) length(2) bitmaps(4 each), padded to 8
 *   PACKET_IN (7.4.1): header, buffer_id(4) total_len(2) reason(1) table_id(1) cookie(8), match, pad(2), frame
 *   match (7.2.3):    type(2) length(2) oxm..., padded to 8; oxm: class(2) field and mask bit(1) length(1) value
 * </pre>
 */
final class OpenFlowBytes {

    static final int VERSION_1_3 = 4;

    static final int HEADER_LENGTH = 8;
    static final int TYPE_OFFSET = 1;
    static final int LENGTH_OFFSET = 2;
    static final int XID_OFFSET = 4;

    static final int HELLO = 0;
    static final int ERROR = 1;
    static final int ECHO_REQUEST = 2;
    static final int ECHO_REPLY = 3;
    static final int PACKET_IN = 10;

    private static final int ELEMENT_HEADER_LENGTH = 4;
    private static final int HELLO_VERSION_BITMAP = 1;
    private static final int BITMAP_LENGTH = 4;

    private static final int MATCH_OFFSET = 24;
    private static final int MATCH_LENGTH_OFFSET = 26;
    private static final int OXM_OFFSET = 28;
    private static final int OXM_HEADER_LENGTH = 4;
    /** Class OFPXMC_OPENFLOW_BASIC, field OFPXMT_OFB_IN_PORT, no mask, 4 bytes. */
    private static final int OXM_IN_PORT = 0x8000_0004;

    private static final int PACKET_IN_PAD = 2;
    /** No port has this number (OFPP_ANY): the packet-in does not say, or cannot be read. */
    static final int NO_PORT = -1;

    private OpenFlowBytes() {}

    static ByteBuf hello(ByteBufAllocator allocator) {
        int length = HEADER_LENGTH + ELEMENT_HEADER_LENGTH + BITMAP_LENGTH;
        ByteBuf out = allocator.buffer(length);
        header(out, HELLO, length, 0);
        return out.writeShort(HELLO_VERSION_BITMAP)
                .writeShort(ELEMENT_HEADER_LENGTH + BITMAP_LENGTH)
                .writeInt(1 << VERSION_1_3);
    }

    /** Whether a HELLO leads to version 1.3, which is the only one that we offer (6.3.1). */
    static boolean helloOffersVersion13(ByteBuf in, int start, int length) {
        int at = start + HEADER_LENGTH;
        int end = start + length;
        while (end - at >= ELEMENT_HEADER_LENGTH) {
            int elementLength = in.getUnsignedShort(at + 2);
            if (elementLength < ELEMENT_HEADER_LENGTH || elementLength > end - at) {
                break;
            }
            if (in.getUnsignedShort(at) == HELLO_VERSION_BITMAP
                    && elementLength >= ELEMENT_HEADER_LENGTH + BITMAP_LENGTH) {
                return (in.getInt(at + ELEMENT_HEADER_LENGTH) & 1 << VERSION_1_3) != 0;
            }
            at += (elementLength + 7) & ~7;
        }
        return in.getUnsignedByte(start) >= VERSION_1_3;
    }

    /** OFPET_HELLO_FAILED (0), OFPHFC_INCOMPATIBLE (0), with a line for whoever reads the switch's log. */
    static ByteBuf helloFailed(ByteBufAllocator allocator, int xid) {
        byte[] text = "only OpenFlow 1.3 is spoken here".getBytes(StandardCharsets.US_ASCII);
        int length = HEADER_LENGTH + 4 + text.length;
        ByteBuf out = allocator.buffer(length);
        header(out, ERROR, length, xid);
        return out.writeInt(0).writeBytes(text);
    }

    static ByteBuf echoRequest(ByteBufAllocator allocator) {
        ByteBuf out = allocator.buffer(HEADER_LENGTH);
        header(out, ECHO_REQUEST, HEADER_LENGTH, 0);
        return out;
    }

    static ByteBuf echoReply(ByteBufAllocator allocator, ByteBuf request, int start, int length) {
        ByteBuf out = allocator.buffer(length);
        out.writeBytes(request, start, length);
        return out.setByte(TYPE_OFFSET, ECHO_REPLY);
    }

    /** Where the frame of a packet-in begins, or -1 when the message is too short for its own match. */
    static int frameOffset(ByteBuf in, int start, int length) {
        if (length < OXM_OFFSET) {
            return -1;
        }
        int matchLength = in.getUnsignedShort(start + MATCH_LENGTH_OFFSET);
        int offset = MATCH_OFFSET + ((matchLength + 7) & ~7) + PACKET_IN_PAD;
        return matchLength < OXM_OFFSET - MATCH_OFFSET || offset > length ? -1 : offset;
    }

    /** The ingress port of a packet-in for which {@link #frameOffset} found a place, or {@link #NO_PORT}. */
    static int inPort(ByteBuf in, int start) {
        int at = start + OXM_OFFSET;
        int end = start + MATCH_OFFSET + in.getUnsignedShort(start + MATCH_LENGTH_OFFSET);
        while (end - at >= OXM_HEADER_LENGTH) {
            int oxm = in.getInt(at);
            int valueLength = oxm & 0xff;
            if (valueLength > end - at - OXM_HEADER_LENGTH) {
                break;
            }
            if (oxm == OXM_IN_PORT) {
                return in.getInt(at + OXM_HEADER_LENGTH);
            }
            at += OXM_HEADER_LENGTH + valueLength;
        }
        return NO_PORT;
    }

    private static void header(ByteBuf out, int type, int length, int xid) {
        out.writeLong((long) VERSION_1_3 << 56 | (long) type << 48 | (long) length << 32 | (xid & 0xffff_ffffL));
    }
}
