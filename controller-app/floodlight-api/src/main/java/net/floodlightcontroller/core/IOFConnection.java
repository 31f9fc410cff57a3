package net.floodlightcontroller.core;

import org.projectfloodlight.openflow.types.OFAuxId;

/** One connection of a switch. */
public interface IOFConnection extends IOFMessageWriter {

    OFAuxId getAuxId();
}
