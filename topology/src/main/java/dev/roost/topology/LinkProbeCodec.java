package dev.roost.topology;

import dev.roost.mobileip.MacAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Probes as LLDP frames (IEEE 802.1AB) that any LLDP tool can read, with one organizationally specific TLV of ours.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   | TLV 127     | length 40       |  company id 52-4f-53          :
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   :               |   subtype 1   |  datapath id (8 octets)       :
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  port (4)  |  sent at, ms since 1970 (8)  |  tag (16 octets)  |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * The tag is the first half of the HMAC-SHA-256 over the datapath id, the port and the time, so that a host can neither invent a probe
 * nor keep one for later. What it cannot prevent is two hosts on different switches that pass each other fresh probes: they make their
 * own two ports look like a link, which is why traffic of a home agent must never depend on a port just because it is called one.
 *
 * <p>The company id has the local bit set, so it is nobody's. Not thread-safe: it belongs to the loop, as {@link Topology} does.
 */
public final class LinkProbeCodec {

    /** Ethertype of LLDP. */
    public static final int ETHERTYPE = 0x88cc;

    /** The nearest-bridge group address: no bridge passes it on, so a probe shows direct neighbors only. */
    public static final MacAddress DESTINATION = MacAddress.parse("01:80:c2:00:00:0e");

    /** How far the clock of the controller may have jumped between sending and hearing a probe. */
    public static final Duration DEFAULT_MAX_AGE = Duration.ofSeconds(5);

    private static final int ETHERNET_HEADER = 14;
    private static final int TLV_END = 0;
    private static final int TLV_CHASSIS_ID = 1;
    private static final int TLV_PORT_ID = 2;
    private static final int TLV_TIME_TO_LIVE = 3;
    private static final int TLV_ORGANIZATION = 127;
    private static final int SUBTYPE_CHASSIS_LOCAL = 7;
    private static final int SUBTYPE_PORT_LOCAL = 7;

    /** How long a foreign neighbor may show us in its tables. */
    private static final short TIME_TO_LIVE_SECONDS = 120;

    private static final int COMPANY_AND_SUBTYPE = 0x524f5301;
    private static final int SIGNED_LENGTH = Long.BYTES + Integer.BYTES + Long.BYTES;
    private static final int TAG_LENGTH = 16;
    private static final int OUR_TLV_LENGTH = Integer.BYTES + SIGNED_LENGTH + TAG_LENGTH;

    private final Mac mac;
    private final Duration maxAge;

    /** A codec for one key; all controllers that share switches need the same. */
    public LinkProbeCodec(byte[] key, Duration maxAge) {
        try {
            mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
        this.maxAge = maxAge;
    }

    /** The whole Ethernet frame, to be sent out of the port that the probe names, with that port's address as the source. */
    public byte[] encode(LinkProbe probe, MacAddress source) {
        SwitchPort sender = probe.sender();
        byte[] chassis = sender.switchId().toString().getBytes(StandardCharsets.US_ASCII);
        byte[] port = Integer.toUnsignedString(sender.port()).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer out = ByteBuffer.allocate(
                ETHERNET_HEADER + (3 + chassis.length) + (3 + port.length) + 4 + (2 + OUR_TLV_LENGTH) + 2);
        DESTINATION.writeTo(out);
        source.writeTo(out);
        out.putShort((short) ETHERTYPE);
        putHeader(out, TLV_CHASSIS_ID, 1 + chassis.length)
                .put((byte) SUBTYPE_CHASSIS_LOCAL)
                .put(chassis);
        putHeader(out, TLV_PORT_ID, 1 + port.length)
                .put((byte) SUBTYPE_PORT_LOCAL)
                .put(port);
        putHeader(out, TLV_TIME_TO_LIVE, Short.BYTES).putShort(TIME_TO_LIVE_SECONDS);
        byte[] signed = signedPart(probe);
        putHeader(out, TLV_ORGANIZATION, OUR_TLV_LENGTH)
                .putInt(COMPANY_AND_SUBTYPE)
                .put(signed)
                .put(tag(signed));
        putHeader(out, TLV_END, 0);
        return out.array();
    }

    /** Reads a frame that came in at {@code now}; leaves the buffer's position alone. */
    public ProbeReading decode(Instant now, ByteBuffer frame) {
        ByteBuffer in = frame.slice();
        try {
            if (in.limit() < ETHERNET_HEADER || Short.toUnsignedInt(in.getShort(ETHERNET_HEADER - 2)) != ETHERTYPE) {
                return new ProbeReading.Refused(ProbeReading.Reason.MALFORMED);
            }
            in.position(ETHERNET_HEADER);
            return decodeTlvs(now, in);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            // A length that reaches past the end: the one way in which the buffer can refuse.
            return new ProbeReading.Refused(ProbeReading.Reason.MALFORMED);
        }
    }

    private ProbeReading decodeTlvs(Instant now, ByteBuffer in) {
        while (in.hasRemaining()) {
            int header = Short.toUnsignedInt(in.getShort());
            int type = header >>> 9;
            int length = header & 0x1ff;
            if (type == TLV_END) {
                break;
            }
            int next = in.position() + length;
            if (type == TLV_ORGANIZATION && length >= Integer.BYTES && in.getInt() == COMPANY_AND_SUBTYPE) {
                return length == OUR_TLV_LENGTH
                        ? verify(now, in)
                        : new ProbeReading.Refused(ProbeReading.Reason.MALFORMED);
            }
            in.position(next);
        }
        return new ProbeReading.Foreign();
    }

    private ProbeReading verify(Instant now, ByteBuffer in) {
        byte[] signed = new byte[SIGNED_LENGTH];
        byte[] tag = new byte[TAG_LENGTH];
        in.get(signed).get(tag);
        if (!MessageDigest.isEqual(tag, tag(signed))) {
            return new ProbeReading.Refused(ProbeReading.Reason.FORGED);
        }
        ByteBuffer fields = ByteBuffer.wrap(signed);
        SwitchPort sender = new SwitchPort(new SwitchId(fields.getLong()), fields.getInt());
        Instant sentAt = Instant.ofEpochMilli(fields.getLong());
        if (Duration.between(sentAt, now).abs().compareTo(maxAge) > 0) {
            return new ProbeReading.Refused(ProbeReading.Reason.STALE);
        }
        return new ProbeReading.Genuine(new LinkProbe(sender, sentAt));
    }

    private static byte[] signedPart(LinkProbe probe) {
        return ByteBuffer.allocate(SIGNED_LENGTH)
                .putLong(probe.sender().switchId().datapathId())
                .putInt(probe.sender().port())
                .putLong(probe.sentAt().toEpochMilli())
                .array();
    }

    private byte[] tag(byte[] signed) {
        return Arrays.copyOf(mac.doFinal(signed), TAG_LENGTH);
    }

    private static ByteBuffer putHeader(ByteBuffer out, int type, int length) {
        return out.putShort((short) (type << 9 | length));
    }
}
