package dev.roost.controller.standalone;

import dev.roost.controller.Counters;
import dev.roost.controller.SwitchEvents;
import dev.roost.topology.SwitchId;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.projectfloodlight.openflow.protocol.OFBarrierReply;
import org.projectfloodlight.openflow.protocol.OFBarrierRequest;
import org.projectfloodlight.openflow.protocol.OFConfigFlags;
import org.projectfloodlight.openflow.protocol.OFControllerRole;
import org.projectfloodlight.openflow.protocol.OFDescStatsReply;
import org.projectfloodlight.openflow.protocol.OFErrorMsg;
import org.projectfloodlight.openflow.protocol.OFFactories;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFFeaturesReply;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFPortDesc;
import org.projectfloodlight.openflow.protocol.OFPortDescStatsReply;
import org.projectfloodlight.openflow.protocol.OFPortReason;
import org.projectfloodlight.openflow.protocol.OFPortStatus;
import org.projectfloodlight.openflow.protocol.OFRoleReply;
import org.projectfloodlight.openflow.protocol.OFRoleRequest;
import org.projectfloodlight.openflow.protocol.OFStatsReplyFlags;
import org.projectfloodlight.openflow.protocol.OFVersion;
import org.projectfloodlight.openflow.types.U64;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is asked of a switch before anybody is told of it, once the version is agreed.
 *
 * <pre>
 *   start            FEATURES_REQUEST
 *   features reply   SET_CONFIG (whole packets in packet-ins), port description, description, ROLE_REQUEST master, BARRIER
 *   barrier reply    complete, provided that the ports are known; else it waits for them
 *   error            about the ports: failed; about the rest: tolerated and counted
 * </pre>
 *
 * A stale generation id (the controller's clock went back, or another controller used higher ones) is answered by
 * asking for the present one and going one above it, once. A switch that refuses the role altogether is used as it is: with
 * one controller, equal serves as well as master.
 *
 * <p>All on the channel's event loop.
 */
final class Handshake {

    private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);
    private static final OFFactory FACTORY = OFFactories.getFactory(OFVersion.OF_13);
    /** OFPCML_NO_BUFFER: packet-ins carry the whole packet. */
    private static final int WHOLE_PACKET = 0xffff;

    private final Channel channel;
    private final OpenFlowServerOptions options;
    private final SwitchEvents events;
    private final Counters counters;

    private final Map<Integer, OFPortDesc> ports = new TreeMap<>(Integer::compareUnsigned);
    private @Nullable SwitchId id;
    private @Nullable String failure;
    private String description = "";
    private long portsXid;
    private long roleXid;
    private boolean portsKnown;
    private boolean barrierPassed;
    private boolean roleSettled;
    private boolean generationIdAsked;

    Handshake(Channel channel, OpenFlowServerOptions options, SwitchEvents events, Counters counters) {
        this.channel = channel;
        this.options = options;
        this.events = events;
        this.counters = counters;
    }

    void start() {
        send(List.of(FACTORY.featuresRequest()));
    }

    void onMessage(OFMessage message) {
        if (message instanceof OFFeaturesReply features) {
            onFeatures(features);
        } else if (message instanceof OFPortDescStatsReply reply) {
            for (OFPortDesc port : reply.getEntries()) {
                ports.put(port.getPortNo().getPortNumber(), port);
            }
            portsKnown = !reply.getFlags().contains(OFStatsReplyFlags.REPLY_MORE);
        } else if (message instanceof OFPortStatus status) {
            onPortStatus(status);
        } else if (message instanceof OFDescStatsReply reply) {
            description = reply.getMfrDesc() + " " + reply.getHwDesc() + " " + reply.getSwDesc();
        } else if (message instanceof OFRoleReply reply) {
            onRole(reply);
        } else if (message instanceof OFErrorMsg error) {
            onError(error);
        } else if (message instanceof OFBarrierReply) {
            barrierPassed = true;
        } else {
            counters.counter("roost_openflow_messages_ignored_total", "reason", "before-handshake")
                    .increment();
        }
    }

    private void onFeatures(OFFeaturesReply features) {
        if (id != null) {
            return;
        }
        if (features.getAuxiliaryId().getValue() != 0) {
            failure = "an auxiliary connection, which is not used";
            return;
        }
        id = new SwitchId(features.getDatapathId().getLong());
        OFMessage portsRequest = FACTORY.buildPortDescStatsRequest().build();
        OFMessage roleRequest = masterRequest(options.generationId());
        OFBarrierRequest barrier = FACTORY.barrierRequest();
        portsXid = portsRequest.getXid();
        roleXid = roleRequest.getXid();
        send(List.of(
                FACTORY.buildSetConfig()
                        .setFlags(EnumSet.of(OFConfigFlags.FRAG_NORMAL))
                        .setMissSendLen(WHOLE_PACKET)
                        .build(),
                portsRequest,
                FACTORY.buildDescStatsRequest().build(),
                roleRequest,
                barrier));
    }

    private static OFRoleRequest masterRequest(long generationId) {
        return FACTORY.buildRoleRequest()
                .setRole(OFControllerRole.ROLE_MASTER)
                .setGenerationId(U64.of(generationId))
                .build();
    }

    private void onRole(OFRoleReply reply) {
        if (reply.getRole() == OFControllerRole.ROLE_MASTER || !generationIdAsked) {
            roleSettled = true;
            return;
        }
        OFRoleRequest request = masterRequest(reply.getGenerationId().getValue() + 1);
        roleXid = request.getXid();
        send(List.of(request));
    }

    private void onError(OFErrorMsg error) {
        counters.counter("roost_openflow_handshake_errors_total", "type", String.valueOf(error.getErrType()))
                .increment();
        if (error.getXid() == portsXid) {
            failure = "the switch does not describe its ports: " + error.getErrType();
        } else if (error.getXid() == roleXid) {
            onRoleRefused(error);
        }
    }

    private void onRoleRefused(OFErrorMsg error) {
        if (generationIdAsked) {
            LOG.warn("datapath={} role=equal the switch refuses the role of master: {}", id, error);
            roleSettled = true;
            return;
        }
        generationIdAsked = true;
        OFRoleRequest question = FACTORY.buildRoleRequest()
                .setRole(OFControllerRole.ROLE_NOCHANGE)
                .setGenerationId(U64.ZERO)
                .build();
        roleXid = question.getXid();
        send(List.of(question));
    }

    private void onPortStatus(OFPortStatus status) {
        OFPortDesc port = status.getDesc();
        if (status.getReason() == OFPortReason.DELETE) {
            ports.remove(port.getPortNo().getPortNumber());
        } else {
            ports.put(port.getPortNo().getPortNumber(), port);
        }
    }

    /** Why the switch cannot be used, if so. */
    @Nullable
    String failure() {
        return failure;
    }

    boolean isComplete() {
        return id != null && portsKnown && barrierPassed && roleSettled;
    }

    List<OFPortDesc> ports() {
        return new ArrayList<>(ports.values());
    }

    SwitchSession session() {
        SwitchId known = id;
        if (known == null || !isComplete()) {
            throw new IllegalStateException("handshake not complete: " + known);
        }
        return new SwitchSession(channel, known, FACTORY, description, options.outboundLimitBytes(), events, counters);
    }

    private void send(List<OFMessage> messages) {
        ChannelFuture unused =
                channel.writeAndFlush(SwitchSession.encode(channel.alloc(), messages), channel.voidPromise());
    }
}
