package dev.roost.mobilenode.linux;

import dev.roost.mobileip.BindingError;
import dev.roost.mobileip.DestinationOptions;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.ExtensionHeader;
import dev.roost.mobileip.HomeAddressOption;
import dev.roost.mobileip.HomeAgentAddressDiscoveryRequest;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.MobilePrefixSolicitation;
import dev.roost.mobileip.NdOption;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.RouterSolicitation;
import dev.roost.mobileip.SourceLinkLayerAddress;
import dev.roost.mobileip.TargetLinkLayerAddress;
import dev.roost.mobilenode.movement.Effect;
import java.util.List;

/** Turns what the mobile node wants to send into Ethernet frames. Stateless but for the interface's address. */
public final class PacketWriter {
    private final MacAddress own;

    public PacketWriter(MacAddress own) {
        this.own = own;
    }

    public EthernetFrame routerSolicitation(Effect.SendRouterSolicitation effect) {
        return frame(
                MacAddress.multicastFor(Ipv6Address.ALL_ROUTERS),
                Ipv6Packet.of(
                        effect.source(),
                        Ipv6Address.ALL_ROUTERS,
                        new RouterSolicitation(List.of(new SourceLinkLayerAddress(own)))));
    }

    public EthernetFrame neighborSolicitation(Effect.SendNeighborSolicitation effect) {
        List<NdOption> options = effect.source().isUnspecified() ? List.of() : List.of(new SourceLinkLayerAddress(own));
        return frame(
                effect.linkLayerDestination(),
                Ipv6Packet.of(
                        effect.source(), effect.destination(), new NeighborSolicitation(effect.target(), options)));
    }

    public EthernetFrame neighborAdvertisement(Effect.SendNeighborAdvertisement effect) {
        int flags = NeighborAdvertisement.OVERRIDE | (effect.solicited() ? NeighborAdvertisement.SOLICITED : 0);
        return frame(
                effect.linkLayerDestination(),
                Ipv6Packet.of(
                        effect.source(),
                        effect.destination(),
                        new NeighborAdvertisement(flags, effect.target(), List.of(new TargetLinkLayerAddress(own)))));
    }

    public EthernetFrame discoveryRequest(Effect.SendDiscoveryRequest effect) {
        return frame(
                effect.linkLayerDestination(),
                Ipv6Packet.of(
                        effect.source(),
                        effect.destination(),
                        new HomeAgentAddressDiscoveryRequest(effect.identifier())));
    }

    public EthernetFrame bindingUpdate(Effect.SendBindingUpdate effect) {
        return frame(
                effect.linkLayerDestination(),
                Ipv6Packet.of(
                        effect.source(),
                        effect.destination(),
                        homeAddressOption(effect.source(), effect.homeAddress()),
                        effect.message()));
    }

    public EthernetFrame mobilePrefixSolicitation(Effect.SendMobilePrefixSolicitation effect) {
        return frame(
                effect.linkLayerDestination(),
                Ipv6Packet.of(
                        effect.source(),
                        effect.destination(),
                        homeAddressOption(effect.source(), effect.homeAddress()),
                        new MobilePrefixSolicitation(effect.identifier(), List.of())));
    }

    public EthernetFrame bindingError(Effect.SendBindingError effect) {
        return frame(
                effect.linkLayerDestination(),
                Ipv6Packet.of(
                        effect.source(),
                        effect.destination(),
                        new BindingError(effect.status(), effect.homeAddress())));
    }

    /** Not where the source says it already (RFC 6275, 11.5.5). */
    private static List<ExtensionHeader> homeAddressOption(Ipv6Address source, Ipv6Address homeAddress) {
        return source.equals(homeAddress)
                ? List.of()
                : List.of(DestinationOptions.of(new HomeAddressOption(homeAddress)));
    }

    private EthernetFrame frame(MacAddress nextHop, Ipv6Packet packet) {
        return EthernetFrame.of(own, nextHop, packet);
    }
}
