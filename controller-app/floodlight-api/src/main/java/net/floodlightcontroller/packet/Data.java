package net.floodlightcontroller.packet;

/** Octets that nothing was made of, or could be. */
public class Data extends BasePacket {}
