package dev.roost.controller.standalone;

import dev.roost.controller.Counters;
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
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The OpenFlow 1.3 server of the standalone controller: accepts switches, shakes hands, and shows each to the loop as an
 * {@link dev.roost.controller.OpenFlowSwitch}.
 *
 * <p>It decides nothing about home networks. Started and closed by the main thread; everything else happens on netty's
 * event loops, none of which ever waits for the loop of the controller.
 */
public final class OpenFlowServer implements AutoCloseable {

    private static final int BACKLOG = 256;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final EventLoopGroup group;
    private final Channel listener;
    private final ChannelGroup connections;

    private OpenFlowServer(EventLoopGroup group, Channel listener, ChannelGroup connections) {
        this.group = group;
        this.listener = listener;
        this.connections = connections;
    }

    /**
     * Listens.
     *
     * @throws IOException when the address cannot be had; the message is one line that names it
     */
    public static OpenFlowServer start(OpenFlowServerOptions options, SwitchEvents events, Counters counters)
            throws IOException {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                options.ioThreads(), new DefaultThreadFactory("openflow-io"), NioIoHandler.newFactory());
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
        ConnectedSwitches switches = new ConnectedSwitches(events, counters);
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(options.outboundLimitBytes() / 2, options.outboundLimitBytes()))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel, options, switches, connections, counters);
                    }
                })
                .bind(options.listen())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            Future<?> unused = group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new IOException(
                    "cannot listen for switches on " + options.listen() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        return new OpenFlowServer(group, bound.channel(), connections);
    }

    private static void accept(
            Channel channel,
            OpenFlowServerOptions options,
            ConnectedSwitches switches,
            ChannelGroup connections,
            Counters counters) {
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
        return (InetSocketAddress) listener.localAddress();
    }

    /** Closes all connections. Nothing is removed from any switch: the rules go on forwarding. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly(CLOSE_TIMEOUT.toMillis());
        connections.close().awaitUninterruptibly(CLOSE_TIMEOUT.toMillis());
        group.shutdownGracefully(0, CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_TIMEOUT.toMillis());
    }
}
