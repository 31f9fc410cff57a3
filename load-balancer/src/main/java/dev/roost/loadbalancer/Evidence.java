package dev.roost.loadbalancer;

/** How a binding is known, the strongest first. */
public enum Evidence {
    /** The home agent itself said so. */
    AGENT(0),
    /** Its binding acknowledgement was seen. */
    ACKNOWLEDGED(1),
    /** Only traffic was seen. */
    OBSERVED(2);

    private final int code;

    Evidence(int code) {
        this.code = code;
    }

    /** As it is written to the journal. */
    int code() {
        return code;
    }
}
