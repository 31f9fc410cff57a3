package dev.roost.controller;

import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.projectfloodlight.openflow.protocol.OFErrorMsg;
import org.projectfloodlight.openflow.protocol.OFPortDesc;

/** Writes down what a host tells the loop, one line each, for the tests of hosts. */
public final class RecordedEvents implements SwitchEvents {

    private final List<String> lines = new ArrayList<>();
    private final List<OpenFlowSwitch> connected = new ArrayList<>();

    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    public synchronized OpenFlowSwitch last() {
        return connected.get(connected.size() - 1);
    }

    @Override
    public synchronized void onSwitchConnected(OpenFlowSwitch connection, List<OFPortDesc> ports) {
        connected.add(connection);
        List<String> names = ports.stream().map(OFPortDesc::getName).toList();
        lines.add("connected " + connection.id().datapathId() + " ports " + names);
    }

    @Override
    public synchronized void onSwitchDisconnected(OpenFlowSwitch connection) {
        lines.add("disconnected " + connection.id().datapathId() + " connection " + connected.indexOf(connection));
    }

    @Override
    public synchronized void onPortChanged(OpenFlowSwitch connection, OFPortDesc port) {
        lines.add("port " + port.getName());
    }

    @Override
    public synchronized void onPortRemoved(OpenFlowSwitch connection, int port) {
        lines.add("port " + port + " removed");
    }

    @Override
    public synchronized void onPacketIns(PacketInBatch packets) {
        StringBuilder line = new StringBuilder("packet-ins");
        for (int i = 0; i < packets.size(); i++) {
            int start = packets.start(i);
            byte[] frame = Arrays.copyOfRange(packets.array(), start, start + packets.length(i));
            line.append(' ')
                    .append(packets.inPort(i))
                    .append(':')
                    .append(HexFormat.of().formatHex(frame));
        }
        lines.add(line.toString());
    }

    /** As a loop that has nothing else to do. */
    @Override
    public boolean onPacketInsGathered(PacketInGatherer gatherer) {
        gatherer.take().ifPresent(this::onPacketIns);
        return true;
    }

    @Override
    public synchronized void onSwitchUnusable(SwitchId id, Optional<String> why) {
        why.ifPresent(reason -> lines.add("unusable " + id.datapathId() + " " + reason));
    }

    @Override
    public synchronized void onError(OpenFlowSwitch connection, OFErrorMsg error) {
        lines.add("error xid " + error.getXid() + " " + error.getErrType());
    }

    @Override
    public synchronized void onLinkSeen(SwitchPort from, SwitchPort to) {
        lines.add("link " + from + " to " + to);
    }
}
