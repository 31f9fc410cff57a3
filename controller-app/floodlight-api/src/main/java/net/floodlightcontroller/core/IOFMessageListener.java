package net.floodlightcontroller.core;

import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFType;

/** Takes messages of switches, on a thread of the channel. */
public interface IOFMessageListener extends IListener<OFType> {

    IListener.Command receive(IOFSwitch sw, OFMessage msg, FloodlightContext cntx);
}
