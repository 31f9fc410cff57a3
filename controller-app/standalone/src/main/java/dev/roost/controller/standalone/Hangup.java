package dev.roost.controller.standalone;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP, by which daemons are told to read their configuration again. Without a handler it ends the process.
 *
 * <p>The virtual machine's own interface to signals is the only one there is; it is called by reflection, because the compiler warns of it
 * in a way that cannot be switched off for one class. The virtual machine runs the handler on a thread of its own.
 */
final class Hangup {
    private static final Logger LOG = LoggerFactory.getLogger(Hangup.class);

    private Hangup() {}

    /** Runs the task at each SIGHUP from now on; where the virtual machine has no such signal, only says so. */
    static void handle(Runnable task) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler onCall = (proxy, method, arguments) -> switch (method.getName()) {
                case "handle" -> {
                    task.run();
                    yield null;
                }
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> proxy == arguments[0];
                default -> "SIGHUP";
            };
            Object hangup = signal.getConstructor(String.class).newInstance("HUP");
            Object ours = Proxy.newProxyInstance(Hangup.class.getClassLoader(), new Class<?>[] {handler}, onCall);
            Object unused = signal.getMethod("handle", signal, handler).invoke(null, hangup, ours);
        } catch (ReflectiveOperationException e) {
            LOG.warn("event=no-reload-by-signal reason=\"{}\"", e.toString());
        }
    }
}
