package dev.roost.loadbalancer;

/** What is made of registrations whose mobility headers are encrypted (RFC 6275, 5.1), so that only addresses show. */
public enum ProtectedUpdates {
    /** Nothing: bindings come from what home agents themselves tell. */
    IGNORED,
    /** A binding, once the home agent has answered from its own port. */
    ANSWERED,
    /**
     * A binding at once, where nothing is known of the home address: for home agents whose answers do not pass a switch.
     * Anybody who can send to a home agent can then steer a home address that nobody has bound.
     */
    CLAIMED
}
