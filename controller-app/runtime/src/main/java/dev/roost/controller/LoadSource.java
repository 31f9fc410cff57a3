package dev.roost.controller;

/**
 * Where load comes from: the switches' counters, or the home agents themselves. Several may work side by side; each sample says which
 * it is from and when it was taken, and the core decides which to believe.
 */
public interface LoadSource {

    /**
     * Begins to ask for the load of all home agents. On the loop's thread, so it must not wait; what comes of it is told later, to
     * {@link HomeAgentReports}. A home agent that does not answer is no event of its own: its load becomes stale.
     */
    void poll(ControllerView view);
}
