package dev.roost.configuration;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Optional;

/**
 * SIGHUP, by which daemons are told to read their configuration again. Without a handler it ends the process.
 *
 * <p>The virtual machine's own interface to signals is the only one there is; it is called by reflection, because the compiler warns of it
 * in a way that cannot be switched off for one class. The virtual machine runs the handler on a thread of its own.
 */
public final class Hangup {
    private Hangup() {}

    /**
     * Runs the task at each SIGHUP from now on.
     *
     * @return why it will not, where the virtual machine has no such signal
     */
    public static Optional<String> handle(Runnable task) {
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
            return Optional.empty();
        } catch (ReflectiveOperationException e) {
            return Optional.of(e.toString());
        }
    }
}
