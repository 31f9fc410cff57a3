package dev.roost.controller;

import dev.roost.loadbalancer.Decision;
import dev.roost.loadbalancer.Effect;
import dev.roost.loadbalancer.PacketOrigin;
import dev.roost.loadbalancer.Reason;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.EchoRequest;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.HomeAgentAddressDiscoveryRequest;
import dev.roost.mobileip.Icmpv6Error;
import dev.roost.mobileip.Icmpv6Message;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.MalformedPacketException;
import dev.roost.mobileip.MobilityMessage;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborDiscoveryMessage;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.OpaquePayload;
import dev.roost.mobileip.PacketView;
import dev.roost.mobileip.Payload;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.mobileip.UdpDatagram;
import dev.roost.openflow.rules.RuleCompiler;
import dev.roost.topology.LinkProbeCodec;
import dev.roost.topology.SwitchPort;
import dev.roost.topology.Topology;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * From the bytes of a punted packet to the call of the home network that it concerns. The one place that knows malformed
 * packets: they are counted by reason and forgotten, and nothing is ever thrown because of what a packet says.
 *
 * <pre>
 *   LLDP                                        links
 *   router advertisement          edge port     every home network of the switch
 *   neighbor solicitation                       by target: anycast, representative, bound home address
 *   neighbor advertisement                      by destination: representative (answers of probes)
 *   discovery request                           by destination: anycast address
 *   echo request                                by destination: representative
 *   binding update                first seen    to the representative: its network; else by home address
 *   binding acknowledgement       edge port     by home address
 *   UDP                           edge port     by destination: representative, at the port of the forwarding protocol
 *   update under ESP              first seen    by home address
 *   anything else under ESP       edge port     by home address; else a tunnel's
 *   all else                                    counted
 *   anything but discovery requests             a router that was attached elsewhere is not there any more
 * </pre>
 *
 * Only edge ports are believed where it matters who is attached there: what comes from another switch of ours has been
 * seen where it entered, unless that one is not connected.
 *
 * <p>Belongs to the loop.
 */
final class PacketInDispatcher {

    private static final int ETHERTYPE_OFFSET = 12;
    private static final int ESP = 50;
    private static final long UPDATE_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int MOST_WAITING = 10_000;

    private final ServedNetworks networks;
    private final Topology topology;
    private final RouterPorts routerPorts;
    private final @Nullable LinkDiscovery links;
    private final Turn turn;
    private final Tunnels tunnels;
    private final ForwardingDatagrams forwarding;
    private final LoopAccess loop;
    private final CounterByReason<MalformedPacketException.Reason> malformed;
    private final PacketView view = new PacketView();
    private final AdvertisementGuard guard;
    private final LongAdder notOurs;
    private final LongAdder onLinkPort;
    private int waiting;

    /** Hears of packets that are tunnelled under ESP. */
    interface Tunnels {
        void onPacket(ServedNetwork network, Ipv6Address source, Ipv6Address destination);
    }

    PacketInDispatcher(
            ServedNetworks networks,
            Topology topology,
            RouterPorts routerPorts,
            @Nullable LinkDiscovery links,
            Turn turn,
            Tunnels tunnels,
            ForwardingDatagrams forwarding,
            LoopAccess loop,
            Counters counters) {
        this.networks = networks;
        this.topology = topology;
        this.routerPorts = routerPorts;
        this.links = links;
        this.turn = turn;
        this.tunnels = tunnels;
        this.forwarding = forwarding;
        this.loop = loop;
        this.malformed = new CounterByReason<>(
                MalformedPacketException.Reason.class,
                reason -> counters.counter("roost_packets_malformed_total", "reason", reason.word()));
        this.guard = new AdvertisementGuard(networks, counters);
        this.notOurs = counters.counter("roost_packets_ignored_total", "reason", "not-ours");
        this.onLinkPort = counters.counter("roost_packets_ignored_total", "reason", "on-link-port");
    }

    /** Takes one packet; what it comes to goes to the turn. */
    void dispatch(Instant now, ConnectedSwitch from, PacketInBatch batch, int index) {
        SwitchPort port = from.port(batch.inPort(index));
        if (isLinkProbe(batch, index)) {
            if (links != null) {
                links.onFrame(now, port, batch.frame(index));
            }
            return;
        }
        try {
            view.read(batch.whole(), batch.start(index), batch.length(index));
            if (view.isIcmpv6(HomeAgentAddressDiscoveryRequest.TYPE)) {
                onDiscoveryRequest(now, port, batch, index);
            } else {
                dispatch(now, port, EthernetFrame.parse(batch.frame(index)), batch, index);
            }
        } catch (MalformedPacketException e) {
            malformed.increment(e.reason());
        }
    }

    private static boolean isLinkProbe(PacketInBatch batch, int index) {
        int at = batch.start(index) + ETHERTYPE_OFFSET;
        return batch.length(index) >= EthernetFrame.HEADER_LENGTH
                && (batch.whole().getShort(at) & 0xffff) == LinkProbeCodec.ETHERTYPE;
    }

    /** The message of which there may be a million a second: no more objects than the home network asks for. */
    private void onDiscoveryRequest(Instant now, SwitchPort port, PacketInBatch batch, int index)
            throws MalformedPacketException {
        view.requireDiscoveryRequest();
        Ipv6Address destination = view.destination();
        ServedNetwork network = networks.ofOwnAddress(destination);
        if (network == null) {
            notOurs.increment();
            return;
        }
        PacketOrigin origin =
                new PacketOrigin(port, new MacAddress(view.linkLayerSource()), view.source(), destination);
        take(
                network,
                network.state()
                        .onDiscoveryRequest(now, origin, new HomeAgentAddressDiscoveryRequest(view.identifier())),
                batch,
                index);
    }

    private void dispatch(Instant now, SwitchPort port, EthernetFrame frame, PacketInBatch batch, int index)
            throws MalformedPacketException {
        Ipv6Packet packet = frame.packet();
        PacketOrigin origin = new PacketOrigin(port, frame.source(), packet.source(), packet.destination());
        if (routerPorts.isElsewhere(frame.source(), port)) {
            networks.all().forEach(network -> turn.take(network, network.state().onSeen(now, frame.source(), port)));
        }
        Payload payload = packet.payload();
        if (payload instanceof NeighborDiscoveryMessage message) {
            message.requireValid(packet.header());
            onNeighborDiscovery(now, origin, message, batch, index);
        } else if (payload instanceof MobilityMessage message) {
            onMobility(now, origin, packet, message, batch, index);
        } else if (payload instanceof Icmpv6Message message) {
            onIcmpv6(now, origin, message, batch, index);
        } else if (payload instanceof OpaquePayload opaque && opaque.protocol() == ESP) {
            onProtected(now, origin, packet, batch, index);
        } else if (payload.protocol() == UdpDatagram.PROTOCOL) {
            onUdp(now, origin, packet, batch, index);
        } else {
            notOurs.increment();
        }
    }

    private void onNeighborDiscovery(
            Instant now, PacketOrigin origin, NeighborDiscoveryMessage message, PacketInBatch batch, int index) {
        if (message instanceof RouterAdvertisement advertisement) {
            onRouterAdvertisement(now, origin, advertisement, batch, index);
        } else if (message instanceof NeighborSolicitation solicitation) {
            ServedNetwork network = networkOf(solicitation.target());
            if (network != null) {
                take(network, network.state().onNeighborSolicitation(now, origin, solicitation), batch, index);
            }
        } else if (message instanceof NeighborAdvertisement advertisement) {
            ServedNetwork network = networks.ofOwnAddress(origin.destination());
            if (network != null) {
                take(network, network.state().onNeighborAdvertisement(now, origin, advertisement), batch, index);
            } else {
                notOurs.increment();
            }
        } else {
            notOurs.increment();
        }
    }

    /** A home agent may serve several home networks, and its advertisement says so by its prefixes alone. */
    private void onRouterAdvertisement(
            Instant now, PacketOrigin origin, RouterAdvertisement advertisement, PacketInBatch batch, int index) {
        if (!isEdge(origin)) {
            return;
        }
        guard.begin(origin, advertisement);
        for (ServedNetwork network : networks.all()) {
            if (RuleCompiler.serves(network.config(), origin.port().switchId())) {
                Decision decision = network.state().onRouterAdvertisement(now, origin, advertisement);
                guard.decided(decision);
                take(network, decision, batch, index);
            }
        }
        if (guard.mayPass()) {
            turn.forward(batch, index);
        }
    }

    private void onIcmpv6(Instant now, PacketOrigin origin, Icmpv6Message message, PacketInBatch batch, int index) {
        ServedNetwork network = networks.ofOwnAddress(origin.destination());
        if (network == null) {
            notOurs.increment();
        } else if (message instanceof EchoRequest request) {
            take(network, network.state().onEchoRequest(now, origin, request), batch, index);
        } else if (message instanceof Icmpv6Error error) {
            take(network, network.state().onIcmpv6Error(now, origin, error), batch, index);
        } else {
            notOurs.increment();
        }
    }

    private void onMobility(
            Instant now,
            PacketOrigin origin,
            Ipv6Packet packet,
            MobilityMessage message,
            PacketInBatch batch,
            int index) {
        if (!(message instanceof BindingUpdate ? isFirstSeen(origin) : isEdge(origin))) {
            return;
        }
        if (message instanceof BindingUpdate update) {
            Ipv6Address homeAddress = packet.effectiveSource();
            ServedNetwork asked = networks.ofOwnAddress(origin.destination());
            ServedNetwork network = asked != null ? asked : networkOf(homeAddress);
            if (network != null) {
                take(network, network.state().onBindingUpdate(now, origin, homeAddress, update), batch, index);
            }
        } else if (message instanceof BindingAcknowledgement acknowledgement) {
            Ipv6Address homeAddress = packet.effectiveDestination();
            ServedNetwork network = networkOf(homeAddress);
            if (network != null) {
                onAcknowledgement(
                        network,
                        () -> network.state()
                                .onBindingAcknowledgement(loop.now(), origin, homeAddress, acknowledgement),
                        true);
            }
        } else {
            notOurs.increment();
        }
    }

    /**
     * Under ESP only what stands before it shows: the Home Address option of an update, the type 2 routing header of an
     * acknowledgement (RFC 3776, 3.1). Without either it is a packet of a tunnel.
     */
    private void onProtected(Instant now, PacketOrigin origin, Ipv6Packet packet, PacketInBatch batch, int index) {
        Ipv6Address source = packet.effectiveSource();
        Ipv6Address destination = packet.effectiveDestination();
        boolean update = !source.equals(origin.source());
        if (!(update ? isFirstSeen(origin) : isEdge(origin))) {
            return;
        }
        boolean acknowledgement = !destination.equals(origin.destination());
        ServedNetwork network = networkOf(
                update ? source : acknowledgement ? destination : homeAgentOf(origin.source(), origin.destination()));
        if (network == null) {
            return;
        }
        if (update) {
            take(network, network.state().onProtectedUpdate(now, origin, source), batch, index);
        } else if (acknowledgement) {
            onAcknowledgement(
                    network, () -> network.state().onProtectedAcknowledgement(loop.now(), origin, destination), true);
        } else {
            tunnels.onPacket(network, origin.source(), origin.destination());
        }
    }

    private void onUdp(Instant now, PacketOrigin origin, Ipv6Packet packet, PacketInBatch batch, int index)
            throws MalformedPacketException {
        ServedNetwork network = networks.ofOwnAddress(origin.destination());
        if (network == null) {
            notOurs.increment();
            return;
        }
        UdpDatagram datagram = UdpDatagram.parse(packet);
        if (!ForwardingDatagrams.isOurs(network, packet, datagram)) {
            notOurs.increment();
        } else if (isEdge(origin)) {
            take(network, forwarding.open(now, network, origin, datagram), batch, index);
        }
    }

    /** The end of a tunnel that is in a home network. */
    private Ipv6Address homeAgentOf(Ipv6Address source, Ipv6Address destination) {
        return networks.ofHomeAddress(source) != null ? source : destination;
    }

    /**
     * The update may have come in at another switch, whose packets are read later although they were sent before: an
     * acknowledgement that finds no update is looked at once more a little later.
     */
    private void onAcknowledgement(ServedNetwork network, Supplier<Decision> question, boolean mayWait) {
        Decision decision = question.get();
        if (mayWait && waiting < MOST_WAITING && isWithoutUpdate(decision)) {
            waiting++;
            loop.timers().schedule(loop.nowNanos() + UPDATE_PATIENCE_NANOS, () -> {
                waiting--;
                onAcknowledgement(network, question, false);
            });
        } else {
            turn.take(network, decision);
        }
    }

    private static boolean isWithoutUpdate(Decision decision) {
        return decision.changes().isEmpty()
                && decision.effects().size() == 1
                && decision.effects().get(0) instanceof Effect.Count count
                && count.reason() == Reason.ACKNOWLEDGEMENT_WITHOUT_UPDATE;
    }

    private boolean isEdge(PacketOrigin origin) {
        return isBelieved(topology.isEdge(origin.port()));
    }

    /** Updates that came in at a switch that is away are known nevertheless, by the next switch on their way. */
    private boolean isFirstSeen(PacketOrigin origin) {
        return isBelieved(topology.isFirstSeenAt(origin.port()));
    }

    private boolean isBelieved(boolean believed) {
        if (!believed) {
            onLinkPort.increment();
        }
        return believed;
    }

    /** The network whose prefix an address has; counts when there is none. */
    private @Nullable ServedNetwork networkOf(Ipv6Address address) {
        ServedNetwork network = networks.ofHomeAddress(address);
        if (network == null) {
            notOurs.increment();
        }
        return network;
    }

    private void take(ServedNetwork network, Decision decision, PacketInBatch batch, int index) {
        turn.take(network, decision, batch, index);
    }
}
