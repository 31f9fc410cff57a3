package dev.roost.controller.standalone;

import dev.roost.controller.Counters;
import dev.roost.controller.LoopThread;
import dev.roost.controller.OwnLoopThread;
import dev.roost.controller.SwitchEvents;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The OpenFlow 1.3 server of the standalone controller: accepts switches, shakes hands, and shows each to the loop as an
 * {@link dev.roost.controller.OpenFlowSwitch}.
 *
 * <p>It decides nothing about home networks. Started and closed by the main thread; everything else happens on netty's
 * event loops, none of which ever waits for the loop of the controller.
 */
public final class OpenFlowServer implements AutoCloseable {

    /** Netty looks for lost buffers in one of 128 at some cost; whoever wants that sets this property. */
    private static final String LEAK_DETECTION = "io.netty.leakDetection.level";

    private static final int BACKLOG = 256;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final OpenFlowServerOptions options;
    private final Counters counters;
    private final EventLoopGroup group;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private @Nullable Channel listener;

    /** Has its threads, and does not listen yet. */
    public OpenFlowServer(OpenFlowServerOptions options, Counters counters) {
        this.options = options;
        this.counters = counters;
        if (System.getProperty(LEAK_DETECTION) == null) {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
        this.group = new MultiThreadIoEventLoopGroup(
                options.ioThreads(), new DefaultThreadFactory("openflow-io"), NioIoHandler.newFactory());
    }

    /** The thread for the controller's loop that goes with this server. */
    public LoopThread loopThread() {
        return options.sharedLoop() ? new SharedEventLoop(group.next()) : new OwnLoopThread();
    }

    /**
     * Listens, and tells of every switch that comes.
     *
     * @throws IOException when the address cannot be had; the message is one line that names it
     */
    public void start(SwitchEvents events) throws IOException {
        ConnectedSwitches switches = new ConnectedSwitches(events, counters);
        int limit = options.outboundLimitBytes();
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(limit / 2, limit))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel, switches);
                    }
                })
                .bind(options.listen())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen for switches on " + options.listen() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        listener = bound.channel();
    }

    private void accept(Channel channel, ConnectedSwitches switches) {
        if (connections.size() >= options.maxConnections()) {
            counters.counter("roost_openflow_connections_refused_total", "reason", "too-many")
                    .increment();
            ChannelFuture unused = channel.close();
            return;
        }
        connections.add(channel);
        channel.pipeline().addLast(new OpenFlowConnection(options, switches, counters));
    }

    /** Where it listens; the port is the real one also when 0 was asked for. */
    public InetSocketAddress address() {
        Channel bound = listener;
        if (bound == null) {
            throw new IllegalStateException("not listening yet on " + options.listen());
        }
        return (InetSocketAddress) bound.localAddress();
    }

    /** Stops listening and closes all connections. Nothing is removed from any switch: the rules go on forwarding. */
    public void shutOut() {
        Channel bound = listener;
        if (bound != null) {
            bound.close().awaitUninterruptibly(CLOSE_TIMEOUT.toMillis());
        }
        connections.close().awaitUninterruptibly(CLOSE_TIMEOUT.toMillis());
    }

    /** Shuts out, and ends the threads. A controller that runs on {@link #loopThread} is to be closed before. */
    @Override
    public void close() {
        shutOut();
        group.shutdownGracefully(0, CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_TIMEOUT.toMillis());
    }
}
