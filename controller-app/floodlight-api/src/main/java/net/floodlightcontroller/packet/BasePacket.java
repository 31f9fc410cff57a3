package net.floodlightcontroller.packet;

/** What packets have in common. */
public abstract class BasePacket implements IPacket {}
