package dev.roost.mobileip;

import static dev.roost.mobileip.BindingUpdate.ACKNOWLEDGE;
import static dev.roost.mobileip.BindingUpdate.HOME_REGISTRATION;
import static dev.roost.mobileip.PrefixInformation.AUTONOMOUS;
import static dev.roost.mobileip.PrefixInformation.ON_LINK;
import static dev.roost.mobileip.PrefixInformation.ROUTER_ADDRESS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Packets put together from nouns, beside the octets that UMIP sent for the same (frames of two-ha-hl0.pcap and all-mn.pcap, IPv6 part,
 * flow label cleared since it is no part of a checksum): padding, alignment, units and checksums come out as in the wild.
 */
class GoldenPacketsTest {

    private static final Ipv6Address HOME_ADDRESS = Ipv6Address.parse("2001:db8:1::99");
    private static final Ipv6Address CARE_OF_ADDRESS = Ipv6Address.parse("2001:db8:3::ff:fe00:99");
    private static final Ipv6Address HOME_AGENT_A = Ipv6Address.parse("2001:db8:1::a");
    private static final Ipv6Address HOME_AGENT_B = Ipv6Address.parse("2001:db8:1::b");

    private static void assertOctets(Ipv6Packet packet, String octets) throws MalformedPacketException {
        String joined = octets.replaceAll("\\s", "");
        assertThat(HexFormat.of().formatHex(packet.toBytes())).isEqualTo(joined);
        assertThat(Ipv6Packet.parse(ByteBuffer.wrap(HexFormat.of().parseHex(joined))))
                .isEqualTo(packet);
    }

    private static Ipv6Packet packet(
            int hopLimit, Ipv6Address source, Ipv6Address destination, List<ExtensionHeader> headers, Payload payload) {
        return new Ipv6Packet(new Ipv6Header(hopLimit, source, destination), headers, payload);
    }

    @Test
    void discoveryRequest() throws MalformedPacketException {
        Ipv6Address anycast = Ipv6Prefix.parse("2001:db8:1::/64").homeAgentsAnycast();

        assertOctets(packet(63, CARE_OF_ADDRESS, anycast, List.of(), new HomeAgentAddressDiscoveryRequest(1)), """
                60000000 0008 3a 3f 20010db800030000000000fffe000099 20010db800010000fdfffffffffffffe
                90 00 16ae 0001 0000""");
    }

    @Test
    void discoveryReply() throws MalformedPacketException {
        assertOctets(
                packet(
                        64,
                        HOME_AGENT_A,
                        CARE_OF_ADDRESS,
                        List.of(),
                        new HomeAgentAddressDiscoveryReply(1, List.of(HOME_AGENT_B, HOME_AGENT_A))),
                """
                60000000 0028 3a 40 20010db800010000000000000000000a 20010db800030000000000fffe000099
                91 00 b7f9 0001 0000
                20010db800010000000000000000000b 20010db800010000000000000000000a""");
    }

    @Test
    void bindingUpdateHasTheHomeAddressInItsChecksum() throws MalformedPacketException {
        BindingUpdate update = BindingUpdate.of(
                new SequenceNumber(0xd6ec),
                ACKNOWLEDGE | HOME_REGISTRATION,
                BindingLifetime.ZERO,
                List.of(new AlternateCareOfAddress(CARE_OF_ADDRESS)));

        assertOctets(
                packet(
                        63,
                        CARE_OF_ADDRESS,
                        HOME_AGENT_B,
                        List.of(DestinationOptions.of(new HomeAddressOption(HOME_ADDRESS))),
                        update),
                """
                60000000 0038 3c 3f 20010db800030000000000fffe000099 20010db800010000000000000000000b
                87 02 0102 0000 c910 20010db8000100000000000000000099
                3b 03 05 00 9aea d6ec c000 0000 0100 0310 20010db800030000000000fffe000099""");
    }

    @Test
    void bindingAcknowledgementHasTheHomeAddressInItsChecksum() throws MalformedPacketException {
        assertOctets(
                packet(
                        64,
                        HOME_AGENT_B,
                        CARE_OF_ADDRESS,
                        List.of(new Type2RoutingHeader(HOME_ADDRESS)),
                        BindingAcknowledgement.of(
                                BindingStatus.NOT_HOME_AGENT_FOR_THIS_MOBILE_NODE,
                                0,
                                new SequenceNumber(0xd6ec),
                                BindingLifetime.ZERO,
                                List.of())),
                """
                60000000 0028 2b 40 20010db800010000000000000000000b 20010db800030000000000fffe000099
                87 02 02 01 00000000 20010db8000100000000000000000099
                3b 01 06 00 0560 85 00 d6ec 0000 01020000""");
    }

    @Test
    void mobilePrefixSolicitation() throws MalformedPacketException {
        assertOctets(
                packet(
                        63,
                        CARE_OF_ADDRESS,
                        HOME_AGENT_B,
                        List.of(DestinationOptions.of(new HomeAddressOption(HOME_ADDRESS))),
                        new MobilePrefixSolicitation(0x8fa0, List.of())),
                """
                60000000 0020 3c 3f 20010db800030000000000fffe000099 20010db800010000000000000000000b
                3a 02 0102 0000 c910 20010db8000100000000000000000099
                92 00 8204 8fa0 0000""");
    }

    @Test
    void mobilePrefixAdvertisement() throws MalformedPacketException {
        assertOctets(
                packet(
                        64,
                        HOME_AGENT_B,
                        CARE_OF_ADDRESS,
                        List.of(new Type2RoutingHeader(HOME_ADDRESS)),
                        new MobilePrefixAdvertisement(
                                0x8fa0,
                                0,
                                List.of(new PrefixInformation(
                                        64, ON_LINK | AUTONOMOUS | ROUTER_ADDRESS, 86399, 14399, HOME_AGENT_A)))),
                """
                60000000 0040 2b 40 20010db800010000000000000000000b 20010db800030000000000fffe000099
                3a 02 02 01 00000000 20010db8000100000000000000000099
                93 00 857c 8fa0 0000 03 04 40 e0 0001517f 0000383f 00000000 20010db800010000000000000000000a""");
    }

    @Test
    void routerAdvertisementOfAHomeAgent() throws MalformedPacketException {
        RouterAdvertisement advertisement = new RouterAdvertisement(
                64,
                RouterAdvertisement.HOME_AGENT,
                0,
                0,
                0,
                List.of(
                        new PrefixInformation(64, ON_LINK | AUTONOMOUS | ROUTER_ADDRESS, 86400, 14400, HOME_AGENT_B),
                        new SourceLinkLayerAddress(MacAddress.parse("02:00:00:00:00:0b")),
                        new AdvertisementInterval(3000),
                        new HomeAgentInformation(20, 1800)));

        assertOctets(Ipv6Packet.of(Ipv6Address.parse("fe80::ff:fe00:b"), Ipv6Address.ALL_NODES, advertisement), """
                60000000 0048 3a ff fe8000000000000000 0000fffe00000b ff020000000000000000000000000001
                86 00 1c80 40 20 0000 00000000 00000000
                03 04 40 e0 00015180 00003840 00000000 20010db800010000000000000000000b
                01 01 02000000000b
                07 01 0000 00000bb8
                08 01 0000 0014 0708""");
    }

    @Test
    void bindingUpdateWithALifetime() throws MalformedPacketException {
        Ipv6Address careOfAddress = Ipv6Address.parse("2001:db8:3:0:e499:c6ff:fe38:9409");
        BindingUpdate update = BindingUpdate.of(
                new SequenceNumber(0x58b8),
                ACKNOWLEDGE | HOME_REGISTRATION,
                new BindingLifetime(0x545f),
                List.of(new AlternateCareOfAddress(careOfAddress)));

        assertOctets(
                packet(
                        64,
                        careOfAddress,
                        HOME_AGENT_A,
                        List.of(DestinationOptions.of(new HomeAddressOption(HOME_ADDRESS))),
                        update),
                """
                60000000 0038 3c 40 20010db800030000e499c6fffe389409 20010db800010000000000000000000a
                87 02 0102 0000 c910 20010db8000100000000000000000099
                3b 03 05 00 867d 58b8 c000 545f 0100 0310 20010db800030000e499c6fffe389409""");
    }
}
