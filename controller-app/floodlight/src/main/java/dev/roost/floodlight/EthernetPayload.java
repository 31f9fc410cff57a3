package dev.roost.floodlight;

import net.floodlightcontroller.core.FloodlightContext;
import net.floodlightcontroller.core.IFloodlightProviderService;
import net.floodlightcontroller.packet.Ethernet;

/**
 * The packet of a packet-in, taken apart, as Floodlight's other listeners find it in the context.
 *
 * <p>With {@code deserializeEthPacketIns=FALSE} Floodlight does not put it there itself. Then this does, for the packets that are not
 * ours: so the packets that are ours cost nothing, and one that Floodlight's parser cannot read ends here instead of failing all
 * listeners.
 */
interface EthernetPayload {

    /** Sees to it that the context has the packet; false if it cannot be taken apart. */
    boolean provide(FloodlightContext context, byte[] frame);

    EthernetPayload FLOODLIGHT = (context, frame) -> {
        String key = IFloodlightProviderService.CONTEXT_PI_PAYLOAD;
        if (IFloodlightProviderService.bcStore.get(context, key) != null) {
            return true;
        }
        Ethernet packet = new Ethernet();
        try {
            if (packet.deserialize(frame, 0, frame.length) == null) {
                return false;
            }
        } catch (RuntimeException e) {
            // The parser is not ours and the bytes are anybody's: whatever it throws means that it cannot read them.
            return false;
        }
        IFloodlightProviderService.bcStore.put(context, key, packet);
        return true;
    };
}
