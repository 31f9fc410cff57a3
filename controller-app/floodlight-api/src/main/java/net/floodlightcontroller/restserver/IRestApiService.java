package net.floodlightcontroller.restserver;

import net.floodlightcontroller.core.module.IFloodlightService;

/** The REST interface. */
public interface IRestApiService extends IFloodlightService {

    void addRestletRoutable(RestletRoutable routable);
}
