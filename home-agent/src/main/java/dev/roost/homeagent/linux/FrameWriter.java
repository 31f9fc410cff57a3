package dev.roost.homeagent.linux;

import dev.roost.homeagent.binding.Effect;
import dev.roost.linux.PacketSocket;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobileip.MacAddress;
import java.nio.ByteBuffer;

/** Puts what the home agent sends into frames, and many frames into one call of the kernel. */
public final class FrameWriter {
    private final PacketSocket socket;
    private final MacAddress linkLayerAddress;
    private final ByteBuffer scratch = ByteBuffer.allocate(PacketSocket.MAX_FRAME_BYTES);

    public FrameWriter(PacketSocket socket, MacAddress linkLayerAddress) {
        this.socket = socket;
        this.linkLayerAddress = linkLayerAddress;
    }

    /** Leaves with the next {@link #flush}, or before. */
    public void write(Effect.Send send) {
        scratch.clear();
        new EthernetFrame(send.linkLayerDestination(), linkLayerAddress, send.packet()).writeTo(scratch);
        socket.queue(scratch.flip());
    }

    public void flush() {
        socket.flush();
    }
}
