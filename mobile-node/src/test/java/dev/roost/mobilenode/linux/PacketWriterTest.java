package dev.roost.mobilenode.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.AlternateCareOfAddress;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.SequenceNumber;
import dev.roost.mobilenode.movement.Effect;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What we send, beside what UMIP sent in the same place (capture move-mn): the same octets, but for the flow label. */
final class PacketWriterTest {
    private static final MacAddress OWN = MacAddress.parse("8a:d4:a9:b7:37:ab");
    private static final MacAddress ROUTER = MacAddress.parse("0e:c4:6c:44:60:d0");
    private static final MacAddress HOME_AGENT_MAC = MacAddress.parse("96:b9:d8:ac:e6:78");
    private static final Ipv6Address CARE_OF = Ipv6Address.parse("2001:db8:3:0:88d4:a9ff:feb7:37ab");
    private static final Ipv6Address HOME = Ipv6Address.parse("2001:db8:1::99");
    private static final Ipv6Address HOME_AGENT = Ipv6Address.parse("2001:db8:1::a");
    private static final int FLAGS = BindingUpdate.ACKNOWLEDGE | BindingUpdate.HOME_REGISTRATION;

    private final PacketWriter writer = new PacketWriter(OWN);

    @Test
    void sendsTheDiscoveryRequestOfUmip() {
        EthernetFrame frame = writer.discoveryRequest(new Effect.SendDiscoveryRequest(
                ROUTER, CARE_OF, Ipv6Address.parse("2001:db8:1:0:fdff:ffff:ffff:fffe"), 0));

        assertSame(frame, """
                0ec46c4460d08ad4a9b737ab86dd 6006843800083a40
                20010db80003000088d4a9fffeb737ab 20010db800010000fdfffffffffffffe
                9000ad1000000000
                """);
    }

    @Test
    void sendsTheBindingUpdateOfUmip() {
        BindingUpdate update = BindingUpdate.of(
                new SequenceNumber(0x2318),
                FLAGS,
                new BindingLifetime(0x545f),
                List.of(new AlternateCareOfAddress(CARE_OF)));

        EthernetFrame frame =
                writer.bindingUpdate(new Effect.SendBindingUpdate(ROUTER, CARE_OF, HOME_AGENT, HOME, update));

        assertSame(frame, """
                0ec46c4460d08ad4a9b737ab86dd 6006b37c00383c40
                20010db80003000088d4a9fffeb737ab 20010db800010000000000000000000a
                870201020000c910 20010db8000100000000000000000099
                3b03050090c22318c000545f01000310 20010db80003000088d4a9fffeb737ab
                """);
    }

    @Test
    void sendsTheMobilePrefixSolicitationOfUmip() {
        EthernetFrame frame = writer.mobilePrefixSolicitation(
                new Effect.SendMobilePrefixSolicitation(ROUTER, CARE_OF, HOME_AGENT, HOME, 0xe91c));

        assertSame(frame, """
                0ec46c4460d08ad4a9b737ab86dd 6005589b00203c40
                20010db80003000088d4a9fffeb737ab 20010db800010000000000000000000a
                3a0201020000c910 20010db8000100000000000000000099
                92002889e91c0000
                """);
    }

    @Test
    void deregistersFromHomeAsUmipDoes() {
        BindingUpdate update = BindingUpdate.of(
                new SequenceNumber(0x231b), FLAGS, BindingLifetime.ZERO, List.of(new AlternateCareOfAddress(HOME)));

        EthernetFrame frame =
                writer.bindingUpdate(new Effect.SendBindingUpdate(HOME_AGENT_MAC, HOME, HOME_AGENT, HOME, update));

        assertSame(frame, """
                96b9d8ace6788ad4a9b737ab86dd 6006b37c00208740
                20010db8000100000000000000000099 20010db800010000000000000000000a
                3b0305004dbf231bc000000001000310 20010db8000100000000000000000099
                """);
    }

    @Test
    void tellsAllNodesThatTheHomeAddressIsBackAsUmipDoes() {
        EthernetFrame frame = writer.neighborAdvertisement(new Effect.SendNeighborAdvertisement(
                MacAddress.multicastFor(Ipv6Address.ALL_NODES), HOME, Ipv6Address.ALL_NODES, HOME, false));

        assertSame(frame, """
                3333000000018ad4a9b737ab86dd 6001caaf00203aff
                20010db8000100000000000000000099 ff020000000000000000000000000001
                88008dc220000000 20010db8000100000000000000000099 02018ad4a9b737ab
                """);
    }

    private static void assertSame(EthernetFrame ours, String umip) {
        byte[] expected = HexFormat.of().parseHex(umip.replaceAll("\\s", ""));
        // Version and traffic class are alike; the flow label, its 20 bits behind them, is the sender's choice.
        expected[15] = 0;
        expected[16] = 0;
        expected[17] = 0;
        assertThat(ours.toBytes()).isEqualTo(expected);
    }
}
