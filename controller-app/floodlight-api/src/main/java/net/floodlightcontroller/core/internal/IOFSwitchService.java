package net.floodlightcontroller.core.internal;

import net.floodlightcontroller.core.IOFSwitch;
import net.floodlightcontroller.core.IOFSwitchListener;
import net.floodlightcontroller.core.module.IFloodlightService;
import org.projectfloodlight.openflow.types.DatapathId;

/** The switches. */
public interface IOFSwitchService extends IFloodlightService {

    IOFSwitch getSwitch(DatapathId dpid);

    void addOFSwitchListener(IOFSwitchListener listener);
}
