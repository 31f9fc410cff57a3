package dev.roost.controller;

import static dev.roost.controller.HomeLinkPackets.REPRESENTATIVE;
import static dev.roost.controller.HomeLinkPackets.REPRESENTATIVE_MAC;
import static dev.roost.controller.HomeLinkPackets.addressOf;
import static dev.roost.controller.HomeLinkPackets.macOf;

import dev.roost.controller.FakeConnection.Sent;
import dev.roost.delegation.DelegationStatus;
import dev.roost.delegation.ForwardingKey;
import dev.roost.delegation.ForwardingMessage;
import dev.roost.delegation.ForwardingMessage.DelegationOrder;
import dev.roost.delegation.ForwardingMessage.Hello;
import dev.roost.delegation.ForwardingMessage.HelloAcknowledgement;
import dev.roost.delegation.MessageHeader;
import dev.roost.delegation.MessageProtection;
import dev.roost.delegation.OpenedMessage;
import dev.roost.delegation.Roles;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MalformedPacketException;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.mobileip.UdpDatagram;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A home agent's end of the forwarding protocol: answers Hello by itself, keeps all else for the test, questions apart. */
final class FakePeer {

    static final byte[] SECRET = "sixteen octets and more".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    static final int PORT = 5439;

    private final int homeAgent;
    private final MessageProtection protection;
    private final Roles roles = new Roles(true, true);
    private final List<ForwardingMessage> received = new ArrayList<>();
    /** Orders that name nobody: it is only asked who forwards. */
    final List<DelegationOrder> queries = new ArrayList<>();

    boolean silent;

    FakePeer(int homeAgent, long session) {
        this.homeAgent = homeAgent;
        protection = new MessageProtection(addressOf(homeAgent), List.of(new ForwardingKey(1, SECRET)), session);
    }

    /** Signs with the first of these keys from now on, and believes them all. */
    void useKeys(ForwardingKey... keys) {
        protection.useKeys(List.of(keys));
    }

    /** Takes what was sent to this home agent out of what left a switch; its answers come in at the home agent's port. */
    void takeIn(TestController home, FakeConnection at, List<Sent> sent) {
        for (Sent each : sent) {
            EthernetFrame frame = each.frame();
            if (frame.packet().destination().equals(addressOf(homeAgent))
                    && frame.packet().payload().protocol() == 17) {
                takeIn(home, at, frame.packet());
            }
        }
    }

    private void takeIn(TestController home, FakeConnection at, Ipv6Packet packet) {
        if (silent) {
            return;
        }
        try {
            UdpDatagram udp = UdpDatagram.parse(packet);
            OpenedMessage opened = protection.open(
                    TestController.START,
                    packet.source(),
                    ByteBuffer.wrap(udp.octets().toBytes()),
                    id -> true);
            if (opened instanceof OpenedMessage.Accepted accepted) {
                if (accepted.message() instanceof Hello hello) {
                    send(
                            home,
                            at,
                            new HelloAcknowledgement(hello.identifier(), DelegationStatus.ACCEPTED, roles, 0, 0, 7));
                } else if (accepted.message() instanceof DelegationOrder order
                        && order.forwarder().isUnspecified()) {
                    queries.add(order);
                } else {
                    received.add(accepted.message());
                }
            } else if (opened instanceof OpenedMessage.Answered answered) {
                home.receive(at, homeAgent, frame(OpaqueBytes.rest(answered.answer()), addressOf(homeAgent)));
            }
        } catch (MalformedPacketException e) {
            throw new AssertionError("what the controller sent", e);
        }
    }

    void send(TestController home, FakeConnection at, ForwardingMessage message) {
        home.receive(at, homeAgent, frame(message));
    }

    byte[] frame(ForwardingMessage message) {
        ByteBuffer out = ByteBuffer.allocate(MessageHeader.MAX_MESSAGE);
        protection.protect(REPRESENTATIVE, message, out);
        return frame(OpaqueBytes.rest(out.flip()), addressOf(homeAgent));
    }

    byte[] frame(OpaqueBytes octets, Ipv6Address source) {
        Ipv6Packet packet = Ipv6Packet.of(
                source, REPRESENTATIVE, new UdpDatagram(PORT, PORT, octets).toPayload(source, REPRESENTATIVE));
        return EthernetFrame.of(macOf(homeAgent), REPRESENTATIVE_MAC, packet).toBytes();
    }

    /** What came since the last call, but for Hello. */
    List<ForwardingMessage> takeReceived() {
        List<ForwardingMessage> taken = List.copyOf(received);
        received.clear();
        return taken;
    }
}
