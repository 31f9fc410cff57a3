package net.floodlightcontroller.core;

import java.util.Map;

/** Hears of changes of this controller's role. */
public interface IHAListener extends IListener<HAListenerTypeMarker> {

    void transitionToActive();

    void transitionToStandby();

    void controllerNodeIPsChanged(
            Map<String, String> curControllerNodeIPs,
            Map<String, String> addedControllerNodeIPs,
            Map<String, String> removedControllerNodeIPs);
}
