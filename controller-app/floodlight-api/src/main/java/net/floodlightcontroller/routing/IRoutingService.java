package net.floodlightcontroller.routing;

import net.floodlightcontroller.core.module.IFloodlightService;

/** Paths over the topology. */
public interface IRoutingService extends IFloodlightService {

    /** Computes the topology anew though no link has changed; returns when that is done. */
    boolean forceRecompute();
}
