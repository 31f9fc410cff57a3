package dev.roost.loadbalancer;

import dev.roost.delegation.ForwardingMessage;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.EchoReply;
import dev.roost.mobileip.HomeAgentAddressDiscoveryReply;
import dev.roost.mobileip.Icmpv6Error;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborDiscoveryMessage;
import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Something to be done outside, once the changes of the same decision are remembered. */
public sealed interface Effect {

    void accept(Visitor visitor);

    /** One method for each kind of effect, so that a new kind cannot be forgotten. */
    interface Visitor {

        void visit(SendNeighborAdvertisement effect);

        void visit(SendDiscoveryReply effect);

        void visit(SendEchoReply effect);

        void visit(SendPacketTooBig effect);

        void visit(SendBindingAcknowledgement effect);

        void visit(SendProbe effect);

        void visit(SendForwardingMessage effect);

        void visit(SendOnLink effect);

        void visit(AwaitSteering effect);

        void visit(ForwardPacket effect);

        void visit(Event effect);

        void visit(Count effect);
    }

    /** A packet to send; the Ethernet source is always the representative's link-layer address. */
    sealed interface SendPacket extends Effect {

        /** The port to send it out of. */
        SwitchPort port();

        MacAddress linkLayerDestination();

        Ipv6Address source();

        Ipv6Address destination();
    }

    /** Hop limit 255. */
    record SendNeighborAdvertisement(
            SwitchPort port,
            MacAddress linkLayerDestination,
            Ipv6Address source,
            Ipv6Address destination,
            NeighborAdvertisement advertisement)
            implements SendPacket {
        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** Ordinary hop limit. The address list of replies in the same order is one and the same object. */
    record SendDiscoveryReply(
            SwitchPort port,
            MacAddress linkLayerDestination,
            Ipv6Address source,
            Ipv6Address destination,
            HomeAgentAddressDiscoveryReply reply)
            implements SendPacket {
        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    record SendEchoReply(
            SwitchPort port,
            MacAddress linkLayerDestination,
            Ipv6Address source,
            Ipv6Address destination,
            EchoReply reply)
            implements SendPacket {
        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** Somebody else's Packet Too Big, passed on to who tunnels in the representative's name; ordinary hop limit. */
    record SendPacketTooBig(
            SwitchPort port,
            MacAddress linkLayerDestination,
            Ipv6Address source,
            Ipv6Address destination,
            Icmpv6Error error)
            implements SendPacket {
        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /**
     * An acknowledgement to where the binding update came from.
     *
     * @param routingHeaderAddress when present, a type 2 routing header carries this home address, and the checksum is
     *     taken over it (RFC 6275, 9.5.4)
     */
    record SendBindingAcknowledgement(
            SwitchPort port,
            MacAddress linkLayerDestination,
            Ipv6Address source,
            Ipv6Address destination,
            Optional<Ipv6Address> routingHeaderAddress,
            BindingAcknowledgement acknowledgement)
            implements SendPacket {
        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** Asks a home agent whether it is there, or to advertise itself; hop limit 255. */
    record SendProbe(
            SwitchPort port,
            MacAddress linkLayerDestination,
            Ipv6Address source,
            Ipv6Address destination,
            NeighborDiscoveryMessage solicitation)
            implements SendPacket {
        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** A message of the forwarding protocol, from the representative's address; it still is to be protected. */
    record SendForwardingMessage(
            SwitchPort port,
            MacAddress linkLayerDestination,
            Ipv6Address source,
            Ipv6Address destination,
            ForwardingMessage message)
            implements SendPacket {
        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /**
     * A packet that a switch is to forward as if it had come in somewhere: nobody knows the port where its destination is.
     *
     * @param by a switch of the home link; if it is not connected another one will do
     */
    record SendOnLink(SwitchId by, MacAddress linkLayerDestination, Ipv6Packet packet) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /**
     * {@link HomeNetwork#onSteered} is to be called, with this epoch, when every switch that is connected has the rules of this bound
     * home address as they are wanted after this decision, behind a barrier.
     */
    record AwaitSteering(Ipv6Address homeAddress, long epoch) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** Lets the punted packet of this event go on as if it had not been intercepted. */
    record ForwardPacket() implements Effect {

        static final ForwardPacket INSTANCE = new ForwardPacket();

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /**
     * Something a person may want to know: one log line, one entry among the recent events.
     *
     * @param kind a stable word, lower case with hyphens
     * @param fields in the order in which they are shown
     */
    record Event(Severity severity, String kind, Map<String, String> fields) implements Effect {

        /** Whether a person should look. */
        public enum Severity {
            INFO,
            WARN
        }

        public Event {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }

        static Event info(String kind, Object... namesAndValues) {
            return new Event(Severity.INFO, kind, fields(namesAndValues));
        }

        static Event warn(String kind, Object... namesAndValues) {
            return new Event(Severity.WARN, kind, fields(namesAndValues));
        }

        private static Map<String, String> fields(Object... namesAndValues) {
            Map<String, String> fields = new LinkedHashMap<>();
            for (int i = 0; i < namesAndValues.length; i += 2) {
                fields.put(namesAndValues[i].toString(), namesAndValues[i + 1].toString());
            }
            return fields;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }

    /** One more of what was refused, ignored or lost to a limit. */
    record Count(Reason reason) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.visit(this);
        }
    }
}
