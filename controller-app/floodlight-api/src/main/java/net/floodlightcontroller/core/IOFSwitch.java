package net.floodlightcontroller.core;

import com.google.common.collect.ImmutableList;
import java.util.Collection;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFPortDesc;
import org.projectfloodlight.openflow.types.DatapathId;

/** A switch with one connection or more. */
public interface IOFSwitch extends IOFMessageWriter {

    DatapathId getId();

    OFFactory getOFFactory();

    SwitchDescription getSwitchDescription();

    Collection<OFPortDesc> getPorts();

    ImmutableList<IOFConnection> getConnections();

    /** Whether this controller is the master of the switch. */
    boolean isActive();

    void disconnect();
}
