package net.floodlightcontroller.core;

import org.projectfloodlight.openflow.protocol.OFPortDesc;
import org.projectfloodlight.openflow.types.DatapathId;

/** Hears of switches, one call after the other on one thread. */
public interface IOFSwitchListener {

    void switchAdded(DatapathId switchId);

    void switchRemoved(DatapathId switchId);

    void switchActivated(DatapathId switchId);

    void switchPortChanged(DatapathId switchId, OFPortDesc port, PortChangeType type);

    void switchChanged(DatapathId switchId);

    /** Not in version 1.2. */
    void switchDeactivated(DatapathId switchId);
}
