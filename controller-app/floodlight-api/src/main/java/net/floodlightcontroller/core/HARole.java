package net.floodlightcontroller.core;

/** Which role this controller has among several. */
public enum HARole {
    ACTIVE,
    STANDBY
}
