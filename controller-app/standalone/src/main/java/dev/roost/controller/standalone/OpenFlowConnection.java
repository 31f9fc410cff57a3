package dev.roost.controller.standalone;

import dev.roost.controller.Counters;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.projectfloodlight.openflow.exceptions.OFParseError;
import org.projectfloodlight.openflow.protocol.OFFactories;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFMessageReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One TCP connection of a switch: cuts the stream into messages, negotiates the version, answers echoes and notices when
 * the switch has gone silent. What a message means is left to the {@link Handshake} and then to the
 * {@link SwitchSession}.
 *
 * <p>Packet-ins, of which there may be a million a second, are read straight from the buffer; all other messages become
 * openflowj objects. A message that cannot be read is counted and skipped, since the length in its header still says
 * where the next one begins; only a length below that of a header, from which nothing can recover, ends the connection.
 *
 * <p>All on the channel's event loop.
 */
final class OpenFlowConnection extends ByteToMessageDecoder {

    private static final Logger LOG = LoggerFactory.getLogger(OpenFlowConnection.class);

    private static final int MOST_SILENT_INTERVALS = 3;
    private static final OFMessageReader<OFMessage> READER = OFFactories.getGenericReader();

    private final OpenFlowServerOptions options;
    private final ConnectedSwitches switches;
    private final Counters counters;

    private @Nullable Handshake handshake;
    private @Nullable SwitchSession session;
    private @Nullable ScheduledFuture<?> ticks;
    private @Nullable ScheduledFuture<?> handshakeDeadline;
    private boolean versionAgreed;
    private boolean heard;
    private boolean closing;
    private boolean wrote;
    private int silentIntervals;

    OpenFlowConnection(OpenFlowServerOptions options, ConnectedSwitches switches, Counters counters) {
        this.options = options;
        this.switches = switches;
        this.counters = counters;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        send(context, OpenFlowBytes.hello(context.alloc()));
        handshakeDeadline = context.executor()
                .schedule(
                        () -> close(context, "handshake-timeout", "the handshake took too long"),
                        options.handshakeTimeout().toNanos(),
                        TimeUnit.NANOSECONDS);
        long interval = options.echoInterval().toNanos();
        ticks = context.executor().scheduleAtFixedRate(() -> onTick(context), interval, interval, TimeUnit.NANOSECONDS);
        super.channelActive(context);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        heard = true;
        while (!closing && in.readableBytes() >= OpenFlowBytes.HEADER_LENGTH) {
            int start = in.readerIndex();
            int length = in.getUnsignedShort(start + OpenFlowBytes.LENGTH_OFFSET);
            if (length < OpenFlowBytes.HEADER_LENGTH) {
                close(context, "bad-length", "a message of " + length + " bytes");
                break;
            }
            if (in.readableBytes() < length) {
                return;
            }
            onMessage(context, in, start, length);
            in.readerIndex(start + length);
        }
        if (closing) {
            in.skipBytes(in.readableBytes());
        }
    }

    private void onMessage(ChannelHandlerContext context, ByteBuf in, int start, int length) {
        int type = in.getUnsignedByte(start + OpenFlowBytes.TYPE_OFFSET);
        if (!versionAgreed) {
            negotiate(context, in, start, length, type);
        } else if (in.getUnsignedByte(start) != OpenFlowBytes.VERSION_1_3) {
            count("roost_openflow_messages_ignored_total", "wrong-version");
        } else if (type == OpenFlowBytes.PACKET_IN) {
            onPacketIn(in, start, length);
        } else if (type == OpenFlowBytes.ECHO_REQUEST) {
            ChannelFuture unused =
                    context.write(OpenFlowBytes.echoReply(context.alloc(), in, start, length), context.voidPromise());
            wrote = true;
        } else if (type != OpenFlowBytes.ECHO_REPLY && type != OpenFlowBytes.HELLO) {
            onOther(context, in, start, length);
        }
    }

    /** OpenFlow 1.3.5, 6.3.1: the bitmap if there is one, else the lower of the two versions. */
    private void negotiate(ChannelHandlerContext context, ByteBuf in, int start, int length, int type) {
        if (type == OpenFlowBytes.ERROR) {
            close(context, "hello-refused", "the switch refused our version");
        } else if (type != OpenFlowBytes.HELLO) {
            close(context, "no-hello", "the first message is of type " + type + ", not HELLO");
        } else if (!OpenFlowBytes.helloOffersVersion13(in, start, length)) {
            int version = in.getUnsignedByte(start);
            send(context, OpenFlowBytes.helloFailed(context.alloc(), in.getInt(start + OpenFlowBytes.XID_OFFSET)));
            close(context, "version", "the switch offers version " + version + " at most, not 1.3 (4)");
        } else {
            versionAgreed = true;
            handshake = new Handshake(context.channel(), options, switches.events(), counters);
            handshake.start();
        }
    }

    private void onPacketIn(ByteBuf in, int start, int length) {
        if (session == null) {
            count("roost_openflow_messages_ignored_total", "before-handshake");
        } else {
            session.onPacketIn(in, start, length);
        }
    }

    private void onOther(ChannelHandlerContext context, ByteBuf in, int start, int length) {
        OFMessage message = read(in.slice(start, length));
        if (message == null) {
            count("roost_openflow_messages_ignored_total", "unreadable");
        } else if (session != null) {
            session.onMessage(message);
        } else if (handshake != null) {
            handshake.onMessage(message);
            if (handshake.failure() != null) {
                close(context, "handshake", handshake.failure());
            } else if (handshake.isComplete()) {
                begin(handshake);
            }
        }
    }

    /** The reader is not ours and the bytes are the switch's: whatever it throws means that it cannot read them. */
    private static @Nullable OFMessage read(ByteBuf bytes) {
        try {
            return READER.readFrom(bytes);
        } catch (OFParseError | RuntimeException e) {
            LOG.debug("unreadable message: {}", e.toString());
            return null;
        }
    }

    private void begin(Handshake done) {
        if (handshakeDeadline != null) {
            handshakeDeadline.cancel(false);
        }
        handshake = null;
        session = done.session();
        switches.connected(session, done.ports());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        if (session != null) {
            session.handOver();
        }
        if (wrote) {
            wrote = false;
            context.flush();
        }
        super.channelReadComplete(context);
    }

    private void onTick(ChannelHandlerContext context) {
        if (session != null) {
            session.onTick();
        }
        silentIntervals = heard ? 0 : silentIntervals + 1;
        heard = false;
        if (silentIntervals > MOST_SILENT_INTERVALS) {
            close(context, "silent", "no answer to " + MOST_SILENT_INTERVALS + " echo requests");
        } else if (silentIntervals > 0 && versionAgreed) {
            send(context, OpenFlowBytes.echoRequest(context.alloc()));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        closing = true;
        if (ticks != null) {
            ticks.cancel(false);
        }
        if (handshakeDeadline != null) {
            handshakeDeadline.cancel(false);
        }
        if (session != null) {
            session.onClosed();
            switches.disconnected(session);
        }
        super.channelInactive(context);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            close(context, "connection-lost", String.valueOf(cause.getMessage()));
        } else {
            LOG.error("switch={} handling a message failed: this is a bug", name(context), cause);
            close(context, "bug", String.valueOf(cause));
        }
    }

    private void close(ChannelHandlerContext context, String reason, @Nullable String detail) {
        if (closing) {
            return;
        }
        closing = true;
        count("roost_openflow_connections_closed_total", reason);
        LOG.warn("switch={} reason={} connection closed: {}", name(context), reason, detail);
        ChannelFuture unused = context.close();
    }

    /** Nobody waits for the outcome: a failure closes the channel. */
    private static void send(ChannelHandlerContext context, ByteBuf message) {
        ChannelFuture unused = context.writeAndFlush(message, context.voidPromise());
    }

    private String name(ChannelHandlerContext context) {
        return session != null
                ? session.id().toString()
                : String.valueOf(context.channel().remoteAddress());
    }

    private void count(String name, String reason) {
        counters.counter(name, "reason", reason).increment();
    }
}
