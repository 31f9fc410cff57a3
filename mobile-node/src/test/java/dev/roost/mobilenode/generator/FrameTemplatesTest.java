package dev.roost.mobilenode.generator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobileip.AlternateCareOfAddress;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.DestinationOptions;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.HomeAddressOption;
import dev.roost.mobileip.HomeAgentAddressDiscoveryRequest;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.SequenceNumber;
import dev.roost.mobileip.TargetLinkLayerAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The patched templates beside what the codecs write. */
final class FrameTemplatesTest {
    private static final MacAddress OWN = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress GATEWAY = MacAddress.parse("02:00:00:00:00:02");
    private static final AddressPlan PLAN = new AddressPlan(
            Ipv6Prefix.parse("2001:db8:1::/64"),
            Ipv6Address.parse("2001:db8:1::fff0"),
            Ipv6Prefix.parse("2001:db8:3::/64"),
            1_000_000);

    private final FrameTemplates frames = new FrameTemplates(PLAN, OWN, GATEWAY);
    private final Random random = new Random(7);

    @Test
    void bindingUpdatesAreThoseOfTheCodec() {
        for (int i = 0; i < 2000; i++) {
            int node = random.nextInt(PLAN.nodes());
            Ipv6Address homeAgent = new Ipv6Address(0x2000L << 48 | random.nextLong() >>> 3, random.nextLong());
            int sequence = random.nextInt(1 << 16);
            int units = random.nextInt(1 << 16);

            byte[] patched = bytes(frames.bindingUpdate(node, homeAgent, sequence, units));

            Ipv6Packet packet = Ipv6Packet.of(
                    PLAN.careOfAddress(node),
                    homeAgent,
                    List.of(DestinationOptions.of(new HomeAddressOption(PLAN.homeAddress(node)))),
                    BindingUpdate.of(
                            new SequenceNumber(sequence),
                            BindingUpdate.ACKNOWLEDGE | BindingUpdate.HOME_REGISTRATION,
                            new BindingLifetime(units),
                            List.of(new AlternateCareOfAddress(PLAN.careOfAddress(node)))));
            assertThat(patched).isEqualTo(EthernetFrame.of(OWN, GATEWAY, packet).toBytes());
        }
    }

    @Test
    void discoveryRequestsAreThoseOfTheCodec() {
        for (int i = 0; i < 2000; i++) {
            int node = random.nextInt(PLAN.nodes());
            int identifier = random.nextInt(1 << 16);

            byte[] patched = bytes(frames.discoveryRequest(node, identifier));

            Ipv6Packet packet = Ipv6Packet.of(
                    PLAN.careOfAddress(node),
                    PLAN.homePrefix().homeAgentsAnycast(),
                    new HomeAgentAddressDiscoveryRequest(identifier));
            assertThat(patched).isEqualTo(EthernetFrame.of(OWN, GATEWAY, packet).toBytes());
        }
    }

    @Test
    void neighborAdvertisementsAreThoseOfTheCodec() {
        for (int i = 0; i < 2000; i++) {
            int node = random.nextInt(PLAN.nodes());
            boolean solicited = random.nextBoolean();
            Ipv6Address to = solicited ? new Ipv6Address(0xfe80L << 48, random.nextLong()) : Ipv6Address.ALL_NODES;
            MacAddress mac =
                    solicited ? new MacAddress(random.nextLong() & 0xfeff_ffff_ffffL) : MacAddress.multicastFor(to);

            byte[] patched = bytes(frames.neighborAdvertisement(node, mac.value(), to.high(), to.low(), solicited));

            int flags = NeighborAdvertisement.OVERRIDE | (solicited ? NeighborAdvertisement.SOLICITED : 0);
            Ipv6Packet packet = Ipv6Packet.of(
                    PLAN.careOfAddress(node),
                    to,
                    new NeighborAdvertisement(
                            flags, PLAN.careOfAddress(node), List.of(new TargetLinkLayerAddress(OWN))));
            assertThat(patched).isEqualTo(EthernetFrame.of(OWN, mac, packet).toBytes());
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
