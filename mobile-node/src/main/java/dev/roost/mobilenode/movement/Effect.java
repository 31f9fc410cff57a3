package dev.roost.mobilenode.movement;

import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Something the mobile node wants to happen outside of it: a packet, a change to the kernel's addresses and routes, or something to
 * tell. Effects name addresses; whoever carries them out writes the bytes.
 */
public sealed interface Effect {
    /** Hands this to the method for its kind. */
    void accept(Visitor visitor);

    /** One method for each kind of effect, so that none can be forgotten. */
    interface Visitor {
        void sendRouterSolicitation(SendRouterSolicitation effect);

        void sendNeighborSolicitation(SendNeighborSolicitation effect);

        void sendNeighborAdvertisement(SendNeighborAdvertisement effect);

        void sendDiscoveryRequest(SendDiscoveryRequest effect);

        void sendBindingUpdate(SendBindingUpdate effect);

        void sendMobilePrefixSolicitation(SendMobilePrefixSolicitation effect);

        void sendBindingError(SendBindingError effect);

        void configureCareOfAddress(ConfigureCareOfAddress effect);

        void removeCareOfAddress(RemoveCareOfAddress effect);

        void placeHomeAddressOnLink(PlaceHomeAddressOnLink effect);

        void placeHomeAddressOffLink(PlaceHomeAddressOffLink effect);

        void useDefaultRouter(UseDefaultRouter effect);

        void openTunnel(OpenTunnel effect);

        void closeTunnel(CloseTunnel effect);

        void event(Event effect);

        void count(Count effect);

        void finished(Finished effect);
    }

    /** To all routers; with a source link-layer address option. */
    record SendRouterSolicitation(Ipv6Address source) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.sendRouterSolicitation(this);
        }
    }

    /**
     * A neighbor solicitation. From the unspecified address it carries no source link-layer address option (RFC 4861, 4.3).
     *
     * @param linkLayerDestination of the frame
     */
    record SendNeighborSolicitation(
            MacAddress linkLayerDestination, Ipv6Address source, Ipv6Address destination, Ipv6Address target)
            implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.sendNeighborSolicitation(this);
        }
    }

    /** A neighbor advertisement with Override set and the interface's address as target link-layer address. */
    record SendNeighborAdvertisement(
            MacAddress linkLayerDestination,
            Ipv6Address source,
            Ipv6Address destination,
            Ipv6Address target,
            boolean solicited)
            implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.sendNeighborAdvertisement(this);
        }
    }

    record SendDiscoveryRequest(
            MacAddress linkLayerDestination, Ipv6Address source, Ipv6Address destination, int identifier)
            implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.sendDiscoveryRequest(this);
        }
    }

    /**
     * A binding update.
     *
     * @param source care-of address when away, home address at home
     * @param homeAddress of the mobile node; it goes into a Home Address option unless it is the source
     */
    record SendBindingUpdate(
            MacAddress linkLayerDestination,
            Ipv6Address source,
            Ipv6Address destination,
            Ipv6Address homeAddress,
            BindingUpdate message)
            implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.sendBindingUpdate(this);
        }
    }

    record SendMobilePrefixSolicitation(
            MacAddress linkLayerDestination,
            Ipv6Address source,
            Ipv6Address destination,
            Ipv6Address homeAddress,
            int identifier)
            implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.sendMobilePrefixSolicitation(this);
        }
    }

    record SendBindingError(
            MacAddress linkLayerDestination,
            Ipv6Address source,
            Ipv6Address destination,
            Ipv6Address homeAddress,
            int status)
            implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.sendBindingError(this);
        }
    }

    /**
     * The interface gets this care-of address; it was found to be unique, so the kernel need not look again. An earlier care-of
     * address goes.
     *
     * @param onLink whether the rest of the prefix is on the link too
     */
    record ConfigureCareOfAddress(Ipv6Address address, int prefixLength, boolean onLink) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.configureCareOfAddress(this);
        }
    }

    record RemoveCareOfAddress(Ipv6Address address) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.removeCareOfAddress(this);
        }
    }

    /** The home address moves to the interface: the mobile node is at home, and nobody else answers for it. */
    record PlaceHomeAddressOnLink() implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.placeHomeAddressOnLink(this);
        }
    }

    /** The home address moves off the interface, but stays an address of this node. */
    record PlaceHomeAddressOffLink() implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.placeHomeAddressOffLink(this);
        }
    }

    /** Packets to elsewhere go to this router of the link; empty: nowhere. */
    record UseDefaultRouter(Optional<Ipv6Address> linkLocalAddress) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.useDefaultRouter(this);
        }
    }

    /**
     * From now on what the home address sends goes into the tunnel, and what comes out of it is taken. Replaces the tunnel there
     * was.
     */
    record OpenTunnel(Ipv6Address careOfAddress, Ipv6Address homeAgent) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.openTunnel(this);
        }
    }

    record CloseTunnel() implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.closeTunnel(this);
        }
    }

    /**
     * Something to tell a person: one log line.
     *
     * @param kind one of the words that the documentation of the main class lists
     * @param fields names and values, alternating
     */
    record Event(String kind, List<String> fields) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.event(this);
        }

        public Event {
            fields = List.copyOf(fields);
            if (fields.size() % 2 != 0) {
                throw new IllegalArgumentException("names and values must alternate: " + fields);
            }
        }

        static Event of(String kind, Object... namesAndValues) {
            return new Event(
                    kind, Arrays.stream(namesAndValues).map(String::valueOf).toList());
        }
    }

    /** Something that was refused or passed over, by a word from a closed set. */
    record Count(String reason) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.count(this);
        }
    }

    /** The mobile node has nothing left to do; only after {@link MobileNode#onStop}. */
    record Finished() implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.finished(this);
        }
    }
}
