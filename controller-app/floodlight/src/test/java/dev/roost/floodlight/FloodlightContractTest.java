package dev.roost.floodlight;

import dev.roost.controller.HostContractTest;
import java.util.List;
import net.floodlightcontroller.core.IListener;
import org.junit.jupiter.api.AfterEach;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFPortDesc;
import org.projectfloodlight.openflow.protocol.OFVersion;

/** The module keeps the contract of hosts, towards a Floodlight that refuses what the real one refuses. */
class FloodlightContractTest extends HostContractTest {

    private final FakeFloodlight floodlight = new FakeFloodlight(events, counters);

    @AfterEach
    void stop() {
        floodlight.timers.shutdownNow();
    }

    @Override
    protected SwitchEnd connect(long datapathId, List<OFPortDesc> ports) {
        FakeDevice device = floodlight.connect(datapathId, OFVersion.OF_13, ports);
        return new SwitchEnd() {
            @Override
            public void say(OFMessage message) {
                IListener.Command unused = floodlight.dispatch(device, message);
            }

            @Override
            public List<OFMessage> heard() {
                return device.takeWritten();
            }

            @Override
            public int writes() {
                return device.writes;
            }

            @Override
            public void vanish() {
                floodlight.remove(device);
            }

            @Override
            public boolean isConnected() {
                return device.connected;
            }
        };
    }
}
