package net.floodlightcontroller.packet;

/** A packet, taken apart. */
public interface IPacket {

    IPacket getPayload();
}
