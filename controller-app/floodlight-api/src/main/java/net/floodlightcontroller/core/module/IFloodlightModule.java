package net.floodlightcontroller.core.module;

import java.util.Collection;
import java.util.Map;

/** A part of Floodlight: found as a Java service, started when the properties list it. */
public interface IFloodlightModule {

    Collection<Class<? extends IFloodlightService>> getModuleServices();

    Map<Class<? extends IFloodlightService>, IFloodlightService> getServiceImpls();

    Collection<Class<? extends IFloodlightService>> getModuleDependencies();

    void init(FloodlightModuleContext context) throws FloodlightModuleException;

    void startUp(FloodlightModuleContext context) throws FloodlightModuleException;
}
