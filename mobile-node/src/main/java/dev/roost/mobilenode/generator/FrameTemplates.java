package dev.roost.mobilenode.generator;

import dev.roost.mobileip.AlternateCareOfAddress;
import dev.roost.mobileip.BindingLifetime;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.DestinationOptions;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.HomeAddressOption;
import dev.roost.mobileip.HomeAgentAddressDiscoveryRequest;
import dev.roost.mobileip.Icmpv6Message;
import dev.roost.mobileip.InternetChecksum;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.MobilityMessage;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.SequenceNumber;
import dev.roost.mobileip.TargetLinkLayerAddress;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The three frames that the generator sends in great numbers, each written once by the codecs with addresses of zero and then only
 * patched: what differs from node to node is put in its place and added to the checksum of the rest (RFC 1624).
 *
 * <p>The buffers are handed out again and again: whoever gets one has to be done with it before the next call.
 */
final class FrameTemplates {
    private static final int IPV6 = EthernetFrame.HEADER_LENGTH;
    private static final int SOURCE = IPV6 + 8;
    private static final int DESTINATION = IPV6 + 24;
    private static final int PAYLOAD = IPV6 + 40;
    private static final int ICMPV6_CHECKSUM = PAYLOAD + 2;
    private static final int ICMPV6_BODY = PAYLOAD + 4;
    private static final int TARGET = PAYLOAD + 8;

    /** Binding update: destination options of 24 octets, home address at 8 of them; Mobility Header of 32. */
    private static final int HOME_ADDRESS = PAYLOAD + 8;

    private static final int MOBILITY = PAYLOAD + 24;
    private static final int MOBILITY_LENGTH = 32;
    private static final int MOBILITY_CHECKSUM = MOBILITY + 4;
    private static final int SEQUENCE = MOBILITY + 6;
    private static final int LIFETIME = MOBILITY + 10;
    private static final int ALTERNATE_CARE_OF_ADDRESS = MOBILITY + 16;

    private final AddressPlan plan;
    private final ByteBuffer bindingUpdate;
    private final ByteBuffer discoveryRequest;
    private final ByteBuffer neighborAdvertisement;
    private final long bindingUpdateSum;
    private final long discoveryRequestSum;
    private final long neighborAdvertisementSum;

    FrameTemplates(AddressPlan plan, MacAddress own, MacAddress gateway) {
        this.plan = plan;
        Ipv6Address zero = Ipv6Address.UNSPECIFIED;
        BindingUpdate update = BindingUpdate.of(
                new SequenceNumber(0),
                BindingUpdate.ACKNOWLEDGE | BindingUpdate.HOME_REGISTRATION,
                BindingLifetime.ZERO,
                List.of(new AlternateCareOfAddress(zero)));
        Ipv6Packet withHomeAddress =
                Ipv6Packet.of(zero, zero, List.of(DestinationOptions.of(new HomeAddressOption(zero))), update);
        Ipv6Address anycast = plan.homePrefix().homeAgentsAnycast();
        bindingUpdate = buffer(EthernetFrame.of(own, gateway, withHomeAddress));
        discoveryRequest = buffer(
                EthernetFrame.of(own, gateway, Ipv6Packet.of(zero, anycast, new HomeAgentAddressDiscoveryRequest(0))));
        neighborAdvertisement = buffer(EthernetFrame.of(
                own,
                gateway,
                Ipv6Packet.of(
                        zero, zero, new NeighborAdvertisement(0, zero, List.of(new TargetLinkLayerAddress(own))))));
        bindingUpdateSum = InternetChecksum.sum(bindingUpdate, MOBILITY, 4)
                + InternetChecksum.sum(bindingUpdate, SEQUENCE, MOBILITY_LENGTH - (SEQUENCE - MOBILITY))
                + MOBILITY_LENGTH
                + MobilityMessage.PROTOCOL;
        discoveryRequestSum = icmpv6Sum(discoveryRequest) + InternetChecksum.sum(anycast);
        neighborAdvertisementSum = icmpv6Sum(neighborAdvertisement);
    }

    /** A binding update of a node to a home agent, from its care-of address. */
    ByteBuffer bindingUpdate(int node, Ipv6Address homeAgent, int sequence, int lifetimeUnits) {
        ByteBuffer out = bindingUpdate;
        long homeLow = plan.homeLow(node);
        long careOfLow = plan.careOfLow(node);
        put(out, SOURCE, plan.careOfHigh(), careOfLow);
        put(out, DESTINATION, homeAgent.high(), homeAgent.low());
        put(out, HOME_ADDRESS, plan.homeHigh(), homeLow);
        put(out, ALTERNATE_CARE_OF_ADDRESS, plan.careOfHigh(), careOfLow);
        out.putShort(SEQUENCE, (short) sequence).putShort(LIFETIME, (short) lifetimeUnits);
        long sum = bindingUpdateSum
                + sum(plan.homeHigh(), homeLow)
                + sum(plan.careOfHigh(), careOfLow)
                + InternetChecksum.sum(homeAgent)
                + sequence
                + lifetimeUnits;
        out.putShort(MOBILITY_CHECKSUM, (short) InternetChecksum.fold(sum));
        return out.rewind();
    }

    ByteBuffer discoveryRequest(int node, int identifier) {
        ByteBuffer out = discoveryRequest;
        put(out, SOURCE, plan.careOfHigh(), plan.careOfLow(node));
        out.putShort(ICMPV6_BODY, (short) identifier);
        long sum = discoveryRequestSum + sum(plan.careOfHigh(), plan.careOfLow(node)) + identifier;
        out.putShort(ICMPV6_CHECKSUM, (short) InternetChecksum.fold(sum));
        return out.rewind();
    }

    /**
     * The advertisement that a node's care-of address is here.
     *
     * @param to link-layer address, 48 bits
     * @param solicited false when a solicitation of duplicate address detection is answered, to all nodes
     */
    ByteBuffer neighborAdvertisement(int node, long to, long destinationHigh, long destinationLow, boolean solicited) {
        ByteBuffer out = neighborAdvertisement;
        long careOfLow = plan.careOfLow(node);
        int flags = NeighborAdvertisement.OVERRIDE | (solicited ? NeighborAdvertisement.SOLICITED : 0);
        out.putShort(0, (short) (to >>> 32)).putInt(2, (int) to);
        put(out, SOURCE, plan.careOfHigh(), careOfLow);
        put(out, DESTINATION, destinationHigh, destinationLow);
        put(out, TARGET, plan.careOfHigh(), careOfLow);
        out.putInt(ICMPV6_BODY, flags);
        long sum = neighborAdvertisementSum
                + 2 * sum(plan.careOfHigh(), careOfLow)
                + sum(destinationHigh, destinationLow)
                + (flags & 0xffff_ffffL);
        out.putShort(ICMPV6_CHECKSUM, (short) InternetChecksum.fold(sum));
        return out.rewind();
    }

    private static ByteBuffer buffer(EthernetFrame frame) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(frame.length());
        frame.writeTo(buffer);
        return buffer.rewind();
    }

    /** Without source and destination, and without the checksum that stands there. */
    private static long icmpv6Sum(ByteBuffer frame) {
        int length = frame.capacity() - PAYLOAD;
        return InternetChecksum.sum(frame, PAYLOAD, 2)
                + InternetChecksum.sum(frame, ICMPV6_BODY, length - 4)
                + length
                + Icmpv6Message.PROTOCOL;
    }

    private static void put(ByteBuffer out, int at, long high, long low) {
        out.putLong(at, high).putLong(at + 8, low);
    }

    private static long sum(long high, long low) {
        return InternetChecksum.sum(high) + InternetChecksum.sum(low);
    }
}
