package net.floodlightcontroller.packet;

import org.projectfloodlight.openflow.types.EthType;

/** An Ethernet frame, taken apart. */
public class Ethernet extends BasePacket {

    /** Null for what is too short; throws what it likes for some that are malformed. */
    public IPacket deserialize(byte[] data, int offset, int length) {
        throw new UnsupportedOperationException("signature only");
    }

    public EthType getEtherType() {
        throw new UnsupportedOperationException("signature only");
    }
}
