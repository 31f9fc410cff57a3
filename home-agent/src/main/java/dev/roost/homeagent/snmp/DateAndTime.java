package dev.roost.homeagent.snmp;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.snmp4j.smi.OctetString;

/**
 * DateAndTime of RFC 2579, in UTC.
 *
 * <pre>
 *   year (2) | month | day | hour | minutes | seconds | deci-seconds | '+' | 0 | 0
 * </pre>
 */
final class DateAndTime {
    private static final int LENGTH = 11;
    private static final int NANOS_PER_DECISECOND = 100_000_000;

    private DateAndTime() {}

    static OctetString of(Instant instant) {
        OffsetDateTime time = instant.atOffset(ZoneOffset.UTC);
        return new OctetString(ByteBuffer.allocate(LENGTH)
                .putShort((short) time.getYear())
                .put((byte) time.getMonthValue())
                .put((byte) time.getDayOfMonth())
                .put((byte) time.getHour())
                .put((byte) time.getMinute())
                .put((byte) time.getSecond())
                .put((byte) (time.getNano() / NANOS_PER_DECISECOND))
                .put((byte) '+')
                .array());
    }
}
