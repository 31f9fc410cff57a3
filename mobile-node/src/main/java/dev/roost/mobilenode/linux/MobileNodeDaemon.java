package dev.roost.mobilenode.linux;

import dev.roost.linux.LinuxException;
import dev.roost.linux.NetworkLink;
import dev.roost.linux.PacketFilter;
import dev.roost.linux.PacketSocket;
import dev.roost.mobilenode.EventLog;
import dev.roost.mobilenode.movement.Decision;
import dev.roost.mobilenode.movement.MobileNode;
import dev.roost.mobilenode.movement.MobileNodeSettings;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One mobile node at work: a loop that hands packets, deadlines and changes of the interface to {@link MobileNode}, and what it
 * decides to {@link EffectExecutor}. It is not the place where anything is decided.
 *
 * <p>{@link #run} is called by the main thread and returns when the node has ended; {@link #stop} by the thread that ends the process.
 */
public final class MobileNodeDaemon {
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    private final NetworkLink link;
    private final MobileNodeSettings settings;
    private final boolean deregister;
    private final EventLog log;
    private final MonotonicClock clock = new MonotonicClock();
    private final Counts counts = new Counts();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final PacketSocket socket;
    private final KernelAddressing kernel;
    private final MobileNode node;
    private final PacketReader reader;
    private final EffectExecutor executor;
    private volatile boolean stopRequested;

    private MobileNodeDaemon(NetworkLink link, MobileNodeSettings settings, boolean deregister, EventLog log) {
        this.link = link;
        this.settings = settings;
        this.deregister = deregister;
        this.log = log;
        node = new MobileNode(settings, new SecureRandom());
        reader = new PacketReader(link.macAddress(), node, counts::count);
        kernel = KernelAddressing.open(link, settings.homeAddress(), settings.homePrefix());
        socket = PacketSocket.open(link.index(), PacketFilter.signalling());
        executor = new EffectExecutor(socket, new PacketWriter(link.macAddress()), kernel, log, counts);
    }

    /**
     * Prepares the kernel, removing what a killed predecessor left.
     *
     * @param deregister whether to ask the home agent to delete the binding before the end
     * @throws LinuxException if the kernel refuses something that the node cannot do without
     */
    public static MobileNodeDaemon open(
            NetworkLink link, MobileNodeSettings settings, boolean deregister, EventLog log) {
        return new MobileNodeDaemon(link, settings, deregister, log);
    }

    /** Returns when {@link #stop} was called and the node has ended; all that was installed is gone then. */
    public void run() {
        try (InterfaceWatch watch = InterfaceWatch.start(link, socket::wakeUp)) {
            socket.allMulticastFrames();
            log.info(
                    "started",
                    List.of(
                            "interface", link.name(),
                            "homeAddress", settings.homeAddress().toString(),
                            "linkLayerAddress", link.macAddress().toString()));
            carryOut(node.onStart(clock.now(), InterfaceWatch.isUsable(NetworkLink.named(link.name()))));
            while (!executor.isFinished()) {
                turn(watch);
            }
        } finally {
            kernel.close();
            socket.close();
            log.info("stopped", counts.fields());
            ended.countDown();
        }
    }

    /** Asks for the end; any thread. */
    public void stop() {
        stopRequested = true;
        socket.wakeUp();
    }

    /** Whether {@link #run} has come to its end by then; any thread. */
    public boolean awaitEnd(Duration timeout) throws InterruptedException {
        return ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void turn(InterfaceWatch watch) {
        watch.changes().forEach(this::onInterface);
        if (stopRequested) {
            carryOut(node.onStop(clock.now(), deregister));
        }
        Instant now = clock.now();
        if (node.nextDeadline().filter(due -> !now.isBefore(due)).isPresent()) {
            carryOut(node.onDeadline(now));
        }
        socket.flush();
        if (!executor.isFinished()) {
            socket.receive(this::onFrame, waitUntil(node.nextDeadline()));
            socket.flush();
        }
    }

    private Duration waitUntil(Optional<Instant> deadline) {
        Duration wait = deadline.map(due -> Duration.between(clock.now(), due)).orElse(LONGEST_WAIT);
        return wait.isNegative() ? Duration.ZERO : wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }

    private void onFrame(int interfaceIndex, ByteBuffer frame) {
        reader.read(clock.now(), frame).ifPresent(this::carryOut);
    }

    private void onInterface(InterfaceWatch.State state) {
        switch (state) {
            case UP -> carryOut(node.onLinkUp(clock.now()));
            case DOWN -> {
                kernel.interfaceWentDown();
                carryOut(node.onLinkDown(clock.now()));
            }
            case GONE -> throw new IllegalStateException("interface " + link.name() + " is gone");
        }
    }

    private void carryOut(Decision decision) {
        decision.changes().forEach(node::apply);
        executor.carryOut(decision.effects());
    }
}
