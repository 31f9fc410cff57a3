package net.floodlightcontroller.packet;

/** What packets have in common. */
public abstract class BasePacket implements IPacket {

    @Override
    public IPacket getPayload() {
        throw new UnsupportedOperationException("signature only");
    }
}
