package dev.roost.homeagent.snmp;

import dev.roost.mobileip.MacAddress;
import dev.roost.snmp.SnmpEngine;
import java.io.IOException;
import java.nio.file.Path;

/**
 * SNMP from start to end: the engine on its socket, notifications, and the agent once there is a home agent to ask. Opened and closed
 * by the main thread.
 */
public final class SnmpService implements AutoCloseable {
    private final SnmpSettings settings;
    private final SnmpEngine.Identity identity;
    private final SnmpEngine engine;
    private final BindingNotifications notifications;

    private SnmpService(SnmpSettings settings, SnmpEngine.Identity identity) throws IOException {
        this.settings = settings;
        this.identity = identity;
        try {
            engine = new SnmpEngine(settings.listen(), identity, settings.user());
        } catch (IOException e) {
            throw new IOException("snmp.listen: can't listen at " + settings.listen() + ": " + e.getMessage(), e);
        }
        notifications = new BindingNotifications(engine, settings.managers());
    }

    /**
     * Opens the socket.
     *
     * @param statePath where the number of starts is kept
     * @throws IOException if it can't be had; the message is for an operator
     */
    public static SnmpService open(SnmpSettings settings, Path statePath, MacAddress linkLayerAddress)
            throws IOException {
        return new SnmpService(settings, EngineBoots.next(statePath, linkLayerAddress));
    }

    public BindingNotifications notifications() {
        return notifications;
    }

    /** Begins to answer. */
    public void serve(ManagedHomeAgent managed) throws IOException {
        SnmpAgent.serve(engine, identity, settings.user().name(), managed);
    }

    public int port() {
        return engine.port();
    }

    @Override
    public void close() throws IOException {
        notifications.close();
        engine.close();
    }
}
