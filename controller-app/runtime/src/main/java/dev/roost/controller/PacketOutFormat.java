package dev.roost.controller;

import io.netty.buffer.ByteBuf;

/**
 * The bytes of a PACKET_OUT with one frame and one output (OpenFlow 1.3.5, 7.3.7): the message of which there may be a million a
 * second. For whichever thread writes to the switch.
 *
 * <pre>
 *   version(1) type(1) length(2) xid(4) buffer_id(4) in_port(4) actions_len(2) pad(6)
 *   output action (7.2.5): type(2) length(2) port(4) max_len(2) pad(6)
 *   frame
 * </pre>
 */
public final class PacketOutFormat {

    /** Errors about packet-outs come back with it; no other message uses it. */
    public static final long XID = 0xffff_ff0fL;

    private static final long VERSION_AND_TYPE = 4L << 56 | 13L << 48;
    private static final int NO_BUFFER = -1;
    private static final int OUTPUT_ACTION_LENGTH = 16;
    private static final int HEAD_LENGTH = 24 + OUTPUT_ACTION_LENGTH;

    /** What fits behind the head, since a message's length has 16 bits. */
    public static final int MAX_FRAME_LENGTH = 0xffff - HEAD_LENGTH;

    private PacketOutFormat() {}

    /** Writes one message under {@link #XID}; the ports and the frame are as for {@link PacketOutSink#add}. */
    public static void write(ByteBuf out, int inPort, int outPort, byte[] frame, int offset, int length) {
        int messageLength = HEAD_LENGTH + length;
        out.ensureWritable(messageLength);
        out.writeLong(VERSION_AND_TYPE | (long) messageLength << 32 | XID);
        out.writeInt(NO_BUFFER).writeInt(inPort).writeLong((long) OUTPUT_ACTION_LENGTH << 48);
        out.writeInt(OUTPUT_ACTION_LENGTH).writeInt(outPort).writeLong(0);
        out.writeBytes(frame, offset, length);
    }
}
