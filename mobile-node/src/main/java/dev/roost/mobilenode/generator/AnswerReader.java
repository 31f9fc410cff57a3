package dev.roost.mobilenode.generator;

import dev.roost.linux.PacketSocket;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.HomeAgentAddressDiscoveryReply;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.MalformedPacketException;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.PacketView;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what comes back to the nodes, without allocating on the way of a binding acknowledgement: hands acknowledgements and discovery
 * replies to {@link Nodes}, answers neighbor solicitations for care-of addresses, and counts all else.
 */
final class AnswerReader {
    private static final int STATUS = 6;
    private static final int SEQUENCE = 8;
    private static final int LIFETIME = 10;
    private static final int LEAST_ACKNOWLEDGEMENT = 12;
    private static final int LIST = 8;
    private static final int MAX_HOP_LIMIT = 255;

    private final AddressPlan plan;
    private final long own;
    private final Nodes nodes;
    private final FrameTemplates frames;
    private final PacketSocket socket;
    private final PacketView view = new PacketView();
    private long unexpected;
    private long malformed;
    private long solicited;

    AnswerReader(AddressPlan plan, MacAddress own, Nodes nodes, FrameTemplates frames, PacketSocket socket) {
        this.plan = plan;
        this.own = own.value();
        this.nodes = nodes;
        this.frames = frames;
        this.socket = socket;
    }

    /** Answers nobody was waiting for: duplicates, late ones, wrong ones. */
    long unexpected() {
        return unexpected;
    }

    long malformed() {
        return malformed;
    }

    /** Neighbor solicitations answered. */
    long solicited() {
        return solicited;
    }

    void read(ByteBuffer frame, long now) {
        try {
            view.read(frame, frame.position(), frame.remaining());
            if (view.isMobility()) {
                onMobility(frame, now);
            } else if (view.isIcmpv6(NeighborSolicitation.TYPE)) {
                onNeighborSolicitation();
            } else if (view.isIcmpv6(HomeAgentAddressDiscoveryReply.TYPE)) {
                onDiscoveryReply(frame, now);
            }
        } catch (MalformedPacketException e) {
            malformed++;
        }
    }

    private void onMobility(ByteBuffer frame, long now) throws MalformedPacketException {
        int node = plan.nodeOfCareOfAddress(view.destinationHigh(), view.destinationLow());
        if (node == AddressPlan.NONE
                || view.linkLayerDestination() != own
                || view.messageType() != BindingAcknowledgement.TYPE
                || view.payloadLength() < LEAST_ACKNOWLEDGEMENT) {
            return;
        }
        view.requireChecksum();
        Ipv6Address home = view.effectiveDestination();
        int at = view.payloadOffset();
        boolean expected = plan.nodeOfHomeAddress(home.high(), home.low()) == node
                && nodes.onBindingAcknowledgement(
                        node,
                        now,
                        view.sourceHigh(),
                        view.sourceLow(),
                        frame.get(at + STATUS) & 0xff,
                        frame.getShort(at + SEQUENCE) & 0xffff,
                        frame.getShort(at + LIFETIME) & 0xffff);
        unexpected += expected ? 0 : 1;
    }

    private void onNeighborSolicitation() throws MalformedPacketException {
        if (!view.hasTarget() || view.hopLimit() != MAX_HOP_LIMIT || view.linkLayerSource() == own) {
            return;
        }
        int node = plan.nodeOfCareOfAddress(view.targetHigh(), view.targetLow());
        if (node == AddressPlan.NONE) {
            return;
        }
        view.requireChecksum();
        solicited++;
        if (view.sourceHigh() == 0 && view.sourceLow() == 0) {
            Ipv6Address all = Ipv6Address.ALL_NODES;
            socket.queue(frames.neighborAdvertisement(
                    node, MacAddress.multicastFor(all).value(), all.high(), all.low(), false));
        } else {
            socket.queue(frames.neighborAdvertisement(
                    node, view.linkLayerSource(), view.sourceHigh(), view.sourceLow(), true));
        }
    }

    private void onDiscoveryReply(ByteBuffer frame, long now) throws MalformedPacketException {
        int node = plan.nodeOfCareOfAddress(view.destinationHigh(), view.destinationLow());
        if (node == AddressPlan.NONE || view.linkLayerDestination() != own || view.payloadLength() < LIST) {
            return;
        }
        view.requireChecksum();
        List<Ipv6Address> list = new ArrayList<>();
        int end = view.payloadOffset() + view.payloadLength();
        for (int at = view.payloadOffset() + LIST; at + Ipv6Address.LENGTH <= end; at += Ipv6Address.LENGTH) {
            list.add(new Ipv6Address(frame.getLong(at), frame.getLong(at + 8)));
        }
        boolean expected = view.code() == 0 && nodes.onDiscoveryReply(node, now, view.identifier(), list);
        unexpected += expected ? 0 : 1;
    }
}
