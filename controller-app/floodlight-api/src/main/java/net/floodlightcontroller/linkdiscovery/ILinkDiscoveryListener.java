package net.floodlightcontroller.linkdiscovery;

import java.util.List;

/** Hears of links; on a thread of link discovery. */
public interface ILinkDiscoveryListener extends ILinkDiscovery {

    void linkDiscoveryUpdate(List<ILinkDiscovery.LDUpdate> updateList);
}
