package dev.roost.mobilenode.generator;

import dev.roost.linux.NetworkLink;
import dev.roost.linux.PacketSocket;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.MalformedPacketException;
import dev.roost.mobileip.NdOption;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.mobileip.RouterSolicitation;
import dev.roost.mobileip.SourceLinkLayerAddress;
import dev.roost.mobileip.TargetLinkLayerAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Finds the link-layer address that all frames go to: of the gateway that was named, or of a router that advertises itself. */
final class GatewaySearch {
    static final Duration LONGEST = Duration.ofSeconds(15);
    private static final Duration REPEAT = Duration.ofSeconds(1);

    /** @param address empty when only the link-layer address is known */
    record Gateway(MacAddress linkLayerAddress, Optional<Ipv6Address> address) {}

    private final NetworkLink link;
    private final PacketSocket socket;
    private final Optional<Ipv6Address> named;
    private Optional<Gateway> found = Optional.empty();

    GatewaySearch(NetworkLink link, PacketSocket socket, Optional<Ipv6Address> named) {
        this.link = link;
        this.socket = socket;
        this.named = named;
    }

    /** Empty if nobody answered, or {@code stopped} became true. */
    Optional<Gateway> find(BooleanSupplier stopped) {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (found.isEmpty() && System.nanoTime() < end && !stopped.getAsBoolean()) {
            ask();
            long again = System.nanoTime() + REPEAT.toNanos();
            while (found.isEmpty() && System.nanoTime() < again && !stopped.getAsBoolean()) {
                socket.receive((index, frame) -> read(frame), Duration.ofMillis(100));
            }
        }
        return found;
    }

    private void ask() {
        Ipv6Address own = Ipv6Address.linkLocal(link.macAddress());
        List<NdOption> told = List.of(new SourceLinkLayerAddress(link.macAddress()));
        Ipv6Packet packet = named.map(
                        gateway -> Ipv6Packet.of(own, gateway.solicitedNode(), new NeighborSolicitation(gateway, told)))
                .orElseGet(() -> Ipv6Packet.of(own, Ipv6Address.ALL_ROUTERS, new RouterSolicitation(told)));
        socket.send(ByteBuffer.wrap(EthernetFrame.of(link.macAddress(), MacAddress.BROADCAST, packet)
                .toBytes()));
    }

    private void read(ByteBuffer bytes) {
        try {
            EthernetFrame frame = EthernetFrame.parse(bytes);
            if (frame.packet().payload() instanceof RouterAdvertisement advertisement && named.isEmpty()) {
                advertisement.requireValid(frame.packet().header());
                if (advertisement.routerLifetimeSeconds() > 0) {
                    found = Optional.of(new Gateway(
                            frame.source(), Optional.of(frame.packet().source())));
                }
            } else if (frame.packet().payload() instanceof NeighborAdvertisement advertisement
                    && named.equals(Optional.of(advertisement.target()))) {
                advertisement.requireValid(frame.packet().header());
                found = Optional.of(new Gateway(told(advertisement, frame.source()), named));
            }
        } catch (MalformedPacketException e) {
            // Somebody else's nonsense; the search goes on.
        }
    }

    private static MacAddress told(NeighborAdvertisement advertisement, MacAddress whenAbsent) {
        for (NdOption option : advertisement.options()) {
            if (option instanceof TargetLinkLayerAddress target) {
                return target.address();
            }
        }
        return whenAbsent;
    }
}
