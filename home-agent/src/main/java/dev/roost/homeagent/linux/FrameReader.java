package dev.roost.homeagent.linux;

import dev.roost.homeagent.binding.BindingRequest;
import dev.roost.homeagent.binding.Counter;
import dev.roost.homeagent.binding.Decision;
import dev.roost.homeagent.binding.HomeAgent;
import dev.roost.homeagent.binding.HomeAgentSettings;
import dev.roost.homeagent.binding.Origin;
import dev.roost.mobileip.BindingAcknowledgement;
import dev.roost.mobileip.BindingError;
import dev.roost.mobileip.BindingRefreshRequest;
import dev.roost.mobileip.BindingUpdate;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MalformedPacketException;
import dev.roost.mobileip.MobilePrefixSolicitation;
import dev.roost.mobileip.MobilityMessage;
import dev.roost.mobileip.NeighborAdvertisement;
import dev.roost.mobileip.NeighborDiscoveryMessage;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.Payload;
import dev.roost.mobileip.RouterSolicitation;
import dev.roost.mobileip.UnknownMobilityMessage;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/**
 * Turns frames from the home link into calls of the home agent. The one place where bytes from the network are looked at, and where
 * those that make no sense are counted and dropped.
 */
public final class FrameReader {
    private final HomeAgentSettings settings;
    private final HomeAgent agent;
    private final Map<MalformedPacketException.Reason, Long> malformed =
            new EnumMap<>(MalformedPacketException.Reason.class);
    private long signallingPackets;
    private long signallingOctets;
    private long bindingUpdates;

    public FrameReader(HomeAgentSettings settings, HomeAgent agent) {
        this.settings = settings;
        this.agent = agent;
    }

    /** What the home agent decides upon a frame; nothing if the frame is not for it. */
    public Decision read(Instant now, ByteBuffer bytes) {
        try {
            EthernetFrame frame = EthernetFrame.parse(bytes);
            // A switch floods what it does not know, and may send back what this host sent itself.
            boolean forUs =
                    frame.destination().isMulticast() || frame.destination().equals(settings.linkLayerAddress());
            boolean ours = frame.source().equals(settings.linkLayerAddress());
            return forUs && !ours ? dispatch(now, frame) : Decision.NOTHING;
        } catch (MalformedPacketException e) {
            malformed.merge(e.reason(), 1L, Long::sum);
            return Decision.NOTHING;
        }
    }

    /** How many frames were dropped for what reason. */
    public Map<MalformedPacketException.Reason, Long> malformed() {
        return malformed;
    }

    /** Mobility Headers and prefix solicitations to this home agent. */
    public long signallingPackets() {
        return signallingPackets;
    }

    /** Those packets' octets, from the IPv6 header on. */
    public long signallingOctets() {
        return signallingOctets;
    }

    public long bindingUpdates() {
        return bindingUpdates;
    }

    private Decision dispatch(Instant now, EthernetFrame frame) throws MalformedPacketException {
        Ipv6Packet packet = frame.packet();
        if (packet.payload() instanceof NeighborDiscoveryMessage message) {
            message.requireValid(packet.header());
            return neighborDiscovery(now, frame, message);
        }
        return packet.destination().equals(settings.address()) ? toThisHomeAgent(now, frame) : Decision.NOTHING;
    }

    private Decision neighborDiscovery(Instant now, EthernetFrame frame, NeighborDiscoveryMessage message) {
        if (message instanceof NeighborSolicitation solicitation) {
            Ipv6Address source = frame.packet().source();
            return frame.packet().destination().isMulticast()
                    ? agent.onNeighborSolicitation(frame.source(), source, solicitation.target())
                    : agent.onUnicastSolicitation(frame.source(), source, solicitation.target());
        }
        if (message instanceof NeighborAdvertisement advertisement) {
            return agent.onNeighborAdvertisement(frame.source(), advertisement.target());
        }
        return message instanceof RouterSolicitation ? agent.onRouterSolicitation(now) : Decision.NOTHING;
    }

    private Decision toThisHomeAgent(Instant now, EthernetFrame frame) {
        Payload payload = frame.packet().payload();
        if (payload instanceof MobilityMessage || payload instanceof MobilePrefixSolicitation) {
            signallingPackets++;
            signallingOctets += frame.packet().length();
        }
        if (payload instanceof BindingUpdate update) {
            bindingUpdates++;
            return agent.onBindingUpdate(now, BindingRequest.of(frame.source(), frame.packet(), update));
        }
        Origin origin = Origin.of(frame.source(), frame.packet());
        if (payload instanceof MobilePrefixSolicitation solicitation) {
            return agent.onMobilePrefixSolicitation(now, origin, solicitation);
        }
        if (payload instanceof UnknownMobilityMessage unknown && !unknown.isReturnRoutability()) {
            return agent.onUnknownMobilityMessage(now, origin);
        }
        boolean ofNoUse = payload instanceof UnknownMobilityMessage
                || payload instanceof BindingAcknowledgement
                || payload instanceof BindingError
                || payload instanceof BindingRefreshRequest;
        return ofNoUse ? Decision.count(Counter.IGNORED_MOBILITY_MESSAGE) : Decision.NOTHING;
    }
}
