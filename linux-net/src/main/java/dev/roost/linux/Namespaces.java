package dev.roost.linux;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs code inside a named network namespace ({@code ip netns}), on a thread of its own so that no other code ends up there.
 * Sockets opened there stay there.
 */
public final class Namespaces {
    private Namespaces() {}

    /** Returns what {@code code} returns; what it throws comes out as the cause of an {@link IllegalStateException}, unless it is unchecked. */
    public static <T> T call(String namespace, Callable<T> code) {
        FutureTask<T> task = new FutureTask<>(() -> {
            LinuxCalls.enterNamespace("/var/run/netns/" + namespace);
            return code.call();
        });
        new Thread(task, "in-" + namespace).start();
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in namespace " + namespace, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new IllegalStateException("in namespace " + namespace, e.getCause());
        }
    }

    public static void run(String namespace, Runnable code) {
        call(namespace, () -> {
            code.run();
            return Boolean.TRUE;
        });
    }
}
