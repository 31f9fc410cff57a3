package dev.roost.floodlight;

import net.floodlightcontroller.core.FloodlightContext;
import net.floodlightcontroller.core.IFloodlightProviderService;
import net.floodlightcontroller.packet.Data;
import net.floodlightcontroller.packet.Ethernet;
import org.projectfloodlight.openflow.types.EthType;

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

    EthernetPayload FLOODLIGHT = new EthernetPayload() {
        @Override
        public boolean provide(FloodlightContext context, byte[] frame) {
            String key = IFloodlightProviderService.CONTEXT_PI_PAYLOAD;
            Ethernet packet = IFloodlightProviderService.bcStore.get(context, key);
            if (packet == null) {
                packet = new Ethernet();
                if (!read(packet, frame)) {
                    return false;
                }
                IFloodlightProviderService.bcStore.put(context, key, packet);
            }
            return isWhatItsTypeSays(packet);
        }

        /** The parser is not ours and the bytes are anybody's: whatever it throws means that it cannot read them. */
        private boolean read(Ethernet packet, byte[] frame) {
            try {
                return packet.deserialize(frame, 0, frame.length) != null;
            } catch (RuntimeException e) {
                return false;
            }
        }

        /** An IP packet that cannot be read is left as data, which Forwarding takes for IP nevertheless, and fails. */
        private boolean isWhatItsTypeSays(Ethernet packet) {
            EthType type = packet.getEtherType();
            return type != null
                    && !((type.equals(EthType.IPv6) || type.equals(EthType.IPv4))
                            && packet.getPayload() instanceof Data);
        }
    };
}
