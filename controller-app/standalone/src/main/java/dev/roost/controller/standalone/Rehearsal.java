package dev.roost.controller.standalone;

import dev.roost.controller.Controller;
import dev.roost.controller.ControllerOptions;
import dev.roost.controller.Counters;
import dev.roost.controller.LoopClock;
import dev.roost.controller.LoopThread;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.HomeAgentAddressDiscoveryRequest;
import dev.roost.mobileip.HomeAgentInformation;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Packet;
import dev.roost.mobileip.MacAddress;
import dev.roost.mobileip.NeighborSolicitation;
import dev.roost.mobileip.Payload;
import dev.roost.mobileip.PrefixInformation;
import dev.roost.mobileip.RouterAdvertisement;
import dev.roost.mobileip.SourceLinkLayerAddress;
import dev.roost.openflow.rules.RuleCompiler;
import dev.roost.topology.SwitchId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.projectfloodlight.openflow.protocol.OFFactories;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFPacketInReason;
import org.projectfloodlight.openflow.protocol.OFPortDesc;
import org.projectfloodlight.openflow.protocol.OFVersion;
import org.projectfloodlight.openflow.protocol.match.MatchField;
import org.projectfloodlight.openflow.types.OFBufferId;
import org.projectfloodlight.openflow.types.OFPort;
import org.projectfloodlight.openflow.types.TableId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Answers some ten thousand made-up discovery requests before anybody asks so many: the virtual machine compiles what is used
 * much, so that without this a flood, after days with a request now and then, meets code that runs fifty times slower.
 *
 * <p>All that it touches is its own: a controller that keeps nothing, a switch that is not there. So it runs on a thread of
 * its own while the real controller serves, once, and nothing of it is left but the compiled code. It logs nothing:
 * logback.xml drops what is said under {@link #QUIET}.
 */
final class Rehearsal implements LoopThread {

    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final OFFactory FACTORY = OFFactories.getFactory(OFVersion.OF_13);

    static final int REQUESTS = 60_000;
    private static final int REQUESTS_A_TURN = 100;
    /** On a machine that has no time, what was compiled until then has to do. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private static final String QUIET = "rehearsal";
    private static final int OUTBOUND_LIMIT_BYTES = 1 << 20;
    private static final int SECONDS = 1800;
    private static final int SWITCHES = 2;
    private static final int HOME_AGENTS = 3;
    private static final long FIRST_LINK_LAYER_ADDRESS = 0x0200_0000_0000L;
    private static final MacAddress ROUTER = new MacAddress(FIRST_LINK_LAYER_ADDRESS);
    /** From the end of a request: the message, its destination, and all of its source but the first half of the /64. */
    private static final int LINK_OFFSET = 8 + 16 + 12;

    private final Controller controller;
    private final Counters counters = new Counters();
    private final List<SwitchSession> switches = new ArrayList<>();
    private final List<EmbeddedChannel> channels = new ArrayList<>();
    private final HomeNetworkConfig config;
    private @Nullable Turns turns;

    /** @param like whose prefix, limits and balancing it is to rehearse with */
    Rehearsal(HomeNetworkConfig like, RuleCompiler.Options rules) {
        config = like.withHomeAgents(List.of()).withSwitches(Set.of());
        controller = new Controller(
                List.of(config),
                new ForgetfulJournal(),
                ControllerOptions.defaults(rules),
                LoopClock.system(),
                this,
                counters,
                bug -> {});
        for (int id = 1; id <= SWITCHES; id++) {
            EmbeddedChannel channel = new EmbeddedChannel();
            channels.add(channel);
            switches.add(new SwitchSession(
                    channel, new SwitchId(id), FACTORY, QUIET, OUTBOUND_LIMIT_BYTES, controller, counters));
        }
    }

    /** Begins on a thread of its own, which ends by itself and keeps no process alive. */
    static void begin(HomeNetworkConfig like, RuleCompiler.Options rules) {
        Thread thread = new Thread(
                () -> {
                    MDC.put(QUIET, QUIET);
                    try {
                        long answered = new Rehearsal(like, rules).run();
                        MDC.remove(QUIET);
                        LOG.debug("event=rehearsed answered={}", answered);
                    } catch (IOException | RuntimeException e) { // the real controller does without
                        MDC.remove(QUIET);
                        LOG.warn("event=not-rehearsed reason=\"{}\"", e.toString(), e);
                    }
                },
                "rehearsal");
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns how many requests were answered; by the limits that are configured, that need not be all. */
    long run() throws IOException {
        long began = System.nanoTime();
        controller.start();
        List<OFPortDesc> ports = IntStream.rangeClosed(1, HOME_AGENTS)
                .<OFPortDesc>mapToObj(port -> FACTORY.buildPortDesc()
                        .setPortNo(OFPort.of(port))
                        .setName(QUIET)
                        .build())
                .toList();
        switches.forEach(each -> controller.onSwitchConnected(each, ports));
        List<ByteBuf> others = new ArrayList<>();
        for (int homeAgent = 1; homeAgent <= HOME_AGENTS; homeAgent++) {
            others.add(message(homeAgent, advertisement(homeAgent)));
        }
        others.add(message(1, solicitation()));
        ByteBuf request = message(1, discoveryRequest());
        for (int sent = 0; sent < REQUESTS && System.nanoTime() - began < LONGEST.toNanos(); ) {
            others.forEach(message -> bring(switches.get(0), message));
            for (int i = 0; i < REQUESTS_A_TURN; i++, sent++) {
                // A number and its complement add up to nothing, so that the checksum holds for all.
                int link = request.readableBytes() - LINK_OFFSET;
                request.setInt(link, sent).setInt(link + Integer.BYTES, ~sent);
                bring(switches.get(sent % SWITCHES), request);
            }
            takeTurn();
        }
        others.forEach(ByteBuf::release);
        request.release();
        return counters.value("roost_packets_sent_total", "message", "discovery-reply");
    }

    private static void bring(SwitchSession from, ByteBuf message) {
        from.onPacketIn(message, 0, message.readableBytes());
    }

    private void takeTurn() {
        switches.forEach(SwitchSession::handOver);
        Turns current = turns;
        if (current != null) {
            long unused = current.turn();
        }
        for (EmbeddedChannel channel : channels) {
            for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
                ReferenceCountUtil.release(out);
            }
        }
    }

    private byte[] advertisement(int homeAgent) {
        Ipv6Address prefix = config.prefix().address();
        MacAddress linkLayerAddress = new MacAddress(FIRST_LINK_LAYER_ADDRESS + homeAgent);
        return frame(
                linkLayerAddress,
                Ipv6Address.linkLocal(linkLayerAddress),
                Ipv6Address.ALL_NODES,
                new RouterAdvertisement(
                        Ipv6Packet.DEFAULT_HOP_LIMIT,
                        RouterAdvertisement.HOME_AGENT,
                        SECONDS,
                        0,
                        0,
                        List.of(
                                new SourceLinkLayerAddress(linkLayerAddress),
                                new PrefixInformation(
                                        config.prefix().length(),
                                        PrefixInformation.ON_LINK | PrefixInformation.ROUTER_ADDRESS,
                                        SECONDS,
                                        SECONDS,
                                        new Ipv6Address(prefix.high(), prefix.low() | homeAgent)),
                                new HomeAgentInformation(false, 0, SECONDS))));
    }

    private byte[] solicitation() {
        return frame(
                ROUTER,
                Ipv6Address.linkLocal(ROUTER),
                config.anycastAddress().solicitedNode(),
                new NeighborSolicitation(config.anycastAddress(), List.of(new SourceLinkLayerAddress(ROUTER))));
    }

    private byte[] discoveryRequest() {
        // Benchmarking addresses (RFC 5180), which nobody has.
        Ipv6Address source = new Ipv6Address(0x2001_0002_0000_0000L, 0xffff_ffff_0000_0000L);
        return frame(ROUTER, source, config.anycastAddress(), new HomeAgentAddressDiscoveryRequest(1));
    }

    private byte[] frame(MacAddress from, Ipv6Address source, Ipv6Address destination, Payload payload) {
        ByteBuffer frame = ByteBuffer.allocate(512);
        new EthernetFrame(
                        config.representativeLinkLayerAddress(),
                        from,
                        Ipv6Packet.of(source, destination, List.of(), payload))
                .writeTo(frame);
        byte[] bytes = new byte[frame.position()];
        frame.flip().get(bytes);
        return bytes;
    }

    private static ByteBuf message(int inPort, byte[] frame) {
        ByteBuf out = Unpooled.directBuffer();
        FACTORY.buildPacketIn()
                .setBufferId(OFBufferId.NO_BUFFER)
                .setTotalLen(frame.length)
                .setReason(OFPacketInReason.ACTION)
                .setTableId(TableId.of(0))
                .setMatch(FACTORY.buildMatch()
                        .setExact(MatchField.IN_PORT, OFPort.of(inPort))
                        .build())
                .setData(frame)
                .build()
                .writeTo(out);
        return out;
    }

    @Override
    public void start(Turns newTurns) {
        turns = newTurns;
    }

    /** Turns are taken after each batch anyway. */
    @Override
    public void wake() {}

    @Override
    public void awaitEnd(Duration patience) {}
}
