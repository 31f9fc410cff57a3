package net.floodlightcontroller.linkdiscovery;

import net.floodlightcontroller.core.module.IFloodlightService;

/** Finds links between switches. */
public interface ILinkDiscoveryService extends IFloodlightService {

    void addListener(ILinkDiscoveryListener listener);
}
