package dev.roost.controller;

import dev.roost.topology.SwitchId;
import dev.roost.topology.SwitchPort;
import java.util.List;
import java.util.Optional;
import org.projectfloodlight.openflow.protocol.OFErrorMsg;
import org.projectfloodlight.openflow.protocol.OFPortDesc;

/**
 * What a host tells the loop. Every method may be called on any thread, returns at once and never throws: the work is
 * queued.
 *
 * <p>Per switch the order of calls is kept, and {@code onSwitchConnected} is the first and {@code onSwitchDisconnected}
 * the last for one {@link OpenFlowSwitch} object. When a switch comes again before its old connection was seen to
 * close, the host reports the old one as disconnected first.
 */
public interface SwitchEvents {

    void onSwitchConnected(OpenFlowSwitch connection, List<OFPortDesc> ports);

    void onSwitchDisconnected(OpenFlowSwitch connection);

    /** A port that is there, up or down, new or changed. */
    void onPortChanged(OpenFlowSwitch connection, OFPortDesc port);

    void onPortRemoved(OpenFlowSwitch connection, int port);

    /** Packets that a switch punted; the batch must not be touched afterwards. Dropped and counted when the queue is full. */
    void onPacketIns(PacketInBatch packets);

    /**
     * There is something in a gatherer that was empty: the loop takes, when it comes to it, all that is there by then. False
     * when too much waits already.
     */
    boolean onPacketInsGathered(PacketInGatherer gatherer);

    /** An error message, which names by its xid the message that the switch refused. */
    void onError(OpenFlowSwitch connection, OFErrorMsg error);

    /** A switch is there and cannot be used, for a reason that an operator can understand; none: that is over. */
    void onSwitchUnusable(SwitchId id, Optional<String> why);

    /** A link, from a host that discovers links itself. */
    void onLinkSeen(SwitchPort from, SwitchPort to);
}
