package dev.roost.controller.standalone;

import dev.roost.controller.HostContractTest;
import io.netty.channel.ChannelFuture;
import java.util.List;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFPortDesc;

/** The standalone server keeps the contract of hosts, towards a scripted switch. */
class StandaloneContractTest extends HostContractTest {

    private final ConnectedSwitches switches = new ConnectedSwitches(events, counters);

    @Override
    protected SwitchEnd connect(long datapathId, List<OFPortDesc> ports) {
        ScriptedSwitch scripted = new ScriptedSwitch(switches, counters);
        scripted.shakeHands(datapathId, ports.toArray(OFPortDesc[]::new));
        return new SwitchEnd() {
            @Override
            public void say(OFMessage message) {
                scripted.send(message);
            }

            @Override
            public List<OFMessage> heard() {
                return scripted.receive();
            }

            @Override
            public int writes() {
                return scripted.writes();
            }

            @Override
            public void vanish() {
                ChannelFuture unused = scripted.channel().close();
                scripted.channel().runPendingTasks();
            }

            @Override
            public boolean isConnected() {
                return scripted.isOpen();
            }
        };
    }
}
