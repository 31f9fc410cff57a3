package net.floodlightcontroller.core;

import net.floodlightcontroller.core.module.IFloodlightService;
import net.floodlightcontroller.packet.Ethernet;
import org.projectfloodlight.openflow.protocol.OFType;

/** The controller itself. */
public interface IFloodlightProviderService extends IFloodlightService {

    String CONTEXT_PI_PAYLOAD = "net.floodlightcontroller.core.IFloodlightProvider.piPayload";

    FloodlightContextStore<Ethernet> bcStore = new FloodlightContextStore<>();

    void addOFMessageListener(OFType type, IOFMessageListener listener);

    void addHAListener(IHAListener listener);
}
