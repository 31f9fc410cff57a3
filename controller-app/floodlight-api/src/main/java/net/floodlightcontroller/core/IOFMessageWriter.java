package net.floodlightcontroller.core;

import com.google.common.util.concurrent.ListenableFuture;
import java.util.Collection;
import java.util.List;
import org.projectfloodlight.openflow.protocol.OFMessage;
import org.projectfloodlight.openflow.protocol.OFRequest;
import org.projectfloodlight.openflow.protocol.OFStatsReply;
import org.projectfloodlight.openflow.protocol.OFStatsRequest;

/** Sends messages to a switch; any thread. */
public interface IOFMessageWriter {

    boolean write(OFMessage m);

    /** Returns those that were not sent. The list must not be changed afterwards. */
    Collection<OFMessage> write(Iterable<OFMessage> msgList);

    <R extends OFMessage> ListenableFuture<R> writeRequest(OFRequest<R> request);

    <REPLY extends OFStatsReply> ListenableFuture<List<REPLY>> writeStatsRequest(OFStatsRequest<REPLY> request);
}
