package net.floodlightcontroller.core;

/** The side of a connection that Floodlight keeps for itself. */
public interface IOFConnectionBackend extends IOFConnection {

    boolean isWritable();
}
