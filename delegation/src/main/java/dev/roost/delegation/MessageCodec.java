package dev.roost.delegation;

import dev.roost.delegation.ForwardingMessage.DelegationOrder;
import dev.roost.delegation.ForwardingMessage.DelegationOrderAcknowledgement;
import dev.roost.delegation.ForwardingMessage.ForwarderReport;
import dev.roost.delegation.ForwardingMessage.ForwarderReportAcknowledgement;
import dev.roost.delegation.ForwardingMessage.Hello;
import dev.roost.delegation.ForwardingMessage.HelloAcknowledgement;
import dev.roost.delegation.ForwardingMessage.StartForwarding;
import dev.roost.delegation.ForwardingMessage.StartForwardingAcknowledgement;
import dev.roost.delegation.ForwardingMessage.StopForwarding;
import dev.roost.delegation.ForwardingMessage.StopForwardingAcknowledgement;
import dev.roost.delegation.ForwardingMessage.UnusableRequest;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MalformedPacketException;
import dev.roost.mobileip.MalformedPacketException.Reason;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What stands between header and authenticator, the same for all types; a type writes zero into what it does not use, and options only
 * where they say something.
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                          Identifier                           |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |    Status     | Encapsulation |             Flags             |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                          Epoch (64)                           |
 *  |                                                               |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                           Duration                            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  ~                           Options                             ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
final class MessageCodec {
    /** Octets of header and fixed fields. */
    static final int FIXED = 52;

    private static final int IDENTIFIER = 32;
    private static final int STATUS = 36;
    private static final int ENCAPSULATION = 37;
    private static final int FLAGS = 38;
    private static final int EPOCH = 40;
    private static final int DURATION = 48;
    private static final int ON_BEHALF = 4;

    private MessageCodec() {}

    /** The identifier of a message of any type; the header has been checked. */
    static long identifier(ByteBuffer datagram, int start) {
        return datagram.getInt(start + IDENTIFIER) & 0xffff_ffffL;
    }

    /** Whether an acknowledgement tells a session and nothing else; the header has been checked. */
    static boolean isSessionAnswer(ByteBuffer datagram, int start) {
        return (datagram.get(start + STATUS) & 0xff) == DelegationStatus.SESSION.code();
    }

    static boolean isKnownType(int type) {
        return type >= StartForwarding.TYPE && type <= HelloAcknowledgement.TYPE;
    }

    static boolean isRequest(int type) {
        return (type & 1) == 1;
    }

    /** Octets that {@link #write} writes; the header counts. */
    static int length(ForwardingMessage message) {
        int addresses;
        if (message instanceof StartForwarding) {
            addresses = 3;
        } else if (message instanceof ForwarderReport) {
            addresses = 3;
        } else if (message instanceof DelegationOrder) {
            addresses = 2;
        } else if (message instanceof StopForwarding stop) {
            addresses = stop.onBehalfOf().isPresent() ? 2 : 1;
        } else if (message instanceof Hello || message instanceof HelloAcknowledgement) {
            return FIXED + MessageOptions.LONG_OPTION + 2 * MessageOptions.INT_OPTION;
        } else {
            addresses = homeAddress(message).isUnspecified() ? 0 : 1;
        }
        return FIXED + addresses * MessageOptions.ADDRESS_OPTION;
    }

    private static Ipv6Address homeAddress(ForwardingMessage message) {
        if (message instanceof StartForwardingAcknowledgement start) {
            return start.homeAddress();
        } else if (message instanceof StopForwardingAcknowledgement stop) {
            return stop.homeAddress();
        } else if (message instanceof DelegationOrderAcknowledgement order) {
            return order.homeAddress();
        } else if (message instanceof ForwarderReportAcknowledgement report) {
            return report.homeAddress();
        }
        throw new IllegalArgumentException("not to be sent: " + message);
    }

    /** Writes header and message, all but the authenticator. */
    static void write(MessageHeader header, ForwardingMessage message, ByteBuffer out) {
        header.writeTo(out);
        out.putInt((int) message.identifier());
        if (message instanceof StartForwarding start) {
            fixed(out, 0, start.encapsulation(), 0, start.epoch(), start.durationSeconds());
            MessageOptions.write(MessageOptions.HOME_ADDRESS, start.homeAddress(), out);
            MessageOptions.write(MessageOptions.CARE_OF_ADDRESS, start.careOfAddress(), out);
            MessageOptions.write(MessageOptions.TUNNEL_SOURCE, start.tunnelSource(), out);
        } else if (message instanceof StartForwardingAcknowledgement start) {
            acknowledgement(out, start.status(), start.epoch(), start.homeAddress());
        } else if (message instanceof StopForwarding stop) {
            fixed(out, 0, 0, stop.onBehalfOf().isPresent() ? ON_BEHALF : 0, stop.epoch(), 0);
            MessageOptions.write(MessageOptions.HOME_ADDRESS, stop.homeAddress(), out);
            if (stop.onBehalfOf().isPresent()) {
                MessageOptions.write(
                        MessageOptions.TUNNEL_SOURCE, stop.onBehalfOf().orElseThrow(), out);
            }
        } else if (message instanceof StopForwardingAcknowledgement stop) {
            acknowledgement(out, stop.status(), stop.epoch(), stop.homeAddress());
        } else {
            writeOther(message, out);
        }
    }

    private static void writeOther(ForwardingMessage message, ByteBuffer out) {
        if (message instanceof DelegationOrder order) {
            fixed(out, 0, 0, 0, order.epoch(), 0);
            MessageOptions.write(MessageOptions.HOME_ADDRESS, order.homeAddress(), out);
            MessageOptions.write(MessageOptions.FORWARDER, order.forwarder(), out);
        } else if (message instanceof DelegationOrderAcknowledgement order) {
            acknowledgement(out, order.status(), order.epoch(), order.homeAddress());
        } else if (message instanceof ForwarderReport report) {
            fixed(out, report.status().code(), 0, 0, report.epoch(), 0);
            MessageOptions.write(MessageOptions.HOME_ADDRESS, report.homeAddress(), out);
            MessageOptions.write(MessageOptions.CARE_OF_ADDRESS, report.careOfAddress(), out);
            MessageOptions.write(MessageOptions.FORWARDER, report.forwarder(), out);
        } else if (message instanceof ForwarderReportAcknowledgement report) {
            acknowledgement(out, report.status(), report.epoch(), report.homeAddress());
        } else if (message instanceof Hello hello) {
            fixed(out, 0, 0, hello.roles().flags(), 0, 0);
            counters(out, hello.packetsTransmitted(), hello.entries(), hello.allEntries());
        } else if (message instanceof HelloAcknowledgement hello) {
            fixed(out, hello.status().code(), 0, hello.roles().flags(), 0, 0);
            counters(out, hello.packetsTransmitted(), hello.entries(), hello.allEntries());
        } else {
            throw new IllegalArgumentException("not to be sent: " + message);
        }
    }

    private static void fixed(ByteBuffer out, int status, int encapsulation, int flags, long epoch, long duration) {
        out.put((byte) status).put((byte) encapsulation).putShort((short) flags);
        out.putLong(epoch).putInt((int) duration);
    }

    private static void acknowledgement(ByteBuffer out, DelegationStatus status, long epoch, Ipv6Address homeAddress) {
        fixed(out, status.code(), 0, 0, epoch, 0);
        if (!homeAddress.isUnspecified()) {
            MessageOptions.write(MessageOptions.HOME_ADDRESS, homeAddress, out);
        }
    }

    private static void counters(ByteBuffer out, long packets, long entries, long allEntries) {
        MessageOptions.writeLong(MessageOptions.PACKETS_TRANSMITTED, packets, out);
        MessageOptions.writeInt(MessageOptions.FORWARDING_ENTRIES, entries, out);
        MessageOptions.writeInt(MessageOptions.ALL_FORWARDING_ENTRIES, allEntries, out);
    }

    /**
     * Reads a message of a known type.
     *
     * @param in with the limit where the authenticator begins
     * @param start where the header begins
     */
    static ForwardingMessage parse(int type, ByteBuffer in, int start) throws MalformedPacketException {
        ByteBuffer body = in.position(start + FIXED);
        MessageOptions options = MessageOptions.parse(body);
        long identifier = identifier(in, start);
        DelegationStatus status = DelegationStatus.of(in.get(start + STATUS) & 0xff);
        long epoch = in.getLong(start + EPOCH);
        if (isRequest(type)) {
            return request(type, identifier, epoch, in, start, options);
        }
        Ipv6Address homeAddress = options.address(MessageOptions.HOME_ADDRESS);
        return switch (type) {
            case StartForwardingAcknowledgement.TYPE ->
                new StartForwardingAcknowledgement(identifier, status, homeAddress, epoch);
            case StopForwardingAcknowledgement.TYPE ->
                new StopForwardingAcknowledgement(identifier, status, homeAddress, epoch);
            case DelegationOrderAcknowledgement.TYPE ->
                new DelegationOrderAcknowledgement(identifier, status, homeAddress, epoch);
            case ForwarderReportAcknowledgement.TYPE ->
                new ForwarderReportAcknowledgement(identifier, status, homeAddress, epoch);
            case HelloAcknowledgement.TYPE ->
                new HelloAcknowledgement(
                        identifier,
                        status,
                        Roles.of(flags(in, start)),
                        options.packetsTransmitted(),
                        options.forwardingEntries(),
                        options.allForwardingEntries());
            default -> throw new MalformedPacketException(Reason.BAD_VALUE, "type 1 to 10", type, start + 1);
        };
    }

    private static ForwardingMessage request(
            int type, long identifier, long epoch, ByteBuffer in, int start, MessageOptions options)
            throws MalformedPacketException {
        Ipv6Address homeAddress = options.address(MessageOptions.HOME_ADDRESS);
        int flags = flags(in, start);
        if (options.isOtherFamily()) {
            return new UnusableRequest(type, identifier, DelegationStatus.ADDRESS_FAMILY, homeAddress, epoch);
        }
        if (lacks(type, flags, options)) {
            return new UnusableRequest(type, identifier, DelegationStatus.MISSING_OPTION, homeAddress, epoch);
        }
        return switch (type) {
            case StartForwarding.TYPE ->
                new StartForwarding(
                        identifier,
                        homeAddress,
                        options.address(MessageOptions.CARE_OF_ADDRESS),
                        options.address(MessageOptions.TUNNEL_SOURCE),
                        in.get(start + ENCAPSULATION) & 0xff,
                        epoch,
                        in.getInt(start + DURATION) & 0xffff_ffffL);
            case StopForwarding.TYPE ->
                new StopForwarding(
                        identifier,
                        homeAddress,
                        epoch,
                        (flags & ON_BEHALF) == 0
                                ? Optional.empty()
                                : Optional.of(options.address(MessageOptions.TUNNEL_SOURCE)));
            case DelegationOrder.TYPE ->
                new DelegationOrder(identifier, homeAddress, options.address(MessageOptions.FORWARDER), epoch);
            case ForwarderReport.TYPE ->
                new ForwarderReport(
                        identifier,
                        DelegationStatus.of(in.get(start + STATUS) & 0xff),
                        homeAddress,
                        options.address(MessageOptions.CARE_OF_ADDRESS),
                        options.address(MessageOptions.FORWARDER),
                        epoch);
            case Hello.TYPE ->
                new Hello(
                        identifier,
                        Roles.of(flags),
                        options.packetsTransmitted(),
                        options.forwardingEntries(),
                        options.allForwardingEntries());
            default -> throw new MalformedPacketException(Reason.BAD_VALUE, "type 1 to 10", type, start + 1);
        };
    }

    private static boolean lacks(int type, int flags, MessageOptions options) {
        boolean home = options.has(MessageOptions.HOME_ADDRESS);
        return switch (type) {
            case StartForwarding.TYPE ->
                !home || !options.has(MessageOptions.CARE_OF_ADDRESS) || !options.has(MessageOptions.TUNNEL_SOURCE);
            case StopForwarding.TYPE ->
                !home || ((flags & ON_BEHALF) != 0 && !options.has(MessageOptions.TUNNEL_SOURCE));
            case DelegationOrder.TYPE -> !home || !options.has(MessageOptions.FORWARDER);
            case ForwarderReport.TYPE ->
                !home || !options.has(MessageOptions.CARE_OF_ADDRESS) || !options.has(MessageOptions.FORWARDER);
            default -> false;
        };
    }

    private static int flags(ByteBuffer in, int start) {
        return in.getShort(start + FLAGS) & 0xffff;
    }
}
