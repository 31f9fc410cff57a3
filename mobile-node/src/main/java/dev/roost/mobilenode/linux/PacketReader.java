package dev.roost.mobilenode.linux;

import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingError;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.ExtensionHeader;
import dev.roost.mobileip.HomeAgentAddressDiscoveryReply;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.MalformedPacketException;
import dev.roost.mobileip.MobilePrefixAdvertisement;
import dev.roost.mobileip.MobilityMessage;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborDiscoveryMessage;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.Payload;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.mobileip.Type2RoutingHeader;
import dev.roost.mobileip.UnknownMobilityMessage;
import dev.roost.mobilenode.movement.Decision;
import dev.roost.mobilenode.movement.MobileNode;
import dev.roost.mobilenode.movement.PacketOrigin;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Turns frames into calls of the mobile node: the one place where bytes from the network are looked at, and where those that make no
 * sense are counted and dropped.
 */
public final class PacketReader {
    private final MacAddress own;
    private final MobileNode node;
    private final Consumer<String> counter;

    /** @param counter told the reason of everything that is dropped */
    public PacketReader(MacAddress own, MobileNode node, Consumer<String> counter) {
        this.own = own;
        this.node = node;
        this.counter = counter;
    }

    /** What the node makes of a frame; empty if it is not for it. */
    public Optional<Decision> read(Instant now, ByteBuffer bytes) {
        try {
            EthernetFrame frame = EthernetFrame.parse(bytes);
            boolean forUs =
                    frame.destination().equals(own) || frame.destination().isMulticast();
            // A switch floods what it does not know, and a hub sends back what we sent ourselves.
            return forUs && !frame.source().equals(own) ? call(now, frame) : Optional.empty();
        } catch (MalformedPacketException e) {
            counter.accept("malformed-" + e.reason().word());
            return Optional.empty();
        }
    }

    private Optional<Decision> call(Instant now, EthernetFrame frame) throws MalformedPacketException {
        Ipv6Packet packet = frame.packet();
        Payload payload = packet.payload();
        PacketOrigin origin = new PacketOrigin(frame.source(), packet.source(), packet.destination());
        if (payload instanceof NeighborDiscoveryMessage message) {
            message.requireValid(packet.header());
            return neighborDiscovery(now, origin, message);
        }
        if (payload instanceof HomeAgentAddressDiscoveryReply reply) {
            return Optional.of(node.onDiscoveryReply(now, origin, reply));
        }
        if (payload instanceof MobilePrefixAdvertisement advertisement) {
            return Optional.of(
                    node.onMobilePrefixAdvertisement(now, origin, routingHeaderHomeAddress(packet), advertisement));
        }
        return mobility(now, origin, packet);
    }

    private Optional<Decision> neighborDiscovery(Instant now, PacketOrigin origin, NeighborDiscoveryMessage message) {
        if (message instanceof RouterAdvertisement advertisement) {
            return Optional.of(node.onRouterAdvertisement(now, origin, advertisement));
        }
        if (message instanceof NeighborSolicitation solicitation) {
            return Optional.of(node.onNeighborSolicitation(now, origin, solicitation));
        }
        if (message instanceof NeighborAdvertisement advertisement) {
            return Optional.of(node.onNeighborAdvertisement(now, origin, advertisement));
        }
        return Optional.empty();
    }

    private Optional<Decision> mobility(Instant now, PacketOrigin origin, Ipv6Packet packet) {
        Payload payload = packet.payload();
        if (payload instanceof BindingAcknowledgement acknowledgement) {
            return Optional.of(
                    node.onBindingAcknowledgement(now, origin, routingHeaderHomeAddress(packet), acknowledgement));
        }
        if (payload instanceof BindingError error) {
            return Optional.of(node.onBindingError(now, origin, error));
        }
        if (payload instanceof UnknownMobilityMessage unknown && !unknown.isReturnRoutability()) {
            return Optional.of(node.onUnknownMobilityMessage(now, origin));
        }
        if (payload instanceof MobilityMessage) {
            // Nothing for a mobile node without correspondents of its own.
            counter.accept("mobility-message-unused");
        }
        return Optional.empty();
    }

    private static Optional<Ipv6Address> routingHeaderHomeAddress(Ipv6Packet packet) {
        for (ExtensionHeader header : packet.extensionHeaders()) {
            if (header instanceof Type2RoutingHeader routing) {
                return Optional.of(routing.homeAddress());
            }
        }
        return Optional.empty();
    }
}
