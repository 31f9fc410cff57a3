package dev.roost.floodlight;

import com.google.common.hash.PrimitiveSink;
import dev.roost.controller.PacketOutFormat;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.projectfloodlight.openflow.protocol.OFFactory;
import org.projectfloodlight.openflow.protocol.OFPacketOut;
import org.projectfloodlight.openflow.protocol.OFType;
import org.projectfloodlight.openflow.protocol.OFVersion;
import org.projectfloodlight.openflow.protocol.action.OFAction;
import org.projectfloodlight.openflow.protocol.match.Match;
import org.projectfloodlight.openflow.types.OFBufferId;
import org.projectfloodlight.openflow.types.OFPort;

/**
 * A packet-out that is a frame and two ports, and writes itself as such: what Floodlight asks of each message on its way out costs
 * nothing. Whoever wants more of it, as a module that listens to what is sent, is served by the message as openflowj makes it.
 *
 * <p>Immutable, if nobody writes to the frame. Two are equal only if they are the same: what is sent twice is sent twice.
 */
final class FramePacketOut implements OFPacketOut {

    private final OFFactory factory;
    private final int inPort;
    private final int outPort;
    private final byte[] frame;

    /** @param frame this message's own, of at most {@link PacketOutFormat#MAX_FRAME_LENGTH} bytes */
    FramePacketOut(OFFactory factory, int inPort, int outPort, byte[] frame) {
        this.factory = factory;
        this.inPort = inPort;
        this.outPort = outPort;
        this.frame = frame;
    }

    @Override
    public void writeTo(ByteBuf out) {
        PacketOutFormat.write(out, inPort, outPort, frame, 0, frame.length);
    }

    @Override
    public OFVersion getVersion() {
        return OFVersion.OF_13;
    }

    @Override
    public OFType getType() {
        return OFType.PACKET_OUT;
    }

    @Override
    public long getXid() {
        return PacketOutFormat.XID;
    }

    private OFPacketOut inFull() {
        OFAction output = factory.actions()
                .buildOutput()
                .setPort(OFPort.of(outPort))
                .setMaxLen(0)
                .build();
        return factory.buildPacketOut()
                .setXid(PacketOutFormat.XID)
                .setBufferId(OFBufferId.NO_BUFFER)
                .setInPort(OFPort.of(inPort))
                .setActions(List.of(output))
                .setData(frame.clone())
                .build();
    }

    @Override
    public OFBufferId getBufferId() {
        return OFBufferId.NO_BUFFER;
    }

    @Override
    public OFPort getInPort() {
        return OFPort.of(inPort);
    }

    @Override
    public List<OFAction> getActions() {
        return inFull().getActions();
    }

    @Override
    public byte[] getData() {
        return frame.clone();
    }

    /** Not in this version of OpenFlow: refused as openflowj does. */
    @Override
    public Match getMatch() {
        return inFull().getMatch();
    }

    @Override
    public Builder createBuilder() {
        return inFull().createBuilder();
    }

    @Override
    public boolean equalsIgnoreXid(Object other) {
        return inFull().equalsIgnoreXid(other instanceof FramePacketOut same ? same.inFull() : other);
    }

    @Override
    public int hashCodeIgnoreXid() {
        return inFull().hashCodeIgnoreXid();
    }

    @Override
    public void putTo(PrimitiveSink sink) {
        inFull().putTo(sink);
    }

    @Override
    public String toString() {
        return inFull().toString();
    }
}
