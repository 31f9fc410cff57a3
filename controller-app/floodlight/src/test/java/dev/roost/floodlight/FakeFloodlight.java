package dev.roost.floodlight;

import dev.roost.controller.Counters;
import dev.roost.controller.SwitchEvents;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.topology.SwitchPort;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.BiPredicate;
import net.floodlightcontroller.core.FloodlightContext;
import net.floodlightcontroller.core.IListener;
import net.floodlightcontroller.core.IOFSwitch;
import net.floodlightcontroller.core.IOFSwitchListener;
import net.floodlightcontroller.core.PortChangeType;
import net.floodlightcontroller.core.internal.IOFSwitchService;
import org.jspecify.annotations.Nullable;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFPacketIn;
import org.projectfloodlight.openflow.protocol.OFPortDesc;
import org.projectfloodlight.openflow.protocol.OFPortReason;
import org.projectfloodlight.openflow.protocol.OFPortStatus;
import org.projectfloodlight.openflow.protocol.OFType;
import org.projectfloodlight.openflow.protocol.OFVersion;
import org.projectfloodlight.openflow.types.DatapathId;

/**
 * Floodlight around our listeners, in its order of events: switches that are added, activated and removed, and messages that go to the
 * one who asked, or else through the listeners.
 */
final class FakeFloodlight implements IOFSwitchService {

    static final HomeNetworkConfig HOME = HomeNetworkConfig.of(
            "home",
            Ipv6Prefix.parse("2001:db8:1::/64"),
            Ipv6Address.parse("2001:db8:1::fe"),
            MacAddress.parse("02:00:5e:00:00:fe"));

    /** Never runs anything: nothing here waits so long. */
    final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(0);

    List<HomeNetworkConfig> served = List.of(HOME);
    final Switches switches;
    final PacketInListener packetIns;
    final ErrorListener errors;
    BiPredicate<MacAddress, SwitchPort> isRouterElsewhere = (source, port) -> false;
    private final Map<DatapathId, FakeDevice> devices = new HashMap<>();

    FakeFloodlight(SwitchEvents events, Counters counters) {
        this(events, counters, (context, frame) -> frame.length > 16);
    }

    FakeFloodlight(SwitchEvents events, Counters counters, EthernetPayload payload) {
        Boundary boundary = new Boundary(counters);
        switches = new Switches(this, () -> served, events, new Questions(timers, boundary), boundary, counters);
        packetIns = new PacketInListener(
                switches, (source, port) -> isRouterElsewhere.test(source, port), payload, boundary, counters);
        errors = new ErrorListener(switches, events, boundary);
    }

    FakeDevice connect(long id, OFVersion version, List<OFPortDesc> ports) {
        DatapathId datapathId = DatapathId.of(id);
        FakeDevice old = devices.get(datapathId);
        if (old != null) {
            remove(old);
        }
        FakeDevice[] made = new FakeDevice[1];
        made[0] = new FakeDevice(id, version, ports, () -> remove(made[0]));
        devices.put(datapathId, made[0]);
        switches.switchAdded(datapathId);
        switches.switchActivated(datapathId);
        return made[0];
    }

    void remove(FakeDevice device) {
        device.lose();
        if (devices.remove(device.getId(), device)) {
            switches.switchRemoved(device.getId());
        }
    }

    /** What the switch says, as Floodlight dispatches it; the command is that of the packet-in listener. */
    IListener.Command dispatch(FakeDevice from, OFMessage message) {
        if (from.deliver(message)) {
            return IListener.Command.STOP;
        }
        if (message instanceof OFPacketIn) {
            return packetIns.receive(from, message, new FloodlightContext());
        } else if (message.getType() == OFType.ERROR) {
            return errors.receive(from, message, new FloodlightContext());
        } else if (message instanceof OFPortStatus status) {
            switches.switchPortChanged(
                    from.getId(),
                    status.getDesc(),
                    status.getReason() == OFPortReason.DELETE
                            ? PortChangeType.DELETE
                            : status.getReason() == OFPortReason.ADD
                                    ? PortChangeType.ADD
                                    : PortChangeType.OTHER_UPDATE);
        }
        return IListener.Command.CONTINUE;
    }

    @Override
    public @Nullable IOFSwitch getSwitch(DatapathId dpid) {
        return devices.get(dpid);
    }

    @Override
    public void addOFSwitchListener(IOFSwitchListener listener) {
        throw new AssertionError("wired by hand");
    }
}
