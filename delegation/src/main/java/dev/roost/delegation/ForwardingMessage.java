package dev.roost.delegation;

import dev.roost.mobileip.Ipv6Address;
import java.util.Optional;

/**
 * A message of the forwarding protocol, without what keeps it safe on its way ({@link MessageProtection}) and without its octets
 * ({@link MessageCodec}).
 *
 * <p>A request is repeated until an acknowledgement with its identifier arrives. Identifiers are unsigned 32-bit numbers which a process
 * does not use twice; epochs are 64 bits, compared unsigned.
 */
public sealed interface ForwardingMessage {

    /** 0 to 4294967295; an acknowledgement has that of its request. */
    long identifier();

    /** The type octet; requests are odd, and the acknowledgement of a request is one more. */
    int type();

    /** What wants an acknowledgement. */
    sealed interface Request extends ForwardingMessage {
        /** The home address it is about; unspecified if it is about none, or does not say. */
        Ipv6Address homeAddress();

        long epoch();

        /** The acknowledgement of this request, with nothing but a status and an epoch in it. */
        Acknowledgement acknowledge(DelegationStatus status, long epoch);
    }

    /** What answers a request. */
    sealed interface Acknowledgement extends ForwardingMessage {
        DelegationStatus status();
    }

    /**
     * Primary to secondary: tunnel for this mobile node.
     *
     * @param tunnelSource outer source address of the tunnel: the primary's, or the secondary's own
     * @param encapsulation the IP protocol number inside the outer header; {@link #IPV6_IN_IPV6} is what is known here
     * @param durationSeconds after which the secondary ends by itself; 0 to 4294967295, 0 is refused
     */
    record StartForwarding(
            long identifier,
            Ipv6Address homeAddress,
            Ipv6Address careOfAddress,
            Ipv6Address tunnelSource,
            int encapsulation,
            long epoch,
            long durationSeconds)
            implements Request {
        public static final int TYPE = 1;
        public static final int IPV6_IN_IPV6 = 41;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public Acknowledgement acknowledge(DelegationStatus status, long heldEpoch) {
            return new StartForwardingAcknowledgement(identifier, status, homeAddress, heldEpoch);
        }
    }

    /** @param epoch the one that the secondary holds now, of whichever primary */
    record StartForwardingAcknowledgement(long identifier, DelegationStatus status, Ipv6Address homeAddress, long epoch)
            implements Acknowledgement {
        public static final int TYPE = 2;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /**
     * Primary to secondary: stop what was started with this epoch or an older one.
     *
     * @param onBehalfOf the primary in whose stead the controller says so; empty when the primary says it itself
     */
    record StopForwarding(long identifier, Ipv6Address homeAddress, long epoch, Optional<Ipv6Address> onBehalfOf)
            implements Request {
        public static final int TYPE = 3;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public Acknowledgement acknowledge(DelegationStatus status, long heldEpoch) {
            return new StopForwardingAcknowledgement(identifier, status, homeAddress, heldEpoch);
        }
    }

    /** @param epoch that of the request, or the newer one that goes on */
    record StopForwardingAcknowledgement(long identifier, DelegationStatus status, Ipv6Address homeAddress, long epoch)
            implements Acknowledgement {
        public static final int TYPE = 4;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /**
     * Controller to primary: let this home agent forward; the primary itself means that it takes back, and the unspecified address
     * that it only reports who forwards.
     *
     * @param epoch number of the order: of two for one home address the higher one holds, in whatever order they arrive
     */
    record DelegationOrder(long identifier, Ipv6Address homeAddress, Ipv6Address forwarder, long epoch)
            implements Request {
        public static final int TYPE = 5;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public Acknowledgement acknowledge(DelegationStatus status, long heldEpoch) {
            return new DelegationOrderAcknowledgement(identifier, status, homeAddress, heldEpoch);
        }
    }

    /** The order was taken, or was not; whether it could be carried out comes as a {@link ForwarderReport}. */
    record DelegationOrderAcknowledgement(long identifier, DelegationStatus status, Ipv6Address homeAddress, long epoch)
            implements Acknowledgement {
        public static final int TYPE = 6;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /**
     * Primary to controller: this home agent forwards now, steer to it.
     *
     * @param status accepted; or why an order failed, and then {@code forwarder} is who goes on as before
     */
    record ForwarderReport(
            long identifier,
            DelegationStatus status,
            Ipv6Address homeAddress,
            Ipv6Address careOfAddress,
            Ipv6Address forwarder,
            long epoch)
            implements Request {
        public static final int TYPE = 7;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public Acknowledgement acknowledge(DelegationStatus answer, long heldEpoch) {
            return new ForwarderReportAcknowledgement(identifier, answer, homeAddress, heldEpoch);
        }
    }

    /**
     * Controller to primary: every switch steers there now.
     *
     * @param epoch of the report; with {@link DelegationStatus#SUPERSEDED} the newer one that the controller knows
     */
    record ForwarderReportAcknowledgement(long identifier, DelegationStatus status, Ipv6Address homeAddress, long epoch)
            implements Acknowledgement {
        public static final int TYPE = 8;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /**
     * Anyone to anyone: do you speak this protocol, are you well? It tells as much about the sender.
     *
     * @param packetsTransmitted packets the sender put into tunnels since it started
     * @param entries mobile nodes for which the sender forwards on behalf of the receiver
     * @param allEntries the same for all primaries
     */
    record Hello(long identifier, Roles roles, long packetsTransmitted, long entries, long allEntries)
            implements Request {
        public static final int TYPE = 9;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public Ipv6Address homeAddress() {
            return Ipv6Address.UNSPECIFIED;
        }

        @Override
        public long epoch() {
            return 0;
        }

        @Override
        public Acknowledgement acknowledge(DelegationStatus status, long epoch) {
            return new HelloAcknowledgement(identifier, status, Roles.NONE, 0, 0, 0);
        }
    }

    /** As {@link Hello}, about who answers. */
    record HelloAcknowledgement(
            long identifier,
            DelegationStatus status,
            Roles roles,
            long packetsTransmitted,
            long entries,
            long allEntries)
            implements Acknowledgement {
        public static final int TYPE = 10;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /**
     * A request that is genuine and whole, but lacks something or names what is not known here. It is answered with
     * {@code acknowledge(status(), epoch())} and has no other consequence.
     *
     * @param requestType type of the request that it would be
     * @param homeAddress unspecified if the request had none
     */
    record UnusableRequest(
            int requestType, long identifier, DelegationStatus status, Ipv6Address homeAddress, long epoch)
            implements Request {
        @Override
        public int type() {
            return requestType;
        }

        @Override
        public Acknowledgement acknowledge(DelegationStatus answer, long heldEpoch) {
            return switch (requestType) {
                case StartForwarding.TYPE ->
                    new StartForwardingAcknowledgement(identifier, answer, homeAddress, heldEpoch);
                case StopForwarding.TYPE ->
                    new StopForwardingAcknowledgement(identifier, answer, homeAddress, heldEpoch);
                case DelegationOrder.TYPE ->
                    new DelegationOrderAcknowledgement(identifier, answer, homeAddress, heldEpoch);
                case ForwarderReport.TYPE ->
                    new ForwarderReportAcknowledgement(identifier, answer, homeAddress, heldEpoch);
                default -> new HelloAcknowledgement(identifier, answer, Roles.NONE, 0, 0, 0);
            };
        }

        /** The refusal that it gets. */
        public Acknowledgement refusal() {
            return acknowledge(status, epoch);
        }
    }
}
