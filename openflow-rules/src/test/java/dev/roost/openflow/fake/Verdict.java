package dev.roost.openflow.fake;

import dev.roost.mobileip.MacAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.projectfloodlight.openflow.protocol.OFPacketIn;

/**
 * Where a packet goes: any mix of the controller, ports and the learning switch; none of them is a drop.
 *
 * @param cookie of the rule that took the packet; empty if none did, which is a drop
 * @param toController as it is sent to the controller
 * @param outputs frames sent out of one port each
 * @param normal frames left to the learning switch
 */
public record Verdict(Optional<Long> cookie, List<OFPacketIn> toController, List<Output> outputs, List<byte[]> normal) {

    /** A frame that leaves by a port. */
    public static final class Output {

        private final int port;
        private final byte[] frame;

        Output(int port, byte[] frame) {
            this.port = port;
            this.frame = frame;
        }

        public int port() {
            return port;
        }

        public byte[] frame() {
            return frame.clone();
        }

        public MacAddress ethernetDestination() {
            return MacAddress.fromBytes(ByteBuffer.wrap(frame));
        }
    }

    static Verdict empty(Optional<Long> cookie) {
        return new Verdict(cookie, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    public boolean isDropped() {
        return toController.isEmpty() && outputs.isEmpty() && normal.isEmpty();
    }

    /** In words: {@code CONTROLLER NORMAL}, {@code output:3 eth_dst=02:..}, {@code drop}. */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        toController.forEach(unused -> words.add("CONTROLLER"));
        normal.forEach(unused -> words.add("NORMAL"));
        for (Output output : outputs) {
            words.add("output:" + Integer.toUnsignedString(output.port()) + " eth_dst=" + output.ethernetDestination());
        }
        return words.isEmpty() ? "drop" : String.join(" ", words);
    }
}
