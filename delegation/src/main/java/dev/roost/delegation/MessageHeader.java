package dev.roost.delegation;

import dev.roost.mobileip.MalformedPacketException;
import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;

/**
 * What every message begins with.
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Version = 1  |     Type      |            Length             |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                        Key Identifier                         |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                      Sender's Session (64)                    |
 *  |                                                               |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                     Receiver's Session (64)                   |
 *  |                                                               |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                      Sequence Number (64)                     |
 *  |                                                               |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param type octet, known or not
 * @param length of the whole message in octets, the authenticator included
 * @param keyIdentifier 0 to 4294967295
 * @param senderSession never 0
 * @param receiverSession 0: the sender does not know it
 * @param sequenceNumber of the datagram, compared unsigned
 */
public record MessageHeader(
        int type, int length, long keyIdentifier, long senderSession, long receiverSession, long sequenceNumber) {

    public static final int VERSION = 1;
    /** Octets of this header. */
    public static final int LENGTH = 32;
    /** So that a message goes through every link that carries IPv6 in one packet: 1280 less IPv6 and UDP header. */
    public static final int MAX_MESSAGE = 1232;

    private static final int LENGTH_FIELD = 2;

    /** Whether this is a message of a version that is spoken here; the caller has checked that there is an octet. */
    static boolean isKnownVersion(ByteBuffer in) {
        return (in.get(in.position()) & 0xff) == VERSION;
    }

    /** Reads the header and checks that the buffer from its position to its limit is one whole message. */
    static MessageHeader parse(ByteBuffer in) throws MalformedPacketException {
        int octets = in.remaining();
        int least = MessageCodec.FIXED + ForwardingKey.AUTHENTICATOR;
        if (octets < least) {
            throw new MalformedPacketException(Reason.TRUNCATED, "message < " + least, octets, in.position());
        }
        int length = in.getShort(in.position() + LENGTH_FIELD) & 0xffff;
        if (length != octets || length > MAX_MESSAGE) {
            throw new MalformedPacketException(
                    length > octets ? Reason.TRUNCATED : Reason.BAD_LENGTH,
                    "length is not that of the datagram",
                    length,
                    in.position() + LENGTH_FIELD);
        }
        int type = in.get(in.position() + 1) & 0xff;
        in.position(in.position() + 4);
        return new MessageHeader(type, length, in.getInt() & 0xffff_ffffL, in.getLong(), in.getLong(), in.getLong());
    }

    void writeTo(ByteBuffer out) {
        out.put((byte) VERSION)
                .put((byte) type)
                .putShort((short) length)
                .putInt((int) keyIdentifier)
                .putLong(senderSession)
                .putLong(receiverSession)
                .putLong(sequenceNumber);
    }
}
