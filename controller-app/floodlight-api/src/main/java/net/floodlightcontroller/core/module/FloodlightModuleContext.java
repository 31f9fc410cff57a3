package net.floodlightcontroller.core.module;

import java.util.Map;

/** What a module is given to find its way. */
public class FloodlightModuleContext implements IFloodlightModuleContext {

    public <T extends IFloodlightService> T getServiceImpl(Class<T> service) {
        throw new UnsupportedOperationException("signature only");
    }

    /** The properties that begin with the module's name. */
    public Map<String, String> getConfigParams(IFloodlightModule module) {
        throw new UnsupportedOperationException("signature only");
    }
}
