package dev.roost.controller;

import dev.roost.topology.SwitchId;
import java.util.List;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFStatsReply;
import org.projectfloodlight.openflow.protocol.OFStatsRequest;

/**
 * One switch that is connected and has finished its handshake, as a host shows it to the loop.
 *
 * <p>An object stands for one connection: after a reconnect there is another object with the same {@link #id()}, and
 * calls on the old one do nothing. Any thread may call any method but {@link #packetOuts}; none blocks. Messages leave in the
 * order of the calls of one thread. Answers come on a thread of the host.
 */
public interface OpenFlowSwitch {

    SwitchId id();

    /** Makes messages of the version that was negotiated. */
    OFFactory factory();

    /** What the switch says of itself, for logs and the API, in one line. */
    String description();

    /** Sends the messages in this order with one flush. A message keeps its xid, by which errors are attributed. */
    void send(List<? extends OFMessage> messages);

    /** Sends a barrier and reports when the switch has passed it, or that it never will. */
    void barrier(Confirmation confirmation);

    /** Asks for statistics; the reply is handed on part by part as it arrives, then completed, or failed once. */
    <R extends OFStatsReply> void read(OFStatsRequest<R> request, StatsReceiver<R> receiver);

    /** The packet-outs of the turn under way. Always the same object; belongs to the loop's thread. */
    PacketOutSink packetOuts();

    /** Drops the connection: the switch is expected to come again. */
    void disconnect(String reason);

    /** What came of a barrier: exactly one of the two is called, once. */
    interface Confirmation {

        void confirmed();

        void failed(String reason);
    }

    /** Takes one reply of possibly many parts: any number of parts, then exactly one of the two others, once. */
    interface StatsReceiver<R extends OFStatsReply> {

        void part(R part);

        void complete();

        void failed(String reason);
    }
}
