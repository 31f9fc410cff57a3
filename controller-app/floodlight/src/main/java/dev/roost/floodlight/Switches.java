package dev.roost.floodlight;

import dev.roost.controller.Counters;
import dev.roost.controller.SwitchEvents;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.topology.SwitchId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import net.floodlightcontroller.core.HAListenerTypeMarker;
import net.floodlightcontroller.core.IHAListener;
import net.floodlightcontroller.core.IOFSwitch;
import net.floodlightcontroller.core.IOFSwitchListener;
import net.floodlightcontroller.core.PortChangeType;
import net.floodlightcontroller.core.internal.IOFSwitchService;
import org.jspecify.annotations.Nullable;
import org.projectfloodlight.openflow.protocol.OFPortDesc;
import org.projectfloodlight.openflow.protocol.OFVersion;
import org.projectfloodlight.openflow.types.DatapathId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The switches that this controller is the master of. Floodlight tells by datapath id only, and later than it happens; which connection
 * is meant has to be asked.
 *
 * <pre>
 *   activated                      in use; what was in use under the same id is over
 *   deactivated, removed           over
 *   this controller on standby     all over
 *   activated, but not 1.3         not in use, and the health page says why until the switch is removed
 * </pre>
 *
 * <p>News of switches come on the thread of Floodlight's main loop, of the role on whatever thread sets it; the lock keeps the order that
 * the controller's loop is told. {@link #find} is for the workers, for every message.
 */
final class Switches implements IOFSwitchListener, IHAListener {

    private static final Logger LOG = LoggerFactory.getLogger(Switches.class);

    private final IOFSwitchService service;
    private final Supplier<List<HomeNetworkConfig>> networks;
    private final SwitchEvents events;
    private final Questions questions;
    private final Boundary boundary;
    private final Counters counters;
    private final Map<DatapathId, FloodlightSwitch> inUse = new ConcurrentHashMap<>();

    /** @param networks what is served; another list after a change */
    Switches(
            IOFSwitchService service,
            Supplier<List<HomeNetworkConfig>> networks,
            SwitchEvents events,
            Questions questions,
            Boundary boundary,
            Counters counters) {
        this.service = service;
        this.networks = networks;
        this.events = events;
        this.questions = questions;
        this.boundary = boundary;
        this.counters = counters;
    }

    /** What stands for exactly this object of Floodlight's, if it is in use. */
    @Nullable
    FloodlightSwitch find(IOFSwitch device) {
        FloodlightSwitch found = inUse.get(device.getId());
        return found != null && found.device() == device ? found : null;
    }

    @Override
    public void switchActivated(DatapathId switchId) {
        boundary.run("switch-activated", () -> activate(switchId));
    }

    private synchronized void activate(DatapathId id) {
        end(id);
        IOFSwitch device = service.getSwitch(id);
        if (device == null || !device.isActive()) {
            return; // gone meanwhile, or no longer ours; the news of that is on its way
        }
        SwitchId switchId = new SwitchId(id.getLong());
        OFVersion version = device.getOFFactory().getVersion();
        if (version != OFVersion.OF_13) {
            String why = "speaks " + name(version) + "; OpenFlow 1.3 is needed";
            LOG.warn("datapath={} not used: {}", switchId, why);
            events.onSwitchUnusable(switchId, Optional.of(why));
            return;
        }
        events.onSwitchUnusable(switchId, Optional.empty());
        FloodlightSwitch added = new FloodlightSwitch(device, networks, events, questions, counters);
        inUse.put(id, added);
        events.onSwitchConnected(added, List.copyOf(device.getPorts()));
    }

    private static String name(OFVersion version) {
        return version.name().replace("OF_", "OpenFlow ").replaceAll("(\\d)(\\d)$", "$1.$2");
    }

    private void end(DatapathId id) {
        FloodlightSwitch ended = inUse.remove(id);
        if (ended != null) {
            ended.close();
            events.onSwitchDisconnected(ended);
        }
    }

    private synchronized void remove(DatapathId id) {
        end(id);
        events.onSwitchUnusable(new SwitchId(id.getLong()), Optional.empty());
    }

    @Override
    public void switchRemoved(DatapathId switchId) {
        boundary.run("switch-removed", () -> remove(switchId));
    }

    @Override
    public void switchDeactivated(DatapathId switchId) {
        boundary.run("switch-deactivated", () -> remove(switchId));
    }

    @Override
    public void switchPortChanged(DatapathId switchId, OFPortDesc port, PortChangeType type) {
        boundary.run("port-changed", () -> change(switchId, port, type));
    }

    private synchronized void change(DatapathId id, OFPortDesc port, PortChangeType type) {
        FloodlightSwitch at = inUse.get(id);
        if (at == null) {
            return;
        }
        if (type == PortChangeType.DELETE) {
            events.onPortRemoved(at, port.getPortNo().getPortNumber());
        } else {
            events.onPortChanged(at, port);
        }
    }

    /** It is known, and not ours to write to. */
    @Override
    public void switchAdded(DatapathId switchId) {}

    @Override
    public void switchChanged(DatapathId switchId) {}

    /** Each switch is activated by itself when it has agreed to the role. */
    @Override
    public void transitionToActive() {}

    @Override
    public void transitionToStandby() {
        boundary.run("standby", this::endAll);
    }

    synchronized void endAll() {
        List.copyOf(inUse.keySet()).forEach(this::end);
    }

    @Override
    public void controllerNodeIPsChanged(
            Map<String, String> curControllerNodeIPs,
            Map<String, String> addedControllerNodeIPs,
            Map<String, String> removedControllerNodeIPs) {}

    @Override
    public String getName() {
        return PacketInListener.NAME;
    }

    @Override
    public boolean isCallbackOrderingPrereq(HAListenerTypeMarker type, String name) {
        return false;
    }

    @Override
    public boolean isCallbackOrderingPostreq(HAListenerTypeMarker type, String name) {
        return false;
    }
}
