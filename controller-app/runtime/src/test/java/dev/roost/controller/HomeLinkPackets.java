package dev.roost.controller;

import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingStatus;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.DestinationOptions;
import dev.roost.mobileip.EchoRequest;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.ExtensionHeader;
import dev.roost.mobileip.HomeAddressOption;
import dev.roost.mobileip.HomeAgentAddressDiscoveryRequest;
import dev.roost.mobileip.HomeAgentInformation;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.NdOption;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.mobileip.OpaquePayload;
import dev.roost.mobileip.Payload;
import dev.roost.mobileip.PrefixInformation;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.mobileip.SequenceNumber;
import dev.roost.mobileip.SourceLinkLayerAddress;
import dev.roost.mobileip.Type2RoutingHeader;
import java.util.ArrayList;
import java.util.List;

/** The packets of a home link: home agents 1, 2, ... of 2001:db8:1::/64, a router, and mobile nodes behind it. */
final class HomeLinkPackets {

    static final Ipv6Prefix PREFIX = Ipv6Prefix.parse("2001:db8:1::/64");
    static final Ipv6Address REPRESENTATIVE = Ipv6Address.parse("2001:db8:1::fe");
    static final MacAddress REPRESENTATIVE_MAC = MacAddress.parse("02:00:5e:00:00:fe");
    static final HomeNetworkConfig CONFIG = HomeNetworkConfig.of("home", PREFIX, REPRESENTATIVE, REPRESENTATIVE_MAC);
    static final Ipv6Address ANYCAST = CONFIG.anycastAddress();
    static final MacAddress ROUTER_MAC = MacAddress.parse("02:00:00:00:00:01");
    static final Ipv6Address ROUTER = Ipv6Address.parse("fe80::1");
    static final Ipv6Address CARE_OF = Ipv6Address.parse("2001:db8:3::9");
    static final Ipv6Address MOBILE_NODE = Ipv6Address.parse("2001:db8:1::100");
    static final Ipv6Address CORRESPONDENT = Ipv6Address.parse("2001:db8:2::5");

    private static final int MAX_AGE_SECONDS = 1800;

    private HomeLinkPackets() {}

    static MacAddress macOf(int homeAgent) {
        return new MacAddress(0x0200_0000_1000L + homeAgent);
    }

    static Ipv6Address addressOf(int homeAgent) {
        return new Ipv6Address(PREFIX.address().high(), 0x10 + homeAgent);
    }

    static byte[] advertisement(int homeAgent) {
        return advertisement(homeAgent, addressOf(homeAgent));
    }

    /** One of a home agent that has these addresses, each in a home network of its own. */
    static byte[] advertisement(int homeAgent, Ipv6Address... addresses) {
        MacAddress mac = macOf(homeAgent);
        List<NdOption> options = new ArrayList<>();
        options.add(new SourceLinkLayerAddress(mac));
        for (Ipv6Address address : addresses) {
            options.add(new PrefixInformation(
                    64,
                    PrefixInformation.ON_LINK | PrefixInformation.AUTONOMOUS | PrefixInformation.ROUTER_ADDRESS,
                    3600,
                    3600,
                    address));
        }
        options.add(new HomeAgentInformation(false, 10, MAX_AGE_SECONDS));
        RouterAdvertisement advertisement =
                new RouterAdvertisement(64, RouterAdvertisement.HOME_AGENT, MAX_AGE_SECONDS, 0, 0, options);
        return frame(mac, Ipv6Address.linkLocal(mac), Ipv6Address.ALL_NODES, List.of(), advertisement);
    }

    /** What a router advertises that is no home agent. */
    static byte[] routerAdvertisement() {
        RouterAdvertisement advertisement =
                new RouterAdvertisement(64, 0, MAX_AGE_SECONDS, 0, 0, List.of(new SourceLinkLayerAddress(ROUTER_MAC)));
        return frame(ROUTER_MAC, ROUTER, Ipv6Address.ALL_NODES, List.of(), advertisement);
    }

    static byte[] solicitation(Ipv6Address target) {
        return frame(
                ROUTER_MAC,
                ROUTER,
                target.solicitedNode(),
                List.of(),
                new NeighborSolicitation(target, List.of(new SourceLinkLayerAddress(ROUTER_MAC))));
    }

    static byte[] discoveryRequest(int identifier) {
        return discoveryRequest(identifier, CARE_OF);
    }

    static byte[] discoveryRequest(int identifier, Ipv6Address source) {
        return frame(ROUTER_MAC, source, ANYCAST, List.of(), new HomeAgentAddressDiscoveryRequest(identifier));
    }

    static byte[] echoRequest(Ipv6Address destination) {
        return frame(ROUTER_MAC, CORRESPONDENT, destination, List.of(), new EchoRequest(1, 2, OpaqueBytes.zeros(8)));
    }

    static byte[] bindingUpdate(Ipv6Address homeAddress, Ipv6Address homeAgent, int sequence) {
        return frame(
                ROUTER_MAC,
                CARE_OF,
                homeAgent,
                List.of(DestinationOptions.of(new HomeAddressOption(homeAddress))),
                BindingUpdate.of(
                        new SequenceNumber(sequence),
                        BindingUpdate.ACKNOWLEDGE | BindingUpdate.HOME_REGISTRATION,
                        new BindingLifetime(150),
                        List.of()));
    }

    static byte[] acknowledgement(int homeAgent, Ipv6Address homeAddress, int sequence) {
        return acknowledgement(homeAgent, addressOf(homeAgent), homeAddress, sequence);
    }

    static byte[] acknowledgement(int homeAgent, Ipv6Address address, Ipv6Address homeAddress, int sequence) {
        return frame(
                macOf(homeAgent),
                address,
                CARE_OF,
                List.of(new Type2RoutingHeader(homeAddress)),
                BindingAcknowledgement.of(
                        BindingStatus.BINDING_UPDATE_ACCEPTED,
                        0,
                        new SequenceNumber(sequence),
                        new BindingLifetime(150),
                        List.of()));
    }

    /** A registration of which only the Home Address option shows. */
    static byte[] protectedUpdate(Ipv6Address homeAddress, int homeAgent) {
        return frame(
                ROUTER_MAC,
                macOf(homeAgent),
                CARE_OF,
                addressOf(homeAgent),
                List.of(DestinationOptions.of(new HomeAddressOption(homeAddress))),
                new OpaquePayload(50, OpaqueBytes.zeros(40)));
    }

    /** Its answer, of which only the type 2 routing header shows. */
    static byte[] protectedAcknowledgement(int homeAgent, Ipv6Address homeAddress) {
        return frame(
                macOf(homeAgent),
                addressOf(homeAgent),
                CARE_OF,
                List.of(new Type2RoutingHeader(homeAddress)),
                new OpaquePayload(50, OpaqueBytes.zeros(40)));
    }

    /** What a mobile node tunnels to its home agent under ESP. */
    static byte[] protectedTunnel(int homeAgent) {
        return frame(
                ROUTER_MAC,
                macOf(homeAgent),
                CARE_OF,
                addressOf(homeAgent),
                List.of(),
                new OpaquePayload(50, OpaqueBytes.zeros(80)));
    }

    /** A packet from a correspondent, as the router hands it to the home link. */
    static byte[] userPacket(Ipv6Address destination) {
        return frame(ROUTER_MAC, CORRESPONDENT, destination, List.of(), new OpaquePayload(17, OpaqueBytes.zeros(16)));
    }

    /** What a home agent has put into the tunnel, on its way to the router. */
    static byte[] tunnelled(int homeAgent) {
        return frame(
                macOf(homeAgent),
                addressOf(homeAgent),
                CARE_OF,
                List.of(),
                new OpaquePayload(41, OpaqueBytes.zeros(60)));
    }

    /** What a mobile node has put into the tunnel, from the router to its home agent. */
    static byte[] reverseTunnelled(int homeAgent) {
        return frame(
                ROUTER_MAC,
                macOf(homeAgent),
                CARE_OF,
                addressOf(homeAgent),
                List.of(),
                new OpaquePayload(41, OpaqueBytes.zeros(60)));
    }

    private static byte[] frame(
            MacAddress from,
            Ipv6Address source,
            Ipv6Address destination,
            List<ExtensionHeader> headers,
            Payload payload) {
        return frame(from, MacAddress.parse("02:00:00:00:00:fe"), source, destination, headers, payload);
    }

    private static byte[] frame(
            MacAddress from,
            MacAddress to,
            Ipv6Address source,
            Ipv6Address destination,
            List<ExtensionHeader> headers,
            Payload payload) {
        return EthernetFrame.of(from, to, Ipv6Packet.of(source, destination, headers, payload))
                .toBytes();
    }
}
