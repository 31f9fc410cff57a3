package dev.roost.delegation;

/** What a home agent's own tunnel for a mobile node that is registered with it has to do. */
public enum TunnelRole {
    /** Nothing; there is to be none. */
    NONE,
    /** Takes packets of the mobile node out, puts none in: another home agent forwards. */
    RECEIVE_ONLY,
    /** Takes packets out and puts packets in. */
    FULL
}
