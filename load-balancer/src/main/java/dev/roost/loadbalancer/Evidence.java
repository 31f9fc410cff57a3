package dev.roost.loadbalancer;

/** How a binding is known, the strongest first. */
public enum Evidence {
    /** The home agent itself said so. */
    AGENT,
    /** Its binding acknowledgement was seen. */
    ACKNOWLEDGED,
    /** Only traffic was seen. */
    OBSERVED
}
