package dev.roost.floodlight;

import dev.roost.controller.SwitchEvents;
import net.floodlightcontroller.core.FloodlightContext;
import net.floodlightcontroller.core.IListener;
import net.floodlightcontroller.core.IOFMessageListener;
import net.floodlightcontroller.core.IOFSwitch;
import org.projectfloodlight.openflow.protocol.OFErrorMsg;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFType;

/** Tells the loop of what switches refuse; it knows by the xid whether the message was ours. Called by netty's workers. */
final class ErrorListener implements IOFMessageListener {

    private final Switches switches;
    private final SwitchEvents events;
    private final Boundary boundary;

    ErrorListener(Switches switches, SwitchEvents events, Boundary boundary) {
        this.switches = switches;
        this.events = events;
        this.boundary = boundary;
    }

    @Override
    public IListener.Command receive(IOFSwitch sw, OFMessage msg, FloodlightContext cntx) {
        boundary.run("error", () -> {
            FloodlightSwitch from = switches.find(sw);
            if (from != null && msg instanceof OFErrorMsg error) {
                events.onError(from, error);
            }
        });
        return IListener.Command.CONTINUE;
    }

    @Override
    public String getName() {
        return PacketInListener.NAME;
    }

    @Override
    public boolean isCallbackOrderingPrereq(OFType type, String name) {
        return false;
    }

    @Override
    public boolean isCallbackOrderingPostreq(OFType type, String name) {
        return false;
    }
}
