package dev.roost.controller;

import dev.roost.topology.LinkProbe;
import dev.roost.topology.LinkProbeCodec;
import dev.roost.topology.PortDescription;
import dev.roost.topology.ProbeReading;
import dev.roost.topology.SwitchPort;
import dev.roost.topology.Topology;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the links between our switches: sends a keyed LLDP probe out of every port every few seconds and at once when a port comes
 * up, and tells the {@link Topology} where probes come in. Not used where the host finds links itself.
 *
 * <p>Belongs to the loop.
 */
final class LinkDiscovery {

    private static final Logger LOG = LoggerFactory.getLogger(LinkDiscovery.class);

    /** A link lives for three of these ({@link Topology#DEFAULT_LINK_LIFETIME}). */
    static final Duration PROBE_INTERVAL = Duration.ofSeconds(5);

    private final LinkProbeCodec codec;
    private final Topology topology;
    private final SwitchTable switches;
    private final Counters counters;

    LinkDiscovery(LinkProbeCodec codec, Topology topology, SwitchTable switches, Counters counters) {
        this.codec = codec;
        this.topology = topology;
        this.switches = switches;
        this.counters = counters;
    }

    void probeAll(Instant now) {
        for (ConnectedSwitch each : switches.all()) {
            probe(now, each);
        }
    }

    void probe(Instant now, ConnectedSwitch from) {
        for (PortDescription port : topology.ports(from.id())) {
            probe(now, from, port);
        }
    }

    void probe(Instant now, ConnectedSwitch from, PortDescription port) {
        if (!port.canHaveLink()) {
            return;
        }
        byte[] frame = codec.encode(new LinkProbe(from.port(port.number()), now), port.hardwareAddress());
        switches.send(from, PacketOutSink.CONTROLLER_PORT, port.number(), frame, 0, frame.length);
    }

    /** A frame with the ethertype of LLDP has come in. */
    void onFrame(Instant now, SwitchPort at, ByteBuffer frame) {
        ProbeReading reading = codec.decode(now, frame);
        if (reading instanceof ProbeReading.Genuine genuine) {
            onLinkSeen(now, genuine.probe().sender(), at);
        } else if (reading instanceof ProbeReading.Refused refused) {
            counters.counter(
                            "roost_link_probes_refused_total",
                            "reason",
                            refused.reason().word())
                    .increment();
        }
    }

    void onLinkSeen(Instant now, SwitchPort from, SwitchPort to) {
        if (topology.onLinkSeen(now, from, to)) {
            LOG.info("from={} to={} link found", from, to);
        }
    }
}
