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
import org.jspecify.annotations.Nullable;

/**
 * One mobile node at work: a loop that hands packets, deadlines and changes of the interface to {@link MobileNode}, and what it
 * decides to {@link EffectExecutor}. It is not the place where anything is decided.
 *
 * <p>{@link #run} is called by the main thread and returns when the node has ended; {@link #stop} and {@link #awaitEnd} by the thread
 * that ends the process, also before the loop runs.
 */
public final class MobileNodeDaemon {
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    private final NetworkLink link;
    private final MobileNodeSettings settings;
    private final boolean deregister;
    private final EventLog log;
    private final Counts counts = new Counts();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean stopRequested;
    private volatile @Nullable PacketSocket wakeable;

    /** @param deregister whether to ask the home agent to delete the binding before the end */
    public MobileNodeDaemon(NetworkLink link, MobileNodeSettings settings, boolean deregister, EventLog log) {
        this.link = link;
        this.settings = settings;
        this.deregister = deregister;
        this.log = log;
    }

    /**
     * Prepares the kernel, removing what a killed predecessor left, and runs until {@link #stop} was called and the node has ended; all
     * that was installed is gone then.
     *
     * @throws LinuxException if the kernel refuses something that the node cannot do without
     * @throws HostException if something else is in the way
     */
    public void run() {
        try {
            HostFiles.runAlone(this::runAlone);
            log.info("stopped", counts.fields());
        } finally {
            ended.countDown();
        }
    }

    private void runAlone() {
        try (PacketSocket socket = PacketSocket.open(link.index(), PacketFilter.signalling());
                KernelAddressing kernel = KernelAddressing.open(link, settings.homeAddress(), settings.homePrefix());
                InterfaceWatch watch = InterfaceWatch.start(link, socket::wakeUp)) {
            wakeable = socket;
            new Life(socket, kernel, watch).live();
            wakeable = null;
        }
    }

    /** Asks for the end; any thread. */
    public void stop() {
        stopRequested = true;
        PacketSocket waiting = wakeable;
        if (waiting != null) {
            waiting.wakeUp();
        }
    }

    /** Whether {@link #run} has come to its end by then; any thread. */
    public boolean awaitEnd(Duration timeout) throws InterruptedException {
        return ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The loop, once everything is open. */
    private final class Life {
        private final PacketSocket socket;
        private final KernelAddressing kernel;
        private final InterfaceWatch watch;
        private final MonotonicClock clock = new MonotonicClock();
        private final MobileNode node = new MobileNode(settings, new SecureRandom());
        private final PacketReader reader = new PacketReader(link.macAddress(), node, counts::count);
        private final EffectExecutor executor;

        Life(PacketSocket socket, KernelAddressing kernel, InterfaceWatch watch) {
            this.socket = socket;
            this.kernel = kernel;
            this.watch = watch;
            executor = new EffectExecutor(socket, new PacketWriter(link.macAddress()), kernel, log, counts);
        }

        void live() {
            socket.allMulticastFrames();
            log.info(
                    "started",
                    List.of(
                            "interface", link.name(),
                            "homeAddress", settings.homeAddress().toString(),
                            "linkLayerAddress", link.macAddress().toString()));
            carryOut(node.onStart(clock.now(), InterfaceWatch.isUsable(NetworkLink.named(link.name()))));
            while (!executor.isFinished()) {
                turn();
            }
        }

        private void turn() {
            watch.changes().forEach(this::onInterface);
            if (stopRequested) {
                carryOut(node.onStop(clock.now(), deregister));
            }
            Instant now = clock.now();
            if (node.nextDeadline().filter(due -> !now.isBefore(due)).isPresent()) {
                carryOut(node.onDeadline(now));
            }
            if (!executor.isFinished()) {
                socket.receive(this::onFrame, waitUntil(node.nextDeadline()));
            }
        }

        private Duration waitUntil(Optional<Instant> deadline) {
            Duration wait =
                    deadline.map(due -> Duration.between(clock.now(), due)).orElse(LONGEST_WAIT);
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
                case GONE -> throw new HostException("interface " + link.name() + " is gone");
            }
        }

        private void carryOut(Decision decision) {
            decision.changes().forEach(node::apply);
            executor.carryOut(decision.effects());
        }
    }
}
