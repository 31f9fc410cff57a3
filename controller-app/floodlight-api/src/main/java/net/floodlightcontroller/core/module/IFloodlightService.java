package net.floodlightcontroller.core.module;

/** What a module offers to others. */
public interface IFloodlightService {}
