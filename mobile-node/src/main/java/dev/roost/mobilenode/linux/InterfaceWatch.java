package dev.roost.mobilenode.linux;

import dev.roost.linux.LinkMonitor;
import dev.roost.linux.NetworkLink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Watches one interface on a thread of its own and hands over how it changes to the thread of the mobile node, which it wakes up.
 * When more changes wait than {@link #LIMIT}, the newest replaces them: what counts is how the interface is now.
 */
final class InterfaceWatch implements AutoCloseable {
    /** How the interface is now. */
    enum State {
        UP,
        DOWN,
        GONE
    }

    private static final int LIMIT = 64;
    private static final Duration FOREVER = Duration.ofHours(1);

    private final int interfaceIndex;
    private final Runnable wakeUp;
    private final LinkMonitor monitor = LinkMonitor.open();
    private final BlockingQueue<State> changes = new ArrayBlockingQueue<>(LIMIT);
    private final Thread thread = new Thread(this::watch, "interface-watch");
    private volatile boolean closed;

    private InterfaceWatch(NetworkLink link, Runnable wakeUp) {
        this.interfaceIndex = link.index();
        this.wakeUp = wakeUp;
        thread.setDaemon(true);
    }

    /** In the network namespace of the calling thread. */
    static InterfaceWatch start(NetworkLink link, Runnable wakeUp) {
        InterfaceWatch watch = new InterfaceWatch(link, wakeUp);
        watch.thread.start();
        return watch;
    }

    /** What has happened since this was last asked, oldest first. */
    List<State> changes() {
        List<State> taken = new ArrayList<>();
        changes.drainTo(taken);
        return taken;
    }

    @Override
    public void close() {
        closed = true;
        monitor.wakeUp();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        monitor.close();
    }

    private void watch() {
        while (!closed) {
            monitor.await(this::take, FOREVER);
        }
    }

    private void take(LinkMonitor.Change change) {
        if (change.link().index() != interfaceIndex) {
            return;
        }
        State state = !change.present() ? State.GONE : isUsable(change.link()) ? State.UP : State.DOWN;
        if (!changes.offer(state)) {
            changes.clear();
            changes.add(state);
        }
        wakeUp.run();
    }

    static boolean isUsable(NetworkLink link) {
        return link.up() && link.running();
    }
}
