package net.floodlightcontroller.core;

/** What listeners tell each other of one message. */
public class FloodlightContext {}
