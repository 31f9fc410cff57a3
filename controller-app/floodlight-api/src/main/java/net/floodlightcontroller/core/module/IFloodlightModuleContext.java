package net.floodlightcontroller.core.module;

/** What a module is given to find its way. */
public interface IFloodlightModuleContext {}
